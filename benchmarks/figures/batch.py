"""Events a second that one core of the gateway makes durable when they come in batches of 100.

64 connections send batches of about 120 KB, plain and gzipped. Ours is events answered 200 ÷ CPU seconds
of the gateway. The limit, for both, is nginx, which reads the plain bodies and throws them away: the ratio
says how much of the bare transport's throughput is left when every event of a batch is unzipped, read,
checked and kept. Higher is better.

Whether the disk was the limit shows in the other figure: fdatasyncs a second while batches flowed (each
frame of the log is one), beside a bare loop that writes as many bytes before each fdatasync. Near 1 the
disk is the limit, far below it the CPU is.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from benchmarks.disk import bare_syncs
from benchmarks.events import batch_request
from benchmarks.figure import Figure, Outcome, Round
from benchmarks.gateway import WRITE_KEY, gateway
from benchmarks.nginx import NAME, nginx
from benchmarks.rounds import interleaved
from benchmarks.tools import require
from benchmarks.wrk import PostedBody, run_wrk

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.effort import Effort

BATCH = 100
CONNECTIONS = 64


@dataclass(frozen=True)
class _Ours:
    events_per_core_second: float
    events_per_second: float
    commits_per_second: float
    bytes_per_second: float
    bare_syncs_per_second: float


def measure(effort: Effort, scratch: Path) -> Outcome:
    """Raises ToolMissing."""
    require("wrk", "nginx", "taskset")
    plain = batch_request(WRITE_KEY, BATCH)
    zipped = msgspec.structs.replace(
        plain, body=gzip.compress(plain.body), headers={**plain.headers, "Content-Encoding": "gzip"}
    )
    figures = [
        figure
        for form, request in (("plain", plain), ("gzip", zipped))
        for figure in _figures(effort, scratch, form, request, plain)
    ]
    return Outcome(benchmark="batch", figures=tuple(figures))


def _figures(
    effort: Effort, scratch: Path, form: str, request: PostedBody, plain: PostedBody
) -> list[Figure]:
    pairs = interleaved(
        effort.rounds, lambda: _ours(effort, scratch, request), lambda: _limit(effort, scratch, plain)
    )
    ours = [first for first, _ in pairs]
    written = sorted(each.bytes_per_second for each in ours)[len(ours) // 2]
    events = sorted(each.events_per_second for each in ours)[len(ours) // 2]
    throughput = Figure(
        benchmark="batch",
        name=f"events a core-second, batches of {BATCH}, {form}",
        unit="events/s",
        limit=NAME,
        better="higher",
        rounds=tuple(Round(first.events_per_core_second, second) for first, second in pairs),
        notes=(
            f"{events:,.0f} events/s made durable, {written / 1e6:,.0f} MB/s to disk",
            f"bodies of {len(request.body):,} bytes",
        ),
    )
    syncs = Figure(
        benchmark="batch",
        name=f"fdatasyncs while batches flow, {form}",
        unit="/s",
        limit="bare write + fdatasync of as many bytes",
        better="higher",
        rounds=tuple(Round(each.commits_per_second, each.bare_syncs_per_second) for each in ours),
    )
    return [throughput, syncs]


def _ours(effort: Effort, scratch: Path, request: PostedBody) -> _Ours:
    with gateway(scratch) as server:
        run_wrk(server.url, request, CONNECTIONS, 1.0, scratch)
        cpu, start = server.cpu_seconds(), server.durable_end()
        load = run_wrk(server.url, request, CONNECTIONS, effort.batch_s, scratch)
        cpu, end = server.cpu_seconds() - cpu, server.durable_end()
        commits = server.commits_between(start, end)
    return _Ours(
        events_per_core_second=load.accepted * BATCH / cpu,
        events_per_second=load.accepted * BATCH / load.seconds,
        commits_per_second=commits / load.seconds,
        bytes_per_second=(end - start) / load.seconds,
        bare_syncs_per_second=bare_syncs(scratch, (end - start) // max(1, commits), effort.disk_s),
    )


def _limit(effort: Effort, scratch: Path, request: PostedBody) -> float:
    with nginx(scratch) as server:
        run_wrk(server.url, request, CONNECTIONS, 1.0, scratch)
        before = server.cpu_seconds()
        load = run_wrk(server.url, request, CONNECTIONS, effort.batch_s, scratch)
        return load.accepted * BATCH / (server.cpu_seconds() - before)
