"""CPU that one durable event costs the gateway.

Single events of 1 KB, POSTed over connections that stay open. Ours is the user and system time of all the
gateway's processes ÷ events answered 200; each of those is on disk, so writing and fdatasync are counted.
The limit is nginx, which reads the same requests, answers 200 and writes a line of its access log: what a
good HTTP server costs that keeps nothing. 2.0 means that parsing, checking and keeping an event costs as
much again as carrying it. Lower is better.

Beside ours stands the least that Python takes for the same: a loop that writes what it reads to a file and
answers after one fdatasync for all that wait, and that knows neither HTTP nor JSON nor a limit. What of our
ratio is above its ratio is our code; the rest is the loop, the kernel and the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bare_server import NAME as LEAST
from benchmarks.bare_server import bare_server
from benchmarks.events import single_request
from benchmarks.figure import Figure, Outcome, Round
from benchmarks.gateway import WRITE_KEY, gateway
from benchmarks.nginx import NAME, nginx
from benchmarks.rounds import interleaved
from benchmarks.tools import require
from benchmarks.wrk import Load, run_wrk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.bare_server import BareServer
    from benchmarks.effort import Effort
    from benchmarks.gateway import Gateway
    from benchmarks.nginx import Nginx

    Measured = Callable[[Effort, Path, int], tuple[float, Load]]

CONNECTIONS = (64, 512)
_WARM_SECONDS = 1.0


def measure(effort: Effort, scratch: Path) -> Outcome:
    """Raises ToolMissing."""
    require("wrk", "nginx", "taskset")
    figures = [
        figure
        for connections in CONNECTIONS
        for figure in (
            _figure(effort, scratch, connections, "CPU per durable event", _ours),
            _figure(effort, scratch, connections, f"the least in Python, {LEAST}", _least),
        )
    ]
    return Outcome(benchmark="durable-event", figures=tuple(figures))


def _figure(effort: Effort, scratch: Path, connections: int, name: str, measured: Measured) -> Figure:
    pairs = interleaved(
        effort.rounds,
        lambda: measured(effort, scratch, connections),
        lambda: _limit(effort, scratch, connections),
    )
    loads = [ours[1] for ours, _ in pairs]
    return Figure(
        benchmark="durable-event",
        name=f"{name}, {connections} connections",
        unit="µs",
        limit=NAME,
        better="lower",
        rounds=tuple(Round(ours[0], limit[0]) for ours, limit in pairs),
        notes=(_flow(loads), f"nginx {_flow([limit[1] for _, limit in pairs])}"),
    )


def _ours(effort: Effort, scratch: Path, connections: int) -> tuple[float, Load]:
    with gateway(scratch) as server:
        return _round(server, effort.event_s, connections, scratch)


def _least(effort: Effort, scratch: Path, connections: int) -> tuple[float, Load]:
    with bare_server(scratch) as server:
        return _round(server, effort.event_s, connections, scratch)


def _limit(effort: Effort, scratch: Path, connections: int) -> tuple[float, Load]:
    with nginx(scratch) as server:
        return _round(server, effort.event_s, connections, scratch)


def _round(
    server: Gateway | BareServer | Nginx, seconds: float, connections: int, scratch: Path
) -> tuple[float, Load]:
    """Microseconds of CPU an event, and what the generator saw."""
    request = single_request(WRITE_KEY)
    run_wrk(server.url, request, connections, _WARM_SECONDS, scratch)
    before = server.cpu_seconds()
    load = run_wrk(server.url, request, connections, seconds, scratch)
    return (server.cpu_seconds() - before) / load.accepted * 1e6, load


def _flow(loads: list[Load]) -> str:
    middle = sorted(loads, key=lambda load: load.accepted / load.seconds)[len(loads) // 2]
    refused = sum(load.refused + load.broken for load in loads)
    return (
        f"{middle.accepted / middle.seconds:,.0f} events/s, p50 {middle.p50_us / 1000:.1f} ms, "
        f"p99 {middle.p99_us / 1000:.1f} ms, {refused} not answered 200"
    )
