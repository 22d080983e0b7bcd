"""Send events to a gateway as SDKs do: gzip, kept connections, again until they are acknowledged.

A batch that is not answered with 200 is sent again, with growing pauses; ids stay, so a batch that had
arrived is recognised. Events of one source go one batch after another, sources beside each other. It never
gives a batch up silently: it ends with an error that says what was refused.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import urllib3
from isal import igzip

from mainstem.errors import TransientError, UsageError
from mainstem.simulate.play.batches import batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    from mainstem.simulate.play.batches import Batch
    from mainstem.simulate.world.output import Event

SOURCES = ("website", "servers", "webapp", "mobile")
_ANSWER_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_WAITING = 4
"""Batches of a source that wait for it to be free; more would only take memory."""


class Sent(msgspec.Struct, frozen=True):
    """What became of some events."""

    events: int = 0
    """Acknowledged by the gateway."""
    batches: int = 0
    repeats: int = 0
    """Batches that were sent again."""
    blocked: int = 0
    """Events that browsers kept from leaving, because the gateway has no path of its own for them."""

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            self.events + other.events,
            self.batches + other.batches,
            self.repeats + other.repeats,
            self.blocked + other.blocked,
        )


class GatewaySender:
    """Connections to one gateway; close it."""

    def __init__(
        self,
        data_plane: str,
        write_keys: Mapping[str, str],
        *,
        blocked_path: str | None = None,
        patience: float = 600.0,
        wait: Callable[[float], object] | None = None,
        waiting: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """`write_keys` by source: website and servers; webapp and mobile use that of servers where they have
        none of their own. `blocked_path` is the gateway's alias of `/v1/`, by which events come through
        that browsers block; without it they are lost. `patience`: seconds of pauses for one batch, which
        `wait` waits; its own wait ends when the sender is closed. `waiting` gets the reason before each
        pause, from threads of the sender.

        Raises UsageError for keys of unknown sources, missing ones, and an address that is none.
        """
        self._keys = _keys(write_keys)
        self._url = _address(data_plane)
        self._blocked_path = None if blocked_path is None else f"/{blocked_path.strip('/')}/batch"
        self._patience = patience
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._waiting = waiting
        self._http = urllib3.PoolManager(
            maxsize=len(SOURCES), retries=False, timeout=urllib3.Timeout(_ANSWER_SECONDS)
        )
        self._lanes = {source: ThreadPoolExecutor(1, f"play-{source}") for source in SOURCES}

    def send(self, events: Iterable[Event]) -> Sent:
        """Returns when the gateway has acknowledged all of them.

        Raises TransientError when one batch was not taken in time, UsageError when the gateway says that
        it will never be; events before it may have arrived.
        """
        waiting: dict[str, deque[Future[Sent]]] = {source: deque() for source in SOURCES}
        total = Sent()
        try:
            for batch in batches(events):
                if batch.blocked and self._blocked_path is None:
                    total += Sent(blocked=batch.events)
                    continue
                lane = waiting[batch.source]
                if len(lane) == _WAITING:
                    total += lane.popleft().result()
                lane.append(self._lanes[batch.source].submit(self._deliver, batch))
            for lane in waiting.values():
                while lane:
                    total += lane.popleft().result()
        finally:
            for lane in waiting.values():
                for future in lane:
                    future.cancel()
        return total

    def close(self) -> None:
        """Gives up what is not acknowledged."""
        self._closed.set()
        for lane in self._lanes.values():
            lane.shutdown(cancel_futures=True)
        self._http.clear()

    def _deliver(self, batch: Batch) -> Sent:
        path = self._blocked_path if batch.blocked and self._blocked_path else "/v1/batch"
        body = igzip.compress(batch.body)
        headers = {
            "authorization": self._keys[batch.source],
            "content-type": "application/json",
            "content-encoding": "gzip",
        }
        pause, waited, tries = _FIRST_PAUSE, 0.0, 0
        while True:
            tries += 1
            failure = self._post(path, headers, body)
            if failure is None:
                return Sent(batch.events, 1, tries - 1)
            if waited >= self._patience or self._closed.is_set():
                what = f"{batch.events} events of {batch.source}"
                raise TransientError(f"{self._url}{path} did not take {what} in {tries} tries: {failure}")
            self._waiting(failure)
            self._wait(pause)
            waited += pause
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _post(self, path: str, headers: Mapping[str, str], body: bytes) -> str | None:
        """What went wrong and may go right another time; None when the batch is acknowledged."""
        try:
            answer = self._http.request("POST", self._url + path, headers=dict(headers), body=body)
        except (urllib3.exceptions.HTTPError, OSError) as e:
            return str(e)
        if answer.status == 200:
            return None
        said = f"{answer.status} {answer.data[:200].decode(errors='replace').strip()}"
        if answer.status >= 500 or answer.status in (408, 429):
            return said
        raise UsageError(f"{self._url}{path} refuses these events: {said}")


def _keys(given: Mapping[str, str]) -> dict[str, str]:
    """The header of each source."""
    unknown = sorted(given.keys() - set(SOURCES))
    if unknown:
        raise UsageError(f"there is no source {unknown[0]!r} of the company; there are {', '.join(SOURCES)}")
    missing = [source for source in ("website", "servers") if source not in given]
    if missing:
        raise UsageError(f"the source {missing[0]} has no write key; website and servers need one each")
    keys = {"webapp": given["servers"], "mobile": given["servers"], **given}
    return {source: f"Basic {b64encode(f'{key}:'.encode()).decode()}" for source, key in keys.items()}


def _address(data_plane: str) -> str:
    parsed = urllib3.util.parse_url(data_plane)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(
            f"{data_plane!r} is no address of a gateway; write one such as http://127.0.0.1:8080"
        )
    return data_plane.rstrip("/")
