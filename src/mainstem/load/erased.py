"""The log without the records of people who were erased: a retry or a replay does not bring them back.

It keeps the offsets of the log it stands before. Where nobody was erased it costs one look at a file a read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.load.batch import Log, LogBatch

    IsErased = Callable[[bytes], bool]


class _Batch(NamedTuple):
    records: list[tuple[int, bytes]]
    next_offset: int


class WithoutErased:
    """`judge` is asked before every read for what tells an erased person's record; None where nobody was."""

    def __init__(self, log: Log, judge: Callable[[], IsErased | None]) -> None:
        self._log = log
        self._judge = judge

    def partitions(self) -> tuple[str, ...]:
        return self._log.partitions()

    def start(self, partition: str) -> int:
        return self._log.start(partition)

    def end(self, partition: str) -> int:
        return self._log.end(partition)

    def read(self, partition: str, offset: int, max_bytes: int) -> LogBatch:
        """As the log reads. A batch of which nothing is left is passed over, as long as more follows."""
        is_erased = self._judge()
        while True:
            batch = self._log.read(partition, offset, max_bytes)
            if is_erased is None or not batch.records:
                return batch
            kept = [record for record in batch.records if not is_erased(record[1])]
            if kept:
                return _Batch(kept, batch.next_offset)
            offset = batch.next_offset
