"""Several gateway processes on one port: what each is called, and keeping them running.

The kernel spreads connections over them (SO_REUSEPORT). Each has partitions of the log of its own, so that
none waits for another, and one that ends takes nobody's events with it: it goes on where it stopped.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from mainstem.assemble.reload import has_terminal
from mainstem.collect.server import listen
from mainstem.supervise import ChildSpec, LoggingSettings, Supervisor, on_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mainstem.collect.settings import CollectSettings
    from mainstem.supervise import LogLine

_ALONE = "collect"
_FIRST_PARTITION = "gateway-0"
_STOP_MARGIN = 5.0
"""Seconds beyond `shutdown_timeout` until a worker that was told to stop is killed."""


def worker_name(worker: int) -> str:
    return f"{_ALONE}-{worker}"


def worker_partition(partition: str, worker: int) -> str:
    """The part of the log that a worker writes: the first has the one that a single process has, so that
    it makes no difference to it whether there are others."""
    if worker == 0:
        return partition
    return f"gateway-{worker}" if partition == _FIRST_PARTITION else f"{partition}-{worker}"


def gateway_children(
    settings: CollectSettings, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> tuple[ChildSpec, ...]:
    """The processes of a gateway, the first first. `arguments` are those of `mainstem collect`."""
    command = (sys.executable, "-m", "mainstem", "collect", *arguments)
    environment = {**environment, "MAINSTEM_LOGGING_FORMAT": "json"}
    within = settings.shutdown_timeout + _STOP_MARGIN
    if settings.workers == 1:
        return (ChildSpec(_ALONE, command, environment, stop_within=within),)
    return tuple(
        ChildSpec(
            worker_name(worker),
            (*command, "--workers", str(settings.workers), "--worker", str(worker)),
            environment,
            stop_within=within,
        )
        for worker in range(settings.workers)
    )


@contextmanager
def held_ports(settings: CollectSettings) -> Iterator[dict[str, str]]:
    """Where several workers are to take a free port: choose it for them all, and keep it from others for as
    long as the block runs. Gives settings for their environment. Raises EnvironmentFailure as `listen`."""
    found: dict[str, str] = {}
    with ExitStack() as stack:
        if settings.workers > 1 and settings.port == 0:
            found["MAINSTEM_COLLECT_PORT"] = stack.enter_context(_held(settings.host))
        if settings.workers > 1 and settings.internal_port == 0:
            found["MAINSTEM_COLLECT_INTERNAL_PORT"] = stack.enter_context(_held(settings.internal_host))
        yield found


@contextmanager
def _held(host: str) -> Iterator[str]:
    # Bound and not listened on: it gets no connection, and those who may share the port can still take it.
    with listen(host, 0, shared=True, backlog=0) as holder:
        yield str(holder.getsockname()[1])


def run_workers(
    settings: CollectSettings,
    arguments: tuple[str, ...],
    logs: Path,
    logging: LoggingSettings,
    ready: Callable[[str], None],
) -> None:
    """Run the workers until SIGTERM or SIGINT; SIGHUP is passed on to them. `ready` is called with the URL
    when all of them serve.

    Raises EnvironmentFailure with its last words for one that does not start.
    """
    with ExitStack() as stack:
        ports = stack.enter_context(held_ports(settings))
        supervisor = stack.enter_context(
            Supervisor(logs, settings=logging, tell=lambda line: _say(line, logging))
        )
        stack.enter_context(on_signals((signal.SIGTERM, signal.SIGINT), supervisor.wake))
        stack.enter_context(_hangups_passed_on(supervisor))
        with suppress(KeyboardInterrupt):  # told to stop before all were ready
            urls = [supervisor.start(child) for child in gateway_children(settings, arguments, ports)]
            ready(urls[0])
        while not supervisor.stopping:
            supervisor.watch(3600)


@contextmanager
def _hangups_passed_on(supervisor: Supervisor) -> Iterator[None]:
    """Workers read their settings again on SIGHUP; where it says that the terminal has gone away, all end."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        yield
        return
    had_terminal = has_terminal()

    def hung_up(_number: int, _frame: object) -> None:
        if had_terminal and not has_terminal():
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            supervisor.pass_on(signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, hung_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _say(line: LogLine, logging: LoggingSettings) -> None:
    text = line.encoded() if logging.format == "json" else f"{line.process}: {line.text()}\n".encode()
    with suppress(OSError):
        os.write(sys.stderr.fileno(), text)
