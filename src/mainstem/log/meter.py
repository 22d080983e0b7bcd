"""What committing costs, counted as it happens: one observation a commit, however many requests share it.

Counted in the thread that commits and read from any other: each number is whole, and two of them may be a
commit apart.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from typing import TYPE_CHECKING

from mainstem.errors import LogUnavailable
from mainstem.log.writer import PartitionWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.log.filesystem import FileSystem


class Histogram:
    """Counts by upper bound, as Prometheus has them; what is above all bounds is in the total alone."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        """Of each bound alone, not of those below it."""
        self.total = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class CommitMeter:
    """Of one partition, since the process began."""

    def __init__(self) -> None:
        self.seconds = Histogram(SECONDS)
        """From the first write of a commit until it is durable."""
        self.records = Histogram(SIZES)
        """Made durable together."""
        self.failures = 0
        self.last_commit_at: float | None = None
        """Unix time; None before the first."""


class MeteredPartitionWriter(PartitionWriter):
    """A `PartitionWriter` that counts."""

    def __init__(
        self,
        fs: FileSystem,
        folder: Path,
        segment_bytes: int,
        make_salt: Callable[[], int],
        meter: CommitMeter,
    ) -> None:
        super().__init__(fs, folder, segment_bytes, make_salt)
        self._meter = meter

    def commit(self, groups: Sequence[Sequence[bytes]]) -> list[int]:
        began = time.perf_counter()
        meter = self._meter
        try:
            firsts = super().commit(groups)
        except LogUnavailable:
            meter.failures += 1
            raise
        meter.seconds.observe(time.perf_counter() - began)
        meter.records.observe(sum(map(len, groups)))
        meter.last_commit_at = time.time()
        return firsts
