"""The same gateway as an application for any ASGI server, for those who run one already.

Every answer, limit and budget is the handler's and the intake's own; only the socket is somebody else's, and
with it the time limits for headers and idle connections. An event is answered once it is durable, here too.
Without the server's lifespan events it takes nothing: 503.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mainstem.collect.browser import CORS_REQUEST_HEADERS, cors_headers
from mainstem.collect.clock import Clock
from mainstem.collect.health import Health
from mainstem.collect.intake import Intake
from mainstem.collect.proxies import TrustedProxies
from mainstem.collect.replies import BODY_TOO_LARGE, Reply, unavailable
from mainstem.collect.request import FORWARDED_HEADERS, HANDLED_HEADERS, Accepted, Request
from mainstem.collect.server import open_handler
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping
    from contextlib import AbstractAsyncContextManager

    from mainstem.collect.handle import Handler
    from mainstem.collect.hosted import HostedFile
    from mainstem.collect.intake import RecordLog
    from mainstem.collect.settings import CollectSettings
    from mainstem.collect.sources import SourceTable

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    OpenLogs = Callable[[], AbstractAsyncContextManager[tuple[RecordLog, RecordLog]]]

_KEPT_HEADERS = frozenset((*HANDLED_HEADERS, *CORS_REQUEST_HEADERS, b"content-length"))
_KEPT_FROM_PROXY = _KEPT_HEADERS.union(FORWARDED_HEADERS)

logger = logging.getLogger(__name__)


class _Gone(Exception):
    """The client has left before its request was whole."""


class GatewayApp:
    """ASGI 3. `open_logs` gives the log of events and the quarantine, for as long as the server runs."""

    def __init__(
        self,
        settings: CollectSettings,
        sources: SourceTable,
        open_logs: OpenLogs,
        *,
        files: tuple[HostedFile, ...] = (),
        free_disk_bytes: Callable[[], int] | None = None,
    ) -> None:
        self._settings = settings
        self._sources = sources
        self._open_logs = open_logs
        self._files = files
        self._free_disk_bytes = free_disk_bytes
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._clock = Clock()
        self._unavailable = unavailable(settings.retry_after)
        self._work: _Work | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    # The server's life

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                events, quarantine = await stack.enter_async_context(self._open_logs())
            except (MainstemError, OSError) as e:
                await send({"type": "lifespan.startup.failed", "message": str(e)})
                return
            self._work = self._begin(events, quarantine)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            work, self._work = self._work, None
            await work.intake.drained()
        if work.intake.broken.done():
            logger.error("the log broke: %s", work.intake.broken.exception())
            await send({"type": "lifespan.shutdown.failed", "message": "the log broke"})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    def _begin(self, events: RecordLog, quarantine: RecordLog) -> _Work:
        settings = self._settings
        intake = Intake(events, quarantine, settings.max_waiting_bytes)
        started_at = self._clock.stamp()
        health = Health(
            intake,
            events,
            started_at=started_at,
            recovery=settings.retry_after,
            now=asyncio.get_running_loop().time,
            free_disk_bytes=self._free_disk_bytes,
        )
        handler = open_handler(settings, self._sources, started_at, health, self._files)
        intake.on_unkept = handler.uncount
        return _Work(handler, intake)

    # A request

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        trusted = self._proxies.trusts(_peer(scope))
        kept = _KEPT_FROM_PROXY if trusted else _KEPT_HEADERS
        headers = {name: value for name, value in scope["headers"] if name in kept}
        work = self._work
        try:
            if work is None:
                reply = self._unavailable
            else:
                reply = await self._answer(work, scope, headers, trusted, receive)
        except _Gone:
            return
        method = scope["method"].encode()
        lines = _header_pairs(reply.head)
        if b"origin" in headers:
            lines += _header_pairs(b"\r\n" + cors_headers(headers, preflight=method == b"OPTIONS"))
        await send({"type": "http.response.start", "status": reply.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if method == b"HEAD" else reply.body})

    async def _answer(
        self, work: _Work, scope: Scope, headers: Mapping[bytes, bytes], trusted: bool, receive: Receive
    ) -> Reply:
        body = _Body(work, self._settings.max_body_bytes, self._settings.max_partial_bytes)
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                whole = await body.read(headers, receive)
            if isinstance(whole, Reply):
                return whole
            if whole is None:
                return self._unavailable
            await work.room()
            return await self._decide(work, self._request(scope, headers, trusted, whole))
        except TimeoutError:
            return self._unavailable
        finally:
            body.release()

    async def _decide(self, work: _Work, request: Request) -> Reply:
        outcome = work.handler.handle(request)
        if not isinstance(outcome, Accepted):
            return outcome
        if not outcome.records and not outcome.quarantined:
            return outcome.reply
        waiting = _Waiting()
        work.intake.submit(outcome, waiting)
        return outcome.reply if await waiting.durable else outcome.otherwise or self._unavailable

    def _request(self, scope: Scope, headers: Mapping[bytes, bytes], trusted: bool, body: bytes) -> Request:
        peer = _peer(scope)
        forwarded_for = headers.get(b"x-forwarded-for")
        return Request(
            scope["method"].encode(),
            _path(scope),
            scope["query_string"],
            headers,
            body,
            self._proxies.client(peer, forwarded_for) if trusted and forwarded_for else peer,
            self._clock.stamp(),
        )


class _Work:
    """What there is while the server runs."""

    def __init__(self, handler: Handler, intake: Intake) -> None:
        self.handler = handler
        self.intake = intake
        self.partial_bytes = 0
        """Of bodies that are read, or wait to be decided."""
        self._room = asyncio.Event()
        intake.on_room = self._room.set

    async def room(self) -> None:
        """Wait until what waits for the log is within its budget again."""
        while self.intake.full:
            self._room.clear()
            await self._room.wait()


class _Body:
    """One request's body within its own limit, and within the budget of all of them."""

    def __init__(self, work: _Work, most: int, most_of_all: int) -> None:
        self._work = work
        self._most = most
        self._most_of_all = most_of_all
        self._size = 0

    async def read(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes | Reply | None:
        """The body; an answer where it is too long; None where the budget is spent. Raises _Gone."""
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most:
            return BODY_TOO_LARGE
        parts: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise _Gone
            part = message.get("body", b"")
            self._hold(len(part))
            if self._size > self._most:
                return BODY_TOO_LARGE
            if self._work.partial_bytes > self._most_of_all:
                return None
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    def release(self) -> None:
        self._hold(-self._size)

    def _hold(self, more: int) -> None:
        self._size += more
        self._work.partial_bytes += more


class _Waiting:
    """A request whose records are on their way; `durable` says what became of them."""

    def __init__(self) -> None:
        self.durable: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def done(self, durable: bool) -> None:
        if not self.durable.done():  # the server may have given the request up
            self.durable.set_result(durable)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _path(scope: Scope) -> bytes:
    """The path as sent, below where the application is mounted."""
    path: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    return path.removeprefix(scope.get("root_path", "").encode()) or b"/"


def _header_pairs(head: bytes) -> list[tuple[bytes, bytes]]:
    return list(_parsed(head))


@lru_cache(256)
def _parsed(head: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The header lines behind the first line of `head`."""
    lines = head.split(b"\r\n")[1:-1]
    return tuple((name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines))
