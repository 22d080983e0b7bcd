"""The internal port: the log for a loader on another machine, and numbers for whoever watches.

It speaks the gateway's own HTTP, with the same limits, on an address of its own. Whoever asks must know the
token, but for `/health`; without one it answers the loopback alone, and no browser: a page from anywhere
could ask it too. Nothing that is accepted or kept passes here.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

import msgspec

from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import JSON, NOT_FOUND, Reply, error_reply, make_reply
from mainstem.collect.server import BACKLOG, listen, sweep, url_of
from mainstem.collect.transport import Connection
from mainstem.errors import InputError, LogUnavailable, MainstemError, TransientError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from mainstem.collect.request import Request
    from mainstem.collect.server import Parts
    from mainstem.config import Secret
    from mainstem.log import ServedLog

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_BINARY = "application/octet-stream"
_MOST_DIGITS = 18
"""No position in a file has more, and the system takes no number of more than 64 bits for one."""

UNAUTHORIZED = error_reply(401, "send Authorization: Bearer and the internal token")
FORBIDDEN = error_reply(403, "browsers are not served here")

logger = logging.getLogger("mainstem.collect")


class InternalAnswers:
    """What the port answers. `token` None lets in whoever reaches it."""

    def __init__(
        self, log: ServedLog, token: Secret | None, health: Callable[[], Reply], metrics: Callable[[], Reply]
    ) -> None:
        self._log = log
        self._authorization = None if token is None else f"Bearer {token.reveal()}".encode()
        self._health = health
        self._metrics = metrics

    def handle(self, request: Request) -> Reply:
        """The answer; it never raises for any bytes sent."""
        if request.path == b"/health" and request.method in (b"GET", b"HEAD"):
            return self._health()
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            return self._answer(request)
        except MainstemError as e:
            status = 404 if isinstance(e, InputError) else 503 if isinstance(e, TransientError) else 500
            return _json({"error": str(e), "kind": type(e).__name__}, status)

    def _refusal(self, request: Request) -> Reply | None:
        if self._authorization is not None:
            given = request.headers.get(b"authorization", b"")
            return None if hmac.compare_digest(given, self._authorization) else UNAUTHORIZED
        # A page of any site may ask the loopback, and by a name of its own that leads here read the answer.
        host = request.headers.get(b"host", b"").decode("latin-1").lower()
        name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return FORBIDDEN if b"origin" in request.headers or name not in LOOPBACK else None

    def _answer(self, request: Request) -> Reply:
        parts = [unquote(part) for part in request.path.decode("latin-1").split("/")[1:]]
        match request.method, parts:
            case b"GET", ["metrics"]:
                return self._metrics()
            case b"GET", ["log", stream]:
                return _json(self._log.partitions(stream))
            case b"GET", ["log", stream, partition]:
                return _json(self._log.partition(stream, partition))
            case b"GET", ["log", stream, partition, base]:
                return self._bytes(stream, partition, base, request.query)
            case b"PUT", ["log", stream, partition, "consumed"]:
                self._log.mark_consumed(stream, partition, _offset(request.body))
                return _json({})
            case b"PUT", ["log", stream, partition, "archived"]:
                self._log.mark_archived(stream, partition, _offset(request.body))
                return _json({})
        return NOT_FOUND

    def _bytes(self, stream: str, partition: str, base: str, query: bytes) -> Reply:
        asked = parse_qs(query.decode("latin-1"), max_num_fields=10)
        numbers = [base, *(asked.get(name, [""])[0] for name in ("from", "bytes"))]
        if not all(map(_is_offset, numbers)):
            raise UsageError("a segment is asked for as /log/STREAM/PARTITION/BASE?from=POSITION&bytes=SIZE")
        found = self._log.read(stream, partition, *map(int, numbers))
        if found is None:
            return error_reply(410, "this segment is no longer kept")
        return make_reply(200, found, _BINARY)


def _is_offset(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _offset(body: bytes) -> int:
    try:
        return msgspec.json.decode(body, type=int)
    except msgspec.DecodeError as e:
        raise UsageError("a mark is told as one whole number") from e


def _json(value: object, status: int = 200) -> Reply:
    return make_reply(status, msgspec.json.encode(value), JSON)


class _Nowhere:
    """What the port has in place of a log's writer: it takes nothing."""

    durable_end = 0

    async def append(self, records: Sequence[bytes]) -> int:
        raise LogUnavailable(f"no event is taken on the internal port, not these {len(records)} either")


class InternalPort:
    """A companion of the gateway that opens the port."""

    def __init__(
        self, log: ServedLog, metrics: Callable[[], Reply], ready: Callable[[str], None] = lambda _: None
    ) -> None:
        self._log = log
        self._metrics = metrics
        self._ready = ready

    @asynccontextmanager
    async def beside(self, parts: Parts) -> AsyncIterator[None]:
        """Raises EnvironmentFailure when it cannot listen."""
        settings, loop = parts.settings, asyncio.get_running_loop()
        answers = InternalAnswers(self._log, settings.internal_token, parts.health, self._metrics)
        intake = Intake(_Nowhere(), _Nowhere(), settings.max_waiting_bytes)
        connections = Connections(settings, answers.handle, intake, Clock(), loop.time)
        listener = listen(
            settings.internal_host,
            settings.internal_port or 0,
            shared=settings.workers > 1,
            flag="[collect] internal_port",
        )
        server = await loop.create_server(lambda: Connection(connections), sock=listener, backlog=BACKLOG)
        url = url_of(listener)
        logger.info("serving the log and metrics on %s", url)
        self._ready(url)
        sweeper = loop.create_task(sweep(connections))
        try:
            yield
        finally:
            server.close()
            sweeper.cancel()
            connections.finish()
            await connections.closed(settings.shutdown_timeout)
