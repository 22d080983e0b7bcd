"""Run the gateway: listen, serve until told to stop, and end without losing a request under way.

It owns the socket and nothing else: the log's writers are opened and closed by whoever calls.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import uuid
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.collect.aliases import api_path
from mainstem.collect.answers import Answers
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.handle import Handler
from mainstem.collect.health import Health
from mainstem.collect.intake import Intake, RecordLog
from mainstem.collect.routes import RouteOptions
from mainstem.collect.shape import Shape
from mainstem.collect.transport import Connection
from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from mainstem.collect.hosted import HostedFile
    from mainstem.collect.replies import Reply
    from mainstem.collect.request import Route
    from mainstem.collect.settings import CollectSettings
    from mainstem.collect.sources import SourceTable

BACKLOG = 1024
SWEEP_SECONDS = 0.5
"""How late a time limit may strike."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """A gateway at work, as what runs beside it sees it."""

    settings: CollectSettings
    handler: Handler
    intake: Intake
    health: Health
    connections: Connections


Companion = Callable[[Parts], "AbstractAsyncContextManager[None]"]
"""Something that runs on the gateway's event loop for as long as it serves. It is entered before the port
opens and left after the last request is answered; what it raises on entering keeps the gateway from
starting."""


async def serve(
    settings: CollectSettings,
    sources: SourceTable,
    log_writer: RecordLog,
    quarantine_writer: RecordLog,
    *,
    ready: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
    free_disk_bytes: Callable[[], int] | None = None,
    companions: Sequence[Companion] = (),
    files: tuple[HostedFile, ...] = (),
    routes: tuple[Route, ...] = (),
) -> None:
    """Serve until `stop` is set; without one, until SIGTERM or SIGINT (main thread only).

    `ready` is called once with the URL, after the port is open. Requests under way are then given
    `shutdown_timeout` seconds, and everything submitted to the log is awaited.
    Raises EnvironmentFailure when it cannot listen, and what the log raised when it broke.
    """
    loop = asyncio.get_running_loop()
    clock = Clock()
    intake = Intake(log_writer, quarantine_writer, settings.max_waiting_bytes)
    started_at = clock.stamp()
    health = Health(
        intake,
        log_writer,
        started_at=started_at,
        recovery=settings.retry_after,
        now=loop.time,
        free_disk_bytes=free_disk_bytes,
    )
    handler = open_handler(settings, sources, started_at, health, files, routes)
    intake.on_unkept = handler.uncount
    connections = Connections(settings, handler.handle, intake, clock, loop.time, handler.again)
    async with AsyncExitStack() as beside:
        for companion in companions:
            await beside.enter_async_context(companion(Parts(settings, handler, intake, health, connections)))
        listener = listen(settings.host, settings.port, shared=settings.workers > 1)
        server = await loop.create_server(lambda: Connection(connections), sock=listener, backlog=BACKLOG)
        sweeper = loop.create_task(sweep(connections))
        stop = stop or _signalled(loop)
        try:
            if ready is not None:
                ready(url_of(listener))
            await _stopped_or_broken(stop, intake.broken)
        finally:
            server.close()
            connections.finish()
            await connections.closed(settings.shutdown_timeout)
            await intake.drained()
            sweeper.cancel()
    if intake.broken.done():
        intake.broken.result()


def open_handler(
    settings: CollectSettings,
    sources: SourceTable,
    started_at: str,
    health: Callable[[], Reply],
    files: tuple[HostedFile, ...] = (),
    routes: tuple[Route, ...] = (),
) -> Handler:
    """A handler as the settings want it, whatever carries its requests. `routes` are further ones that keep
    nothing."""
    answers = Answers(settings.public_url, started_at, health, api_path(settings.path_aliases), files, routes)
    return Handler(
        sources,
        max_body_bytes=settings.max_body_bytes,
        max_batch_events=settings.max_batch_events,
        strict=settings.strict,
        new_message_id=lambda: str(uuid.uuid4()),
        other_routes=answers.routes,
        options=RouteOptions(settings.path_aliases, settings.honour_batch_sent_at),
        shape=Shape(settings.max_depth, settings.max_keys),
    )


def listen(
    host: str, port: int, *, shared: bool = False, flag: str = "--port", backlog: int = BACKLOG
) -> socket.socket:
    """A listening socket; port 0 takes a free one. `shared` lets further processes of the same user listen
    there too, and the kernel spreads connections over them; with a `backlog` of 0 it is only held for
    them. `flag` is what an operator sets to get another. Raises EnvironmentFailure, saying what to do.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as e:
        raise EnvironmentFailure(f"cannot listen on host {host!r}: {e.strerror}") from e
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        if backlog:
            listener.listen(backlog)
    except OSError as e:
        listener.close()
        raise EnvironmentFailure(f"cannot listen on {host}:{port}: {_mend(e, port, flag)}") from e
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _mend(e: OSError, port: int, flag: str) -> str:
    if e.errno == errno.EADDRINUSE:
        return f"port {port} is in use; stop what uses it, or choose another with {flag} (0 takes a free one)"
    if e.errno == errno.EACCES:
        return f"port {port} needs privileges; choose one above 1023 with {flag}"
    if e.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address; choose one of its own with --host (0.0.0.0 for all)"
    return str(e.strerror)


def _signalled(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _stopped_or_broken(stop: asyncio.Event, broken: asyncio.Future[None]) -> None:
    waiter = asyncio.ensure_future(stop.wait())
    await asyncio.wait((waiter, broken), return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    logger.info("stopping: answering the requests under way")


async def sweep(connections: Connections) -> None:
    """End what takes too long, for as long as it runs."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        connections.sweep()
