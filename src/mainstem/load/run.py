"""The loader: log records into tables, each event exactly once, whatever dies when.

One step is: read from the stored offsets; turn records into rows; plan; then ONE transaction with the
structure, the rows, merged users, discards, quarantine, message ids and the new offsets. The offsets are
believed only from the warehouse: after a failed or doubtful commit they are read back, and the step is
done again from what they say. An event that the warehouse cannot take, whatever the reason, is singled out
and quarantined; a warehouse that takes nothing at all stops the loader.

Only one loader may run on a warehouse: whoever starts it sees to that.
"""

from __future__ import annotations

import gc
import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import FatalError, MainstemError, WarehouseBusy
from mainstem.load.batch import LogSlice, ends_of, read_slice, sort_slice, together
from mainstem.load.bookkeeping import MESSAGE_IDS, STREAM, ensure_tables, read_message_ids, read_offsets
from mainstem.load.columnar import ColumnarResult, Lanes
from mainstem.load.dedupe import SeenEvents, first_day
from mainstem.load.perform import perform
from mainstem.load.placement import Placements
from mainstem.load.plan import AddColumns, CreateTable, make_plan
from mainstem.load.probe import make_sure_rows_are_taken
from mainstem.load.record import RecordReader, reason_of
from mainstem.load.report import LoadReport
from mainstem.load.schema import PROVIDERS
from mainstem.load.work import Work

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from mainstem.events import Source
    from mainstem.load.batch import Log, Sorted
    from mainstem.load.columnar import Group, Headed
    from mainstem.load.record import Arrival, Quarantined
    from mainstem.load.settings import LoadSettings
    from mainstem.warehouse import ColumnType, Warehouse

__all__ = ["REFUSED", "STREAM", "Loader"]

REFUSED = "the warehouse does not take this event"
"""Begins the reason of an event that was read and could not be stored."""

_MOST_REFUSED_IN_A_ROW = 100
"""Then the fault lies elsewhere: the loader stops, so that somebody sees it. Begun anew, it goes on there."""

_FIRST_BYTES = 1024 * 1024
"""What the first step takes; each full one doubles it. So the forms of events are learned from a few."""

_PIECE_BYTES = 32 * 1024 * 1024
"""Log bytes that are read and made columns of at once: the columns are a third of their size, so that a
transaction may be larger than what of the log is in memory."""
_MOST_ROWS = 50_000
"""Rows that were made one by one, at some 4 KB each, past which a transaction takes in no further piece."""

logger = logging.getLogger("mainstem.load")


@dataclass
class _State:
    """What the warehouse holds of the loader's, read at the start and kept in step."""

    offsets: dict[str, int]
    seen: SeenEvents
    structure: dict[str, Mapping[str, Mapping[str, ColumnType]]] = field(default_factory=dict)
    doubted: Work | None = None
    """A transaction that was begun, while it is not known how it ended."""

    def settle(self, work: Work) -> None:
        """Bring the memory to what is stored now that `work` is committed."""
        self.offsets.update(work.slice.next_offsets)
        self.seen.remember(work.sorted.keys, work.day)
        self.seen.forget(work.stale_days)
        for step in work.plan.steps:
            if isinstance(step, CreateTable | AddColumns) and step.name.namespace in self.structure:
                self.structure[step.name.namespace] = _grown(self.structure[step.name.namespace], step)
        self.doubted = None


