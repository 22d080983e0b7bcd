"""`python -m benchmarks.flow`: events at a steady rate into a gateway, from a process of their own.

Reads a Flow from stdin as one line of JSON and sends until stdin ends; every further line is answered with
the events that were answered 200 until then. Events are encoded before the first
is sent; each that goes out gets only a message id of its own, so that 20,000 a second cost a fraction of a
core. A gateway that answers slower than is asked for is sent less, never more later: what was missed is
not caught up. Refuses to go on past an answer that is not 200.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.events import NAMES, generated, headers_for
from benchmarks.http import Poster
from mainstem.events import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONNECTIONS = 4
_LARGEST_BATCH = 500
_SENDS_A_SECOND = 40
_FORMS = 2_000
"""Different events of each connection."""
_FIRST_SEED = 1_000_000
"""Past the seeds of sentinels, so that no message id comes twice."""
_END_SECONDS = 60.0
_MARK = "@message-id@"


class Flow(msgspec.Struct, frozen=True):
    """What is to flow, and where to."""

    gateway: str
    write_key: str
    rate: int
    """Events a second."""
    seed: int = 0
    """Flows of different seeds send different message ids."""

    @property
    def batch(self) -> int:
        """Events in one request: as few as keep requests few."""
        return min(_LARGEST_BATCH, max(1, self.rate // _SENDS_A_SECOND))


class Flowing:
    """A flow under way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def taken_in(self) -> int:
        """Events answered 200 until now. Raises RuntimeError when the flow has broken off."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a flow has no pipes")
        with suppress(BrokenPipeError):
            self._process.stdin.write("how many?\n")
            self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            _, why = self._process.communicate()
            raise RuntimeError(f"the flow of events broke off: {why.strip()[-500:]}")
        return int(said)


@contextmanager
def flowing(flow: Flow) -> Iterator[Flowing]:
    """`flow` while the block runs. Raises RuntimeError at its end when the flow broke off before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.flow"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdin is None:
            raise RuntimeError("a flow has no pipes")
        process.stdin.write(msgspec.json.encode(flow).decode() + "\n")
        found = Flowing(process)
        found.taken_in()  # answered once all events are encoded
        yield found
        _, said = process.communicate(timeout=_END_SECONDS)  # closes its stdin
        if process.returncode != 0:
            raise RuntimeError(f"the flow of events broke off: {said.strip()[-500:]}")
    finally:
        process.kill()
        process.communicate()


class _Sender:
    """One connection's share of a flow."""

    def __init__(self, flow: Flow, number: int) -> None:
        self._poster = Poster(flow.gateway, headers_for(flow.write_key))
        self._batch = flow.batch
        self._every = flow.batch * _CONNECTIONS / flow.rate
        self._first = number * self._every / _CONNECTIONS
        self._name = f"flow-{flow.seed}-{number}"
        self._forms = tuple(_forms(_FIRST_SEED + number))
        self._sent = 0
        self.taken_in = 0
        """Events answered 200."""

    def send(self, ended: threading.Event) -> None:
        due = time.monotonic() + self._first
        while not ended.wait(max(0.0, due - time.monotonic())):
            self._poster.post("/v1/batch", self._body())
            self.taken_in += self._batch
            due = max(due + self._every, time.monotonic() - self._every)
        self._poster.close()

    def _body(self) -> bytes:
        parts = []
        for number in range(self._sent, self._sent + self._batch):
            before, after = self._forms[number % len(self._forms)]
            parts.append(b"%b%b-%d%b" % (before, self._name.encode(), number, after))
        self._sent += self._batch
        return b'{"batch":[' + b",".join(parts) + b"]}"


def sent_now(event: dict[str, Any]) -> dict[str, Any]:
    """The same event of this moment: one of another year has a clock that the loader takes note of."""
    stamp = format_time(datetime.now(UTC))
    return {**event, "originalTimestamp": stamp, "sentAt": stamp, "timestamp": stamp}


def _forms(seed: int) -> Iterator[tuple[bytes, bytes]]:
    """Encoded events, each in two pieces: its message id goes between."""
    for event in generated(seed, _FORMS, NAMES):
        before, _, after = msgspec.json.encode({**sent_now(event), "messageId": _MARK}).partition(
            _MARK.encode()
        )
        yield before, after


def _send_all(flow: Flow) -> None:
    """Until stdin ends. Raises what the first connection raised that broke."""
    ended, broken = threading.Event(), list[BaseException]()
    senders = [_Sender(flow, number) for number in range(_CONNECTIONS)]

    def guarded(sender: _Sender) -> None:
        try:
            sender.send(ended)
        except BaseException as e:  # noqa: BLE001 # handed to the main thread
            broken.append(e)

    threads = [threading.Thread(target=guarded, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for _ in sys.stdin:
        if broken:
            break
        print(sum(sender.taken_in for sender in senders), flush=True)
    ended.set()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]


if __name__ == "__main__":
    _send_all(msgspec.json.decode(sys.stdin.readline(), type=Flow))
