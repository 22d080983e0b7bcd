"""The durable log alone: groups of 512 records of 1 KB, one after the other.

Ours is the log through its contract: a group is appended and awaited, so it is framed, checksummed,
written, fdatasynced and published to readers before the next. The limit is a bare loop that writes the same
payload to a growing file and fdatasyncs. 1.0 would be a log that costs nothing beside the disk. Higher is
better.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.disk import bare_syncs
from benchmarks.figure import Figure, Outcome, Round
from benchmarks.rounds import interleaved
from mainstem.log import LogSettings, open_writer

if TYPE_CHECKING:
    from benchmarks.effort import Effort

GROUP = 512
RECORD_BYTES = 1024


def measure(effort: Effort, scratch: Path) -> Outcome:
    pairs = interleaved(
        effort.rounds,
        lambda: asyncio.run(_ours(effort.log_s, scratch)),
        lambda: bare_syncs(scratch, GROUP * RECORD_BYTES, effort.log_s) * GROUP,
    )
    cpu = sorted(ours[1] for ours, _ in pairs)[len(pairs) // 2]
    figure = Figure(
        benchmark="log",
        name=f"log alone, groups of {GROUP} × 1 KB",
        unit="events/s",
        limit="bare write + fdatasync of the same bytes",
        better="higher",
        rounds=tuple(Round(ours[0], limit) for ours, limit in pairs),
        notes=(f"{cpu:.2f} µs of CPU an event, the kernel's writing among it",),
    )
    return Outcome(benchmark="log", figures=(figure,))


async def _ours(seconds: float, scratch: Path) -> tuple[float, float]:
    """Events a second, and microseconds of CPU an event."""
    group = [os.urandom(RECORD_BYTES) for _ in range(GROUP)]
    with tempfile.TemporaryDirectory(prefix="log-", dir=scratch) as folder:
        writer = open_writer(Path(folder), "events", "benchmark", LogSettings())
        try:
            await writer.append(group)
            done, cpu, began = 0, time.process_time(), time.perf_counter()
            while time.perf_counter() - began < seconds:
                await writer.append(group)
                done += GROUP
            elapsed, cpu = time.perf_counter() - began, time.process_time() - cpu
        finally:
            await writer.close()
    return done / elapsed, cpu / done * 1e6
