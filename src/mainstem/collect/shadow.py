"""Copies of requests for another data plane, put into the shadow log and never waited for.

A tap gives the copy to the event loop and returns; whether the log takes it is found out when the request has
long been answered. A copy that the log does not take is counted and gone: the sender's answer depends on
our own log alone. Nothing here knows where the copies go.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mainstem.collect.intake import GROUP_BYTES
from mainstem.errors import MainstemError
from mainstem.events import Forwarded, encode_forwarded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from mainstem.collect.request import Request
    from mainstem.collect.server import Parts
    from mainstem.collect.sources import Tap

OF_THE_CONNECTION = frozenset(
    {
        b"accept-encoding", b"connection", b"content-length", b"cookie", b"expect", b"forwarded", b"host",
        b"keep-alive", b"proxy-authorization", b"proxy-connection", b"te", b"trailer", b"transfer-encoding",
        b"upgrade", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip",
    }
)  # fmt: skip
"""Headers that are not copied: they speak of the hop to us (RFC 9110, 7.6.1), of the client's address, which
stands beside them, or are a browser's cookies, which are for our host."""

_OPEN_AGAIN_SECONDS = 10.0

logger = logging.getLogger(__name__)


class CopyLog(Protocol):
    """What is needed of the shadow log's writer."""

    def append(self, records: Sequence[bytes], /) -> asyncio.Future[int]: ...
    async def close(self) -> None: ...


class ShadowCopies:
    """Makes the taps of a gateway's shadowed sources, and runs beside it to carry what they copy."""

    def __init__(self, open_log: Callable[[], CopyLog], again_after: float = _OPEN_AGAIN_SECONDS) -> None:
        """`open_log` may block and raise; after `again_after` seconds it is called again."""
        self._open_log = open_log
        self._again_after = again_after
        self._log: CopyLog | None = None
        self._aliases: Mapping[str, str] = {}
        self._has_no_room: Callable[[], bool] = lambda: False
        self._records: list[bytes] = []
        self._sources: list[str] = []
        self._size = 0
        self.lost: Counter[str] = Counter()
        """Requests by source of which no copy could be kept, since the process began."""
        self._told = 0
        self._wanted = threading.Event()
        self._wake: Callable[[], object] = lambda: None

    def tap(self, source_id: str) -> Tap:
        """For a source that is shadowed from now on. May be called from any thread."""
        self._wanted.set()
        self._wake()
        return partial(self._copy, source_id)

    @asynccontextmanager
    async def beside(self, parts: Parts) -> AsyncIterator[None]:
        """The gateway's companion. It costs nothing until a source is shadowed. A log that cannot be opened
        is told, and tried again while the gateway serves."""
        self._aliases = parts.settings.path_aliases
        self._has_no_room = lambda: parts.health.refuses()
        woken = asyncio.Event()
        self._wake = partial(asyncio.get_running_loop().call_soon_threadsafe, woken.set)
        if self._wanted.is_set():
            await self._begin(parts)
        beginning = asyncio.ensure_future(self._begin_when_wanted(parts, woken))
        try:
            yield
        finally:
            self._wake = lambda: None
            beginning.cancel()
            with suppress(asyncio.CancelledError):
                await beginning
            self._flush()
            if self._log is not None:
                await self._close(self._log)

    def _copy(self, source_id: str, request: Request) -> None:
        if self._log is None or self._has_no_room():
            # Events are refused then, and each attempt to send them again would take more of the disk.
            self._lose([source_id], None)
            return
        record = encode_forwarded(_record(source_id, request.made_of or request, self._aliases))
        if not self._records:
            asyncio.get_running_loop().call_soon(self._flush)
        self._records.append(record)
        self._sources.append(source_id)
        self._size += len(record)
        if self._size >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        records, sources = self._records, self._sources
        self._records, self._sources, self._size = [], [], 0
        if not records or self._log is None:
            return
        try:
            appended = self._log.append(records)
        except ValueError as e:  # larger than the log takes at any time
            self._lose(sources, e)
        else:
            appended.add_done_callback(partial(self._settle, sources))

    def _settle(self, sources: list[str], appended: asyncio.Future[int]) -> None:
        failure = None if appended.cancelled() else appended.exception()
        if failure is not None or appended.cancelled():
            self._lose(sources, failure)
        elif self._told:
            logger.warning("copies for shadow mode are kept again; %s requests have none", self._told)
            self._told = 0

    def _lose(self, sources: Sequence[str], failure: BaseException | None) -> None:
        self.lost.update(sources)
        if not self._told and failure is not None:
            logger.error("requests are not copied for shadow mode: %s", failure)
        self._told += len(sources)

    async def _begin(self, parts: Parts) -> None:
        parts.connections.keeps_every_header = True
        try:
            self._log = await asyncio.to_thread(self._open_log)
        except MainstemError as e:
            logger.error("requests are not copied for shadow mode: %s", e)

    async def _begin_when_wanted(self, parts: Parts, woken: asyncio.Event) -> None:
        if not self._wanted.is_set():
            await woken.wait()
            await self._begin(parts)
        while self._log is None:
            await asyncio.sleep(self._again_after)
            await self._begin(parts)

    async def _close(self, log: CopyLog) -> None:
        try:
            await log.close()
        except MainstemError as e:
            logger.error("the last copies for shadow mode may be missing: %s", e)


def _record(source_id: str, request: Request, aliases: Mapping[str, str]) -> Forwarded:
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in request.headers.items()
        if name not in OF_THE_CONNECTION
    }
    return Forwarded(
        received_at=request.received_at,
        request_ip=request.request_ip,
        source_id=source_id,
        method=request.method.decode("latin-1"),
        path=_own_path(request.path.decode("latin-1"), aliases),
        query=request.query.decode("latin-1"),
        headers=headers,
        body=request.body,
    )


def _own_path(path: str, aliases: Mapping[str, str]) -> str:
    """What an alias stands for: the other data plane has its own, or none."""
    for alias, target in aliases.items():
        if path.startswith(alias) and not path.startswith(target):
            return target + path.removeprefix(alias)
    return path
