"""The loader: log records into tables, each event exactly once, whatever dies when.

One step is: read from the stored offsets; turn records into rows; plan; then ONE transaction with the
structure, the rows, merged users, discards, quarantine, message ids and the new offsets. The offsets are
believed only from the warehouse: after a failed or doubtful commit they are read back, and the step is
done again from what they say.

Only one loader may run on a warehouse: whoever starts it sees to that.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.errors import WarehouseBusy
from mainstem.load.batch import read_slice, sort_slice
from mainstem.load.bookkeeping import (
    MESSAGE_IDS,
    OFFSETS,
    QUARANTINE,
    TABLES,
    ensure_tables,
    read_message_ids,
    read_offsets,
)
from mainstem.load.dedupe import SeenEvents, first_day
from mainstem.load.perform import perform
from mainstem.load.placement import Placements
from mainstem.load.plan import AppendRows, make_plan
from mainstem.load.record import RecordReader
from mainstem.load.report import LoadReport
from mainstem.load.schema import PROVIDERS, parse_moment

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.events import Source
    from mainstem.load.batch import Log, LogSlice, Sorted
    from mainstem.load.plan import Plan
    from mainstem.load.record import Quarantined
    from mainstem.load.settings import LoadSettings
    from mainstem.warehouse import ColumnType, TableName, Warehouse

STREAM = "events"

logger = logging.getLogger("mainstem.load")


@dataclass
class _State:
    """What is read back from the warehouse at the start and after every doubt."""

    offsets: dict[str, int]
    seen: SeenEvents
    structure: dict[str, Mapping[str, Mapping[str, ColumnType]]]


@dataclass(frozen=True)
class _Work:
    """One transaction, decided and not yet done."""

    slice: LogSlice
    sorted: Sorted
    plan: Plan
    loaded_at: datetime
    stale_days: list[str]

    @property
    def day(self) -> str:
        return self.loaded_at.date().isoformat()

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


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Loader:
    """Loads one stream of a log into one warehouse."""

    def __init__(
        self,
        log: Log,
        warehouse: Warehouse,
        sources: Sequence[Source],
        settings: LoadSettings,
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        provider = PROVIDERS[warehouse.capabilities.provider]
        placements = Placements(sources, provider, settings.destination_id)
        self._provider = provider
        self._log = log
        self._warehouse = warehouse
        self._settings = settings
        self._reader = RecordReader(placements, provider, settings.options())
        self._now = now
        self._monotonic = monotonic
        self._state: _State | None = None

    def run_once(self) -> LoadReport:
        """Load everything the log holds at this moment. Raises WarehouseBusy; then call again."""
        ends = {partition: self._log.end(partition) for partition in self._log.partitions()}
        report = LoadReport()
        while True:
            done = self.step()
            report = report.plus(done)
            if not done.commits or (self._state and _covers(self._state.offsets, ends)):
                return report

    def run_forever(self, stop: threading.Event) -> None:
        """Load what comes until `stop` is set. A busy warehouse is waited for; other errors rise."""
        while not stop.is_set():
            started = self._monotonic()
            try:
                report = self.step()
            except WarehouseBusy as e:
                logger.warning("trying again in %s s: %s", self._settings.busy_wait_s, e)
                stop.wait(self._settings.busy_wait_s)
                continue
            if report.commits:
                logger.info("loaded %s", report)
            if not report.is_behind:
                stop.wait(max(0.0, self._settings.commit_interval_s - (self._monotonic() - started)))

    def step(self) -> LoadReport:
        """At most one transaction; an empty report when the log holds nothing new.

        Raises WarehouseBusy when nothing was committed, or when that cannot be found out now. Either way
        the next step begins at what is stored.
        """
        state = self._state or self._read_back()
        self._state = state
        work = self._decide(state)
        if work is None:
            return LoadReport()
        self._state = None  # in doubt until the commit is known
        try:
            self._commit(work)
        except WarehouseBusy:
            self._state = self._read_back()
            if not _covers(self._state.offsets, work.slice.next_offsets):
                raise
        else:
            _settle(state, work)
            self._state = state
        return work.report()

    def _read_back(self) -> _State:
        ensure_tables(self._warehouse)
        return _State(
            offsets=read_offsets(self._warehouse, STREAM),
            seen=SeenEvents(read_message_ids(self._warehouse)),
            structure={},
        )

    def _decide(self, state: _State) -> _Work | None:
        piece = read_slice(self._log, state.offsets, self._settings.batch_max_bytes)
        if not piece.records:
            return None
        loaded_at = self._now()
        found = sort_slice(piece.records, self._reader, state.seen)
        return _Work(
            slice=piece,
            sorted=found,
            plan=make_plan(
                found.rows,
                lambda namespace: self._structure(state, namespace),
                loaded_at,
                self._provider.cased,
            ),
            loaded_at=loaded_at,
            stale_days=state.seen.days_before(first_day(loaded_at.date(), self._settings.dedupe_days)),
        )

    def _structure(self, state: _State, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        if namespace not in state.structure:
            state.structure[namespace] = self._warehouse.columns(namespace)
        return state.structure[namespace]

    def _commit(self, work: _Work) -> None:
        message = f"load {len(work.slice.records)} events"
        with self._warehouse.transaction(message, ddl=work.plan.changes_structure) as transaction:
            perform([*work.plan.steps, *_bookkeeping(work)], transaction, self._warehouse.capabilities)
            if work.stale_days:
                transaction.delete(MESSAGE_IDS, "day", work.stale_days)


def _bookkeeping(work: _Work) -> list[AppendRows]:
    """The rows the loader keeps about this work; tables without any are left alone."""
    steps = [
        _rows(QUARANTINE, [_quarantine_row(work, *found) for found in work.sorted.quarantined]),
        _rows(MESSAGE_IDS, [{"key": key.hex(), "day": work.day} for key in sorted(work.sorted.keys)]),
        _rows(
            OFFSETS,
            [
                {
                    "stream": STREAM,
                    "partition": partition,
                    "next_offset": offset,
                    "committed_at": work.loaded_at,
                }
                for partition, offset in work.slice.next_offsets.items()
            ],
        ),
    ]
    return [step for step in steps if step.rows]


def _rows(name: TableName, rows: list[dict[str, Any]]) -> AppendRows:
    return AppendRows(name, TABLES[name], tuple(rows))


def _quarantine_row(work: _Work, partition: str, offset: int, record: Quarantined) -> dict[str, Any]:
    return {
        "source_id": record.source_id,
        "message_id": record.message_id,
        "reason": record.reason,
        "event": record.event,
        "received_at": parse_moment(record.received_at or ""),
        "log_partition": partition,
        "log_offset": offset,
        "uuid_ts": work.loaded_at,
    }


def _settle(state: _State, work: _Work) -> None:
    """Bring the memory to what is now stored."""
    state.offsets.update(work.slice.next_offsets)
    state.seen.remember(work.sorted.keys, work.day)
    state.seen.forget(work.stale_days)
    if work.plan.changes_structure:
        state.structure.clear()


def _covers(offsets: Mapping[str, int], reached: Mapping[str, int]) -> bool:
    """Whether `offsets` are at or past all of `reached`."""
    return all(offsets.get(partition, 0) >= offset for partition, offset in reached.items())
