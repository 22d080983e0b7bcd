"""A log in memory: the same contract without a disk, for tests of what appends to a log or reads one."""

from __future__ import annotations

import asyncio
from itertools import accumulate
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure, LogUnavailable, UsageError
from mainstem.log import Batch, ConsumerMarks, LogReader, LogWriter

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryLog(LogReader, ConsumerMarks):
    """One stream, which is its own reader. Offsets are bytes of payload, each record counting one more."""

    def __init__(self) -> None:
        self._partitions: dict[str, list[tuple[int, bytes]]] = {}
        self._ends: dict[str, int] = {}
        self._consumed: dict[str, int] = {}
        self._held: set[str] = set()
        self.failure: LogUnavailable | None = None
        """While set, every append fails with it."""

    def writer(self, partition: str) -> MemoryWriter:
        """Raises EnvironmentFailure while another writer holds the partition."""
        if partition in self._held:
            raise EnvironmentFailure(f"another writer holds log partition {partition}")
        self._held.add(partition)
        self._partitions.setdefault(partition, [])
        self._ends.setdefault(partition, 0)
        return MemoryWriter(self, partition)

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted(self._partitions))

    def start(self, partition: str) -> int:
        self._check(partition)
        return 0

    def end(self, partition: str) -> int:
        self._check(partition)
        return self._ends[partition]

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        end = self.end(partition)
        if offset == end:
            return Batch([], end)
        records = self._partitions[partition]
        first = next((index for index, (at, _) in enumerate(records) if at == offset), None)
        if first is None:
            raise UsageError(f"no record begins at offset {offset} of log partition {partition}")
        sizes = accumulate(len(payload) + 1 for _, payload in records[first:])
        fitting = sum(1 for size in sizes if size <= max_bytes)
        after = first + max(1, fitting)
        return Batch(records[first:after], records[after][0] if after < len(records) else end)

    def consumed(self, partition: str) -> int | None:
        self._check(partition)
        return self._consumed.get(partition)

    def mark_consumed(self, partition: str, offset: int) -> None:
        if offset > self.end(partition):
            raise UsageError(f"offset {offset} of log partition {partition} is past its end")
        self._consumed[partition] = offset

    def add(self, partition: str, records: Sequence[bytes]) -> int:
        """Append at once, as a writer does."""
        first = self._ends[partition]
        for payload in records:
            self._partitions[partition].append((self._ends[partition], payload))
            self._ends[partition] += len(payload) + 1
        return first

    def release(self, partition: str) -> None:
        self._held.discard(partition)

    def _check(self, partition: str) -> None:
        if partition not in self._partitions:
            known = ", ".join(self.partitions()) or "none yet"
            raise UsageError(f"there is no log partition {partition}; there are: {known}")


class MemoryWriter(LogWriter):
    def __init__(self, log: MemoryLog, partition: str) -> None:
        self._log = log
        self._partition = partition
        self._open = True

    def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
        if not records:
            raise ValueError("append takes at least one record")
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        failure = self._log.failure if self._open else LogUnavailable("the log is closed")
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(self._log.add(self._partition, records))
        return future

    @property
    def durable_end(self) -> int:
        return self._log.end(self._partition)

    async def close(self) -> None:
        if self._open:
            self._open = False
            self._log.release(self._partition)
