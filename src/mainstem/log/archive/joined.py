"""The live log and its archive read as one: what retention has deleted is read from the archive.

A partition may be in both, overlapping, or in the archive alone, as that of a gateway that is no more. Where
neither has an offset it is refused by name, never skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.log.joined import JoinedLogReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.log.archive.reader import ArchiveReader
    from mainstem.log.contract import Batch
    from mainstem.log.reader import SegmentReader


class ArchivedLogReader(JoinedLogReader):
    """`archive` holds older segments of the partitions of `logs`, and of others."""

    def __init__(self, logs: Mapping[str, SegmentReader], archive: ArchiveReader) -> None:
        super().__init__(logs)
        self._archive = archive

    def partitions(self) -> tuple[str, ...]:
        return tuple(sorted({*super().partitions(), *self._archive.partitions()}))

    def start(self, partition: str) -> int:
        if partition not in self._archive.partitions():
            return super().start(partition)
        archived = self._archive.start(partition)
        return min(archived, super().start(partition)) if self._is_live(partition) else archived

    def end(self, partition: str) -> int:
        return super().end(partition) if self._is_live(partition) else self._archive.end(partition)

    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        if not self._is_live(partition):
            return self._archive.read(partition, offset, max_bytes)
        try:
            return super().read(partition, offset, max_bytes)
        except UsageError as refusal:
            begins = super().start(partition)
            if offset >= begins:
                raise
            return self._read_archived(partition, offset, max_bytes, begins, refusal)

    def consumed(self, partition: str) -> int | None:
        return super().consumed(partition) if self._is_live(partition) else None

    def mark_consumed(self, partition: str, offset: int) -> None:
        if self._is_live(partition):  # what is only in the archive is kept anyway
            super().mark_consumed(partition, offset)

    def _is_live(self, partition: str) -> bool:
        return partition in self._owners or partition in super().partitions()

    def _read_archived(
        self, partition: str, offset: int, max_bytes: int, begins: int, refusal: UsageError
    ) -> Batch:
        known = self._archive.partitions()
        if partition not in known or offset >= self._archive.end(partition):
            self._archive.look_again()
            known = self._archive.partitions()
        if partition not in known or not (
            self._archive.start(partition) <= offset < self._archive.end(partition)
        ):
            raise UsageError(
                f"{refusal}, and the archive {self._archive} does not hold what was before {begins}"
            ) from refusal
        batch = self._archive.read(partition, offset, max_bytes)
        if batch.records or batch.next_offset == offset:
            return batch
        return self.read(partition, batch.next_offset, max_bytes)  # the rest of the archive was erased