class _Columns(NamedTuple):
    """The columnar way at one moment; none where that is off."""

    lanes: Lanes | None
    structure: Callable[[str], Mapping[str, Mapping[str, ColumnType]]]
    loaded_at: datetime

    def run(self, records: Sequence[Headed]) -> ColumnarResult:
        if self.lanes is None:
            return ColumnarResult()
        return self.lanes.run(records, self.structure, self.loaded_at)

    def run_alike(self, groups: Sequence[Group], repeated: Container[int]) -> ColumnarResult:
        if self.lanes is None:
            return ColumnarResult()
        return self.lanes.run_alike(groups, repeated, self.structure, self.loaded_at)


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
        changed_sources: Callable[[], Sequence[Source] | None] = lambda: None,
        consumed: Callable[[Mapping[str, int]], None] = lambda _: None,
        piece_bytes: int = _PIECE_BYTES,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`changed_sources` is asked after each read of the log: the sources, if they are other ones than
        before. So an event is placed by settings at least as new as those it was accepted by. `consumed` is
        told, often the same again, how far each partition is stored for good. `piece_bytes` of the log are in
        memory at once."""
        self._provider = PROVIDERS[warehouse.capabilities.provider]
        self._log = log
        self._warehouse = warehouse
        self._settings = settings
        self._sources: dict[str, Source] = {}
        self._changed_sources = changed_sources
        self._consumed = consumed
        self._place(sources)
        self._lanes = Lanes(lambda source: self._placements.of(source), self._provider, settings.options())
        self._piece_bytes = piece_bytes
        self._now = now
        self._monotonic = monotonic
        self._state: _State | None = None
        self._refused_in_a_row = 0
        self._most_bytes = _FIRST_BYTES

    def run_once(self) -> LoadReport:
        """Load everything the log holds at this moment. Raises WarehouseBusy; then call again."""
        ends = ends_of(self._log)
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
        """Load one read of the log: in one transaction, or in several where an event had to be singled out;
        an empty report when the log holds nothing new.

        Raises WarehouseBusy when nothing of the last transaction was committed, or when that cannot be found
        out now. Either way the next step begins at what is stored.
        """
        with _without_collector():
            return self._step()

    def _step(self) -> LoadReport:
        offsets = self._ready().offsets
        self._consumed(offsets)
        pieces = self._pieces(offsets, min(self._settings.batch_max_bytes, self._most_bytes))
        first = next(pieces, None)
        if first is None:
            return LoadReport()
        report = self._load(first, pieces)
        self._consumed(self._ready().offsets)
        return report

    def _pieces(self, offsets: Mapping[str, int], most: int) -> Iterator[LogSlice]:
        """What the log holds from `offsets` on, up to about `most` bytes."""
        reached = dict(offsets)
        self._most_bytes = most
        for begin in range(0, most, self._piece_bytes):
            piece = read_slice(self._log, reached, min(self._piece_bytes, most - begin))
            if not piece.records:
                return
            changed = self._changed_sources()
            if changed is not None:
                self._place(changed)
            if piece.is_full and begin + self._piece_bytes >= most:
                self._most_bytes = 2 * most
            yield piece
            if not piece.is_full:
                return
            reached.update(piece.next_offsets)

    def _place(self, sources: Sequence[Source]) -> None:
        """Read records by `sources`. One that is no longer among them is remembered, for the log may still
        hold events of it."""
        self._sources |= {source.id: source for source in sources}
        known = tuple(self._sources.values())
        self._placements = Placements(known, self._provider, self._settings.destination_id)
        self._reader = RecordReader(self._placements, self._provider, self._settings.options())

    def _ready(self) -> _State:
        """The state, after every doubt about it is settled."""
        if self._state is not None and self._state.doubted is not None:
            self._settle_doubt(self._state, self._state.doubted)
        if self._state is None:
            ensure_tables(self._warehouse)
            offsets = read_offsets(self._warehouse, STREAM)
            self._state = _State(offsets, SeenEvents(read_message_ids(self._warehouse)))
        return self._state

    def _load(self, piece: LogSlice, more: Iterable[LogSlice] = ()) -> LoadReport:
        """Load `piece`, and `more` with it in one transaction. Where that fails `piece` alone is loaded, and
        halved until the event is found that fails alone."""
        try:
            work = self._decide(piece, more, columnar=self._settings.columnar)
            self._commit(work)
        except MainstemError:
            raise  # says itself what is to be done, and that is not about an event
        except Exception as e:  # noqa: BLE001 # what a plan or a warehouse makes of an odd event is unbounded
            failure = e
        else:
            report = work.report()
            if report.rows:
                self._refused_in_a_row = 0
            self._learn(work)
            return report
        if len(piece.records) == 1:
            return self._refuse(piece, failure)
        logger.warning("events cannot be loaded together, halving %s: %r", len(piece.records), failure)
        first, second = piece.halves()
        return self._load(first).plus(self._load(second))

    def _refuse(self, piece: LogSlice, failure: Exception) -> LoadReport:
        """Quarantine the one event of `piece`, unless its failure is not its own."""
        try:
            make_sure_rows_are_taken(self._warehouse)
        except Exception as e:
            raise failure from e
        reason = f"{REFUSED}: {reason_of(failure)}"
        [(partition, offset, _)] = piece.records
        logger.error("the event at %s of partition %s: %s", offset, partition, reason, exc_info=failure)
        work = self._decide(piece, (), reason)
        self._commit(work)
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= _MOST_REFUSED_IN_A_ROW:
            self._refused_in_a_row = 0
            raise failure
        return work.report()

    def _learn(self, work: Work) -> None:
        """Make the next events of the forms in `work` quicker; nothing depends on it."""
        if self._settings.columnar:
            state = self._ready()
            found = work.sorted
            self._lanes.watch(found.left, lambda name: self._structure(state, name), found.columnar.lanes)

    def _decide(
        self,
        piece: LogSlice,
        more: Iterable[LogSlice],
        reason: str | None = None,
        *,
        columnar: bool = False,
    ) -> Work:
        """With `reason`, what is read is refused for it."""
        state = self._ready()
        loaded_at = self._now()
        found: list[Sorted] = []
        seen = state.seen
        next_offsets: dict[str, int] = {}
        for one in chain([piece], more):
            found.append(self._sorted(one, state, seen, loaded_at, reason, columnar=columnar))
            next_offsets |= one.next_offsets
            is_full = one.is_full
            if sum(len(part.rows) for part in found) >= _MOST_ROWS:
                break
            seen = seen.beside(found[-1].keys)
        whole = together(found)
        return Work(
            slice=LogSlice((), next_offsets, is_full),
            sorted=whole,
            plan=make_plan(
                whole.rows,
                lambda namespace: self._structure(state, namespace),
                loaded_at,
                self._provider.cased,
            ),
            loaded_at=loaded_at,
            stale_days=state.seen.days_before(first_day(loaded_at.date(), self._settings.dedupe_days)),
        )

    def _sorted(
        self,
        piece: LogSlice,
        state: _State,
        seen: SeenEvents,
        loaded_at: datetime,
        reason: str | None,
        *,
        columnar: bool,
    ) -> Sorted:
        def read(payload: bytes) -> Arrival | Quarantined:
            return self._reader.read(payload) if reason is None else self._reader.refused(payload, reason)

        columns = _Columns(
            self._lanes if columnar else None, lambda name: self._structure(state, name), loaded_at
        )
        groups = self._lanes.glimpse([record[2] for record in piece.records]) if columnar else []
        return sort_slice(piece.records, read, seen, columns, groups)

    def _structure(self, state: _State, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        if namespace not in state.structure:
            state.structure[namespace] = self._warehouse.columns(namespace)
        return state.structure[namespace]

    def _commit(self, work: Work) -> None:
        """Raises what the warehouse raises, once it is known that nothing was committed."""
        state = self._ready()
        state.doubted = work
        try:
            self._write(work)
        except FatalError:
            raise  # a damaged catalog is no doubt: nothing must be written on it
        except Exception:
            if not self._settle_doubt(state, work):
                raise
        else:
            state.settle(work)

    def _write(self, work: Work) -> None:
        message = f"load {work.sorted.events} events"
        with self._warehouse.transaction(message, ddl=work.plan.changes_structure) as transaction:
            perform(work.steps, transaction, self._warehouse.capabilities)
            if work.stale_days:
                transaction.delete(MESSAGE_IDS, "day", work.stale_days)

    def _settle_doubt(self, state: _State, work: Work) -> bool:
        """Find out from the stored offsets whether `work` was committed.

        They are a few rows; the window of message ids is read again only where they fit neither answer.
        """
        offsets = read_offsets(self._warehouse, STREAM)
        if offsets == {**state.offsets, **work.slice.next_offsets}:
            state.settle(work)
            return True
        if offsets == state.offsets:
            state.doubted = None
            state.structure.clear()
            return False
        self._state = None
        raise WarehouseBusy(f"the log is loaded up to {offsets}, not {state.offsets}: beginning again there")


@contextmanager
def _without_collector() -> Iterator[None]:
    """What a slice is read into and becomes holds no cycles. To look for some among thousands of records at a
    time doubled what the columnar way took, and took 7% of all while records were read."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _grown(
    tables: Mapping[str, Mapping[str, ColumnType]], step: CreateTable | AddColumns
) -> Mapping[str, Mapping[str, ColumnType]]:
    """With what `step` has added: to ask the warehouse again takes 40 ms."""
    return {**tables, step.name.table: {**tables.get(step.name.table, {}), **step.columns}}


def _covers(offsets: Mapping[str, int], reached: Mapping[str, int]) -> bool:
    """Whether `offsets` are at or past all of `reached`."""
    return all(offsets.get(partition, 0) >= offset for partition, offset in reached.items())
