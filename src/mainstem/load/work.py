"""One transaction of the loader, decided and not yet done, with the rows the loader keeps about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.load.bookkeeping import MESSAGE_IDS, OFFSETS, QUARANTINE, STREAM, TABLES
from mainstem.load.plan import AppendRows
from mainstem.load.report import LoadReport
from mainstem.load.schema import parse_moment

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.load.batch import LogSlice, Sorted
    from mainstem.load.plan import Plan, Step
    from mainstem.load.record import Quarantined
    from mainstem.warehouse import TableName


@dataclass(frozen=True)
class Work:
    """What one transaction does."""

    slice: LogSlice
    sorted: Sorted
    plan: Plan
    loaded_at: datetime
    stale_days: list[str]
    """Days whose message ids leave the window."""

    @property
    def day(self) -> str:
        return self.loaded_at.date().isoformat()

    @property
    def steps(self) -> list[Step]:
        """The plan's, then those of the loader's own tables; tables without new rows are left alone."""
        return [*self.plan.steps, *(step for step in self._bookkeeping() if step.rows)]

    def report(self) -> LoadReport:
        return LoadReport(
            events=len(self.slice.records),
            rows=self.plan.rows,
            duplicates=self.sorted.duplicates,
            discards=self.plan.discards,
            quarantined=len(self.sorted.quarantined),
            commits=1,
            offsets=self.slice.next_offsets,
            is_behind=self.slice.is_full,
        )

    def _bookkeeping(self) -> list[AppendRows]:
        return [
            _rows(QUARANTINE, [self._quarantine_row(*found) for found in self.sorted.quarantined]),
            _rows(MESSAGE_IDS, [{"key": key.hex(), "day": self.day} for key in sorted(self.sorted.keys)]),
            _rows(
                OFFSETS,
                [
                    {
                        "stream": STREAM,
                        "partition": partition,
                        "next_offset": offset,
                        "committed_at": self.loaded_at,
                    }
                    for partition, offset in self.slice.next_offsets.items()
                ],
            ),
        ]

    def _quarantine_row(self, partition: str, offset: int, record: Quarantined) -> dict[str, Any]:
        return {
            "source_id": record.source_id,
            "message_id": record.message_id,
            "reason": record.reason,
            "event": record.event,
            "received_at": parse_moment(record.received_at or ""),
            "log_partition": partition,
            "log_offset": offset,
            "uuid_ts": self.loaded_at,
        }


def _rows(name: TableName, rows: list[dict[str, Any]]) -> AppendRows:
    return AppendRows(name, TABLES[name], tuple(rows))
