"""Memory of a gateway's worker.

Under load: resident memory while single events come over 64 connections, beside a Python process that
has imported the gateway's libraries and does nothing. The ratio is what serving adds; it must not grow with
time (the rounds follow one another in one worker's life). Lower is better.

Under a flood: 512 connections each send bodies of 4 MB, two GB at once. Ours is how much the peak of
resident memory rose over an idle worker; the limit is the budget for waiting bytes that the gateway's
settings give (`max_partial_bytes` + `max_waiting_bytes`). Below 1 the budget bounds all that the flood
costs; what is above it are copies on the way from the socket to the disk that the budget does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from benchmarks.events import headers_for, single_request
from benchmarks.figure import Figure, Outcome, Round
from benchmarks.gateway import WRITE_KEY, gateway
from benchmarks.processes import idle_interpreter, peak_rss_bytes, rss_bytes, running
from benchmarks.tools import require
from benchmarks.wrk import PostedBody, run_wrk
from mainstem.collect import CollectSettings

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.wrk import Load

LIBRARIES = "asyncio, hashlib, httptools, isal.isal_zlib, logging, msgspec, uvloop, click"
CONNECTIONS = 64
FLOOD_CONNECTIONS = 512
MB = 1_000_000


def measure(effort: Effort, scratch: Path) -> Outcome:
    """Raises ToolMissing."""
    require("wrk", "taskset")
    return Outcome(benchmark="gateway-memory", figures=(_loaded(effort, scratch), _flooded(effort, scratch)))


def _loaded(effort: Effort, scratch: Path) -> Figure:
    rounds: list[Round] = []
    events = 0
    with gateway(scratch) as server:
        idle = rss_bytes(server.pid)
        for _ in range(effort.rounds):
            share = effort.memory_s / effort.rounds
            events += run_wrk(server.url, single_request(WRITE_KEY), CONNECTIONS, share, scratch).accepted
            rounds.append(Round(rss_bytes(server.pid) / MB, _bare_interpreter(scratch) / MB))
    return Figure(
        benchmark="gateway-memory",
        name=f"memory of the gateway's worker, {CONNECTIONS} connections",
        unit="MB",
        limit="Python with the same libraries imported",
        better="lower",
        rounds=tuple(rounds),
        notes=(f"{idle / MB:.1f} MB before the first request; {events:,} events over all rounds",),
    )


def _bare_interpreter(scratch: Path) -> int:
    with running(idle_interpreter("interpreter", f"import {LIBRARIES}"), scratch) as child:
        return rss_bytes(child.pid)


def _flooded(effort: Effort, scratch: Path) -> Figure:
    settings = CollectSettings()
    budget = settings.max_partial_bytes + settings.max_waiting_bytes
    request = _large(settings.max_body_bytes)
    rounds: list[Round] = []
    loads: list[Load] = []
    for _ in range(effort.rounds):
        with gateway(scratch) as server:
            idle = rss_bytes(server.pid)
            loads.append(run_wrk(server.url, request, FLOOD_CONNECTIONS, effort.flood_s, scratch))
            rounds.append(Round((peak_rss_bytes(server.pid) - idle) / MB, budget / MB))
    accepted, cut = sum(load.accepted for load in loads), sum(load.broken for load in loads)
    return Figure(
        benchmark="gateway-memory",
        name=f"peak memory, {FLOOD_CONNECTIONS} connections × 4 MB bodies",
        unit="MB",
        limit="the gateway's budget for waiting bytes",
        better="lower",
        rounds=tuple(rounds),
        notes=(f"{accepted:,} bodies made durable, {cut:,} connections cut off to keep the budget",),
    )


def _large(size: int) -> PostedBody:
    """One event that fills a body of `size` bytes."""
    event = msgspec.json.decode(single_request(WRITE_KEY).body)
    event["properties"]["note"] = ""
    event["properties"]["note"] = "x" * (size - len(msgspec.json.encode(event)))
    return PostedBody("/v1/track", msgspec.json.encode(event), headers_for(WRITE_KEY))
