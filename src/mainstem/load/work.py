"""One transaction of the loader, decided and not yet done, with the rows the loader keeps about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mainstem.load.bookkeeping import MESSAGE_IDS, ODD_CLOCKS, OFFSETS, QUARANTINE, STREAM, TABLES
from mainstem.load.clocks import odd_clocks
from mainstem.load.plan import AppendRows
from mainstem.load.report import LoadReport
from mainstem.load.schema import parse_moment

if TYPE_CHECKING:
    from collections.abc import Iterator
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
        events = list(self.event_steps())
        kept = [*self._bookkeeping(), _rows(ODD_CLOCKS, odd_clocks(events, self.loaded_at))]
        return [*events, *(step for step in kept if step.rows or step.columnar)]

    def report(self) -> LoadReport:
        return LoadReport(
            events=self.sorted.events,
            rows=self.plan.rows + self.sorted.columnar.rows,
            columnar=self.sorted.columnar.events,
            duplicates=self.sorted.duplicates,
            discards=self.plan.discards + self.sorted.columnar.discards,
            quarantined=len(self.sorted.quarantined),
            commits=1,
            offsets=self.slice.next_offsets,
            is_behind=self.slice.is_full,
        )

    def event_steps(self) -> Iterator[Step]:
        """Those of event tables: the plan's, with what became columns at once appended where the rows are."""
        columns = {name: tuple(parts) for name, parts in self.sorted.columnar.tables.items()}
        for step in self.plan.steps:
            ready = columns.pop(step.name, ()) if isinstance(step, AppendRows) else ()
            yield replace(step, columnar=ready) if isinstance(step, AppendRows) and ready else step
        for name, ready in columns.items():
            yield AppendRows(name, {}, (), ready)

    def _bookkeeping(self) -> list[AppendRows]:
        return [
            _rows(QUARANTINE, [self._quarantine_row(*found) for found in self.sorted.quarantined]),
            self._message_ids(),
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

    def _message_ids(self) -> AppendRows:
        keys = pa.array([key.hex() for key in self.sorted.keys], pa.string())
        days = pa.repeat(pa.scalar(self.day), len(keys))
        return AppendRows(MESSAGE_IDS, {}, (), (pa.table({"key": keys, "day": days}),) if len(keys) else ())

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
