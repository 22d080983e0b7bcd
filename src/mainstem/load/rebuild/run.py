"""Make event tables anew from the log, beside a loader that goes on, and put them in place at once.

Records are read in the order in which they were loaded, repeated ones are left out by the same window, and
what the loader quarantined stays there. So the same rules give the same tables, but for when a row was
loaded. Killed at any moment, the old tables stand, or the new ones.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import MainstemError, UsageError
from mainstem.load.batch import LogSlice, Unseen, into_rows, unseen
from mainstem.load.bookkeeping import OFFSETS, QUARANTINE, STREAM, read_offsets
from mainstem.load.columnar import ColumnarResult, Lanes
from mainstem.load.dedupe import SeenEvents, first_day
from mainstem.load.history import read_commits, stretches
from mainstem.load.placement import BOOKKEEPING, Placements
from mainstem.load.plan import make_plan
from mainstem.load.rebuild.replacement import Replacement, TableChange, TableMissing
from mainstem.load.rebuild.staging import PREFIX, Staging, has_rows
from mainstem.load.record import RecordReader
from mainstem.load.schema import PROVIDERS
from mainstem.load.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import pyarrow as pa

    from mainstem.events import Source
    from mainstem.load.batch import Log, New
    from mainstem.load.columnar import Headed
    from mainstem.load.history import Commit, Stretch
    from mainstem.load.rebuild.scope import Scope
    from mainstem.load.settings import LoadSettings
    from mainstem.warehouse import ColumnType, TableName, Transaction
    from mainstem.warehouse.rewriting import RewritingWarehouse

BATCH_BYTES = 32 * 1024 * 1024
"""Log bytes that become one transaction on the tables in the making."""
_FIRST_BYTES = 256 * 1024
"""The first batches are small: what is learned from them makes the rest several times as fast."""
_GROWTH = 4
_READ_BYTES = 8 * 1024 * 1024
_NEAR_BYTES = 16 * 1024 * 1024
"""What may be left to read when the loader is asked to wait."""

logger = logging.getLogger("mainstem.rebuild")


class RebuildReport(msgspec.Struct, frozen=True):
    """What a rebuild found and did."""

    records: int
    """Of the log that were looked at."""
    duplicates: int
    rejected: int
    """Events in the scope that become no rows now, though the loader had not quarantined them."""
    tables: tuple[TableChange, ...]
    missing: tuple[TableMissing, ...]
    begins_late: tuple[str, ...]
    """Partitions whose oldest records are no longer kept."""
    seconds: float


@dataclass
class _Progress:
    """How far the log was gone through."""

    reached: dict[str, int] = field(default_factory=dict)
    seen: SeenEvents = field(default_factory=SeenEvents)
    loaded_at: datetime | None = None
    """Of the transaction that is gone through."""
    waiting: list[New] = field(default_factory=list)
    waiting_bytes: int = 0
    records: int = 0
    duplicates: int = 0
    rejected: int = 0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rebuilder:
    """One rebuild, for one thread. Only one may run on a warehouse: whoever starts it sees to that."""

    def __init__(
        self,
        log: Log,
        warehouse: RewritingWarehouse,
        sources: Sequence[Source],
        settings: LoadSettings,
        scope: Scope,
        *,
        tell: Callable[[int, int], None] = lambda _done, _of: None,
        now: Callable[[], datetime] = _utc_now,
        batch_bytes: int = BATCH_BYTES,
    ) -> None:
        """`tell` is called with log bytes gone through, and how many there are to go through."""
        self._log = log
        self._warehouse = warehouse
        self._settings = settings
        self._scope = scope
        self._tell = tell
        self._now = now
        self._most_bytes = batch_bytes
        self._batch_bytes = min(_FIRST_BYTES, batch_bytes)
        provider = PROVIDERS[warehouse.capabilities.provider]
        self._cased = provider.cased
        self._sources = tuple(sources)
        self._placements = Placements(self._sources, provider, settings.destination_id)
        self._reader = RecordReader(self._placements, provider, settings.options())
        self._lanes = Lanes(lambda source: self._placements.of(source), provider, settings.options())
        self._replacement = Replacement(scope, warehouse.capabilities, provider.cased)
        self._staging = Staging(warehouse.columns, is_range=scope.is_range, takes=self._replacement.takes)
        ids = scope.source_ids
        self._wanted = None if ids is None else {self._placements.of(source).namespace for source in ids}
        self._progress = _Progress()
        self._held: dict[str, frozenset[int]] = {}

    def run(self, *, dry_run: bool = False, lose_rows: bool = False) -> RebuildReport:
        """Put the new tables in place; with `dry_run`, only say what would change.

        Raises UsageError, with nothing done, when rows stand that the log does not make again and `lose_rows`
        is not given; WarehouseBusy when the warehouse does not answer: then nothing was done, or everything.
        """
        started = time.monotonic()
        self._sweep()
        if OFFSETS.table not in self._warehouse.columns(BOOKKEEPING):
            raise UsageError("nothing has been loaded into this warehouse yet: `mainstem load` does that")
        kept = self._log.partitions()
        loaded = read_offsets(self._warehouse, STREAM)
        late = tuple(sorted(p for p in loaded if p not in kept or self._log.start(p) > 0))
        try:
            self._catch_up()
            changes, missing = self._replace(dry_run, lose_rows, late)
        finally:
            self._sweep_quietly()
        found = self._progress
        return RebuildReport(
            found.records,
            found.duplicates,
            found.rejected,
            changes,
            missing,
            late,
            time.monotonic() - started,
        )

    def _catch_up(self) -> None:
        """Go through the log until nearly all that is loaded has been gone through."""
        while True:
            commits = self._commits(self._warehouse.query)
            self._held = self._quarantined()
            if self._progress.loaded_at is not None and self._left(commits) < _NEAR_BYTES:
                return
            self._go_through(commits, self._store)
            self._flush(self._store)
            if self._progress.loaded_at is None:
                return

    def _replace(
        self, dry_run: bool, lose_rows: bool, late: tuple[str, ...]
    ) -> tuple[tuple[TableChange, ...], tuple[TableMissing, ...]]:
        with self._warehouse.rewriting(f"rebuild {self._named()}") as transaction:

            def store(work: Work) -> None:
                self._staging.settle(self._perform(work, transaction))

            self._held = self._quarantined()
            self._go_through(self._commits(transaction.query), store)
            self._flush(store)
            standing = {name: self._warehouse.columns(name) for name in self._namespaces()}
            pairs = self._replacement.pairs(standing, self._staging.tables)
            missing = tuple(self._replacement.missing(pairs, transaction.query))
            if missing and not (lose_rows or dry_run):
                raise UsageError(_refusal(missing, late))
            changes = tuple(self._replacement.changes(pairs, transaction.query))
            if not dry_run:
                self._replacement.perform(pairs, transaction)
        return changes, missing

    def _go_through(self, commits: Iterable[Commit], store: Callable[[Work], None]) -> None:
        total = sum(commit_end for commit_end in _ends(commits).values())
        for stretch in stretches(commits, self._progress.reached, self._log.start):
            for records in self._records(stretch):
                self._take(stretch, records)
                if self._progress.waiting_bytes >= self._batch_bytes:
                    self._flush(store)
            self._tell(sum(self._progress.reached.values()), total)

    def _records(self, stretch: Stretch) -> Iterator[list[tuple[str, int, bytes]]]:
        offset = stretch.begin
        while offset < stretch.end:
            at_once = min(_READ_BYTES, self._batch_bytes, stretch.end - offset)
            batch = self._log.read(stretch.partition, offset, at_once)
            if not batch.records:
                return
            # A read gives whole commits of the log; the loader may have stopped within one.
            yield [(stretch.partition, at, payload) for at, payload in batch.records if at < stretch.end]
            offset = batch.next_offset

    def _take(self, stretch: Stretch, records: list[tuple[str, int, bytes]]) -> None:
        """Leave out what repeats, as the loader did on that day, and what is not in the scope."""
        progress = self._progress
        self._turn_to(stretch.loaded_at)
        found = unseen(records, self._reader.read, progress.seen)
        progress.seen.remember(found.keys, _day(stretch.loaded_at).isoformat())
        progress.records += len(records)
        progress.duplicates += found.duplicates
        for one in found.new:
            if self._is_wanted(one):
                progress.waiting.append(one)
                progress.waiting_bytes += len(one.payload)

    def _turn_to(self, loaded_at: datetime) -> None:
        """On to another of the loader's transactions: with each it forgot the days that left its window."""
        progress = self._progress
        if progress.loaded_at is not None and progress.loaded_at != loaded_at:
            first = first_day(_day(progress.loaded_at), self._settings.dedupe_days)
            progress.seen.forget(progress.seen.days_before(first))
        progress.loaded_at = loaded_at

    def _is_wanted(self, one: New) -> bool:
        return (
            self._takes_source(one.source_id)
            and one.offset not in self._held.get(one.partition, ())
            and self._scope.takes_record(one.payload)
        )

    def _takes_source(self, source_id: str | None) -> bool:
        """Sources that share a namespace share its tables, so they are made anew together."""
        if self._wanted is None:
            return True
        return source_id is not None and self._placements.of(source_id).namespace in self._wanted

    def _flush(self, store: Callable[[Work], None]) -> None:
        """Make rows of what waits, and store them."""
        progress = self._progress
        new, progress.waiting, progress.waiting_bytes = tuple(progress.waiting), [], 0
        if not new:
            return
        self._batch_bytes = min(self._batch_bytes * _GROWTH, self._most_bytes)
        loaded_at = self._now()

        def at_once(records: Sequence[Headed]) -> ColumnarResult:
            if not self._settings.columnar:
                return ColumnarResult()
            return self._lanes.run(records, self._staging.structure, loaded_at)

        found = into_rows(Unseen(new, frozenset(), 0), self._reader.read, at_once)
        progress.rejected += len(found.quarantined)
        plan = make_plan(found.rows, self._staging.structure, loaded_at, self._cased)
        store(Work(LogSlice((), {}, False), found, plan, loaded_at, []))
        if self._settings.columnar:
            self._lanes.watch(found.left, self._staging.structure, found.columnar.lanes)

    def _store(self, work: Work) -> None:
        with self._warehouse.transaction("make tables anew", ddl=True) as transaction:
            made = self._perform(work, transaction)
        self._staging.settle(made)

    def _perform(self, work: Work, transaction: Transaction) -> Mapping[TableName, dict[str, ColumnType]]:
        steps = (step for step in work.event_steps() if has_rows(step))
        return self._staging.perform(steps, transaction, self._warehouse.capabilities)

    def _namespaces(self) -> set[str]:
        """Those whose standing tables are to give way: of the sources in the scope, and of what was made."""
        made = {name.namespace for name in self._staging.tables}
        if self._wanted is not None:
            return made | self._wanted
        return made | {self._placements.of(source.id).namespace for source in self._sources}

    def _commits(self, query: Callable[..., pa.Table]) -> list[Commit]:
        kept = self._log.partitions()
        found = read_commits(query, self._warehouse.capabilities, STREAM)
        return [commit for commit in found if commit.partition in kept]

    def _quarantined(self) -> dict[str, frozenset[int]]:
        if QUARANTINE.table not in self._warehouse.columns(BOOKKEEPING):
            return {}
        name = self._warehouse.capabilities.qualified(QUARANTINE.namespace, QUARANTINE.table)
        found = self._warehouse.query(f"SELECT log_partition, log_offset FROM {name}")  # noqa: S608 # a name of our own
        held: dict[str, set[int]] = {}
        for partition, offset in zip(*(column.to_pylist() for column in found.columns), strict=True):
            held.setdefault(partition, set()).add(offset)
        return {partition: frozenset(offsets) for partition, offsets in held.items()}

    def _left(self, commits: Iterable[Commit]) -> int:
        reached = self._progress.reached
        return sum(
            end - reached.get(partition, self._log.start(partition))
            for partition, end in _ends(commits).items()
        )

    def _sweep(self) -> None:
        """Remove tables in the making, of this rebuild or of one that was killed."""
        left = [name for name in self._warehouse.namespaces() if name.startswith(PREFIX)]
        if left:
            with self._warehouse.rewriting("remove the tables of a rebuild") as transaction:
                for namespace in left:
                    transaction.drop_namespace(namespace)

    def _sweep_quietly(self) -> None:
        """How the rebuild ended is what is to be told; the next one sweeps too."""
        try:
            self._sweep()
        except MainstemError as e:
            logger.warning("tables in the making were left: %s", e)

    def _named(self) -> str:
        scope = self._scope
        parts = [
            ", ".join(sorted(scope.source_ids or ())) or "all sources",
            f"from {scope.begin:%Y-%m-%d %H:%M}" if scope.begin else "",
            f"to {scope.end:%Y-%m-%d %H:%M}" if scope.end else "",
        ]
        return " ".join(filter(None, parts))


def _day(loaded_at: datetime) -> date:
    return loaded_at.astimezone(UTC).date()


def _ends(commits: Iterable[Commit]) -> dict[str, int]:
    ends: dict[str, int] = {}
    for commit in commits:
        ends[commit.partition] = max(commit.next_offset, ends.get(commit.partition, 0))
    return ends


def _refusal(missing: Sequence[TableMissing], late: Sequence[str]) -> str:
    tables = ", ".join(f"{one.table} ({one.rows})" for one in missing)
    why = f"; of {', '.join(late)} the oldest are no longer kept" if late else ""
    return (
        f"nothing was changed: rows stand that no event in the log makes again: {tables}{why}. "
        "Name a range that the log still covers, or say --lose-rows to do without them"
    )
