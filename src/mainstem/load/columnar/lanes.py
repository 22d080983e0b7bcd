"""Which records go the columnar way: lanes by source, type and event name, learned while loading.

A lane begins on the pure way, is watched, and gets a program once enough of its events were seen and its
columns stand. When too many of its events do not fit, it is learned anew. What cannot be mapped stays on the
pure way; nothing is ever left out of both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pyarrow as pa

from mainstem.load.columnar.alike import LEAST, Skeletons
from mainstem.load.columnar.glimpse import Group, groups_of
from mainstem.load.columnar.lane import LaneKey
from mainstem.load.columnar.leaves import Kind, Leaf, Sightings
from mainstem.load.columnar.mapping import Ambiguous, FormMapping, NotMappable, Question
from mainstem.load.columnar.program import Done, Program
from mainstem.load.discards import DISCARDS
from mainstem.load.plan import USERS
from mainstem.load.schema import LOADED_AT
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping
    from datetime import datetime

    from mainstem.load.columnar.leaves import Path
    from mainstem.load.columnar.program import Tables
    from mainstem.load.columnar.skeleton import Skeleton
    from mainstem.load.placement import Placement
    from mainstem.load.schema import Options, Provider

_MOST_LANES = 2000
_SAMPLE = 200
"""Events of a lane that are looked at in one run."""
_CHUNK = 1000
"""Records decoded at once: of 500, 1,000 and 4,000 a thousand was quickest (5.2 µs a record against 7.9)."""
_MOST_OTHERS = 16
"""Programs of a lane for values of other kinds than are usual: to make one takes as long as the pure way
for a hundred events."""
_MAY_MISS = 0.02
"""Share of a lane's events off its form past which it is learned anew."""

logger = logging.getLogger("mainstem.load")


Headed = tuple[LaneKey | None, bytes]
"""A record and its lane; None where it can only go the pure way."""


class ColumnarResult(msgspec.Struct):
    """What the columnar way took."""

    taken: set[int] = msgspec.field(default_factory=set)
    """Which of the records that were given."""
    tables: dict[TableName, list[pa.Table]] = msgspec.field(default_factory=dict)
    discards: int = 0
    """Rows of tables of discards, which are among the tables."""
    lanes: dict[LaneKey, int] = msgspec.field(default_factory=dict)
    """How many of each were taken."""

    @property
    def events(self) -> int:
        return sum(self.lanes.values())

    @property
    def rows(self) -> int:
        """Rows of event tables."""
        rows = sum(int(part.num_rows) for parts in self.tables.values() for part in parts)
        return rows - self.discards

    def add(self, lane: LaneKey, namespace: str, found: Done) -> None:
        self.taken.update(found.taken)
        self.lanes[lane] = self.lanes.get(lane, 0) + len(found.taken)
        self.discards += found.discards
        for table, parts in found.tables.items():
            self.tables.setdefault(TableName(namespace, table), []).extend(parts)

    def take_over(self, other: ColumnarResult) -> None:
        """Add the tables of `other`, and what is counted; which records were taken is left apart."""
        self.discards += other.discards
        for lane, events in other.lanes.items():
            self.lanes[lane] = self.lanes.get(lane, 0) + events
        for table, parts in other.tables.items():
            self.tables.setdefault(table, []).extend(parts)


class Lanes:
    """All lanes of one loader."""

    def __init__(
        self,
        placement_of: Callable[[str], Placement],
        provider: Provider,
        options: Options,
        *,
        enough: int = 20,
        least_alike: int = LEAST,
        most_others: int = _MOST_OTHERS,
    ) -> None:
        """A lane is compiled once `enough` of its events were looked at. Records of which there are
        `least_alike` of one skeleton are not decoded; up to `most_others` choices of kinds other than a
        lane's usual ones are learned."""
        self._enough = enough
        self._most_others = most_others
        self._placement_of = placement_of
        self._provider = provider
        self._options = options
        self._lanes: dict[LaneKey, _Lane] = {}
        self._skeletons = Skeletons(least_alike)
        self._left_alone = frozenset((provider.cased(USERS), provider.cased(DISCARDS)))
        self._off = options.store_full_event

    def glimpse(self, payloads: Sequence[bytes]) -> list[Group]:
        """What can be told of records at once, without decoding them."""
        if self._off:
            return []
        try:
            return groups_of(self._skeletons.sort(payloads))
        except Exception:  # a matter of speed only: every record can be decoded
            logger.exception("records are decoded one by one: they could not be sorted at once")
            return []

    def run(
        self, records: Sequence[Headed], structure: Callable[[str], Tables], loaded_at: datetime
    ) -> ColumnarResult:
        """Decode what fits. `structure` gives a namespace's tables as they stand before the transaction."""
        result = ColumnarResult()
        if not self._off:
            for key, places in _by_lane(records).items():
                self._run(key, structure, loaded_at, result, _Apart(records, places))
        return result

    def run_alike(
        self,
        groups: Iterable[Group],
        repeated: Container[int],
        structure: Callable[[str], Tables],
        loaded_at: datetime,
    ) -> ColumnarResult:
        """The same for records that were glimpsed at, but for those at places that are `repeated`."""
        result = ColumnarResult()
        for group in groups:
            for one in group.lanes:
                self._run(one.lane, structure, loaded_at, result, _Alike(group, one.rows, repeated))
        return result

    def _run(
        self,
        key: LaneKey,
        structure: Callable[[str], Tables],
        loaded_at: datetime,
        result: ColumnarResult,
        work: _Alike | _Apart,
    ) -> None:
        lane = self._lane(key)
        placement = self._placement_of(key.source_id)
        standing = structure(placement.namespace)
        program = lane.program_for(placement, standing)
        if program is None:
            return
        try:
            if isinstance(work, _Alike):
                skeleton = work.group.skeleton
                program = self._of_skeleton(lane, program, skeleton, placement, standing)
            done = [] if program is None else list(work.run(program, standing, loaded_at))
        except Exception:  # whatever it is, the pure way is there for its events
            logger.exception("events of %s go the pure way: the columnar one failed", key)
            lane.give_up()
            return
        for found in done:
            result.add(key, placement.namespace, found)

    def _of_skeleton(
        self, lane: _Lane, program: Program, skeleton: Skeleton, placement: Placement, standing: Tables
    ) -> Program | None:
        """What reads records of `skeleton`: `program`, or one in which some values are of other kinds."""
        if program.reads(skeleton):
            return program
        leaves = program.leaves_as(skeleton)
        if leaves is None:
            return None
        return lane.other(leaves, standing, lambda: self._compiled(leaves, lane, placement, standing))

    def watch(
        self,
        left: Sequence[Headed],
        structure: Callable[[str], Tables],
        taken: Mapping[LaneKey, int] = MappingProxyType({}),
    ) -> None:
        """Learn from the records that were `left` to the pure way, and compile what has been seen enough of.

        `structure` is what stands once they are loaded, so that the columns they made are known. `taken` says
        how many of each lane went the columnar way.
        """
        if self._off:
            return
        by_lane = _by_lane(left)
        for key in {**by_lane, **taken}:
            lane, places = self._lane(key), by_lane.get(key, [])
            lane.count(taken.get(key, 0) + len(places), len(places))
            if lane.wants_more:
                for place in places[:_SAMPLE]:
                    lane.look_at(left[place][1])
                placement = self._placement_of(key.source_id)
                lane.compile(self._compile, placement, structure(placement.namespace))

    def _lane(self, key: LaneKey) -> _Lane:
        if key not in self._lanes and len(self._lanes) >= _MOST_LANES:
            del self._lanes[next(iter(self._lanes))]
        return self._lanes.setdefault(key, _Lane(key, self._enough, self._most_others))

    def _compile(self, lane: _Lane, placement: Placement, standing: Tables) -> Program:
        """Raises NotMappable."""
        return self._compiled(lane.leaves(), lane, placement, standing)

    def _compiled(
        self, leaves: tuple[Leaf, ...], lane: _Lane, placement: Placement, standing: Tables
    ) -> Program:
        """Raises NotMappable."""
        if placement.metadata.from_cloud:
            raise NotMappable("events that were pulled stand for records")
        question = Question(lane.key.type, lane.key.event, self._provider, self._options, placement.metadata)
        while True:
            try:
                mapping = FormMapping(leaves, question)
            except Ambiguous as e:
                rest = tuple(leaf for leaf in leaves if leaf.path not in e.paths)
                if len(rest) == len(leaves):
                    raise
                leaves = rest
                continue
            loaded_at = self._provider.cased(LOADED_AT)
            if named := _written_to(loaded_at, mapping):
                leaves = tuple(leaf for leaf in leaves if leaf.path not in named)
                continue
            whole = _with_integers(leaves, mapping, standing)
            if whole == leaves:
                break
            leaves = whole
        if any(table.table in self._left_alone for table in mapping.variant(frozenset())):
            raise NotMappable("its table is written row by row")
        return Program(leaves, mapping, standing)


def _by_lane(records: Sequence[Headed]) -> dict[LaneKey, list[int]]:
    found: dict[LaneKey, list[int]] = {}
    for place, (key, _) in enumerate(records):
        if key is not None:
            found.setdefault(key, []).append(place)
    return found


Taken = Iterator[Done]
"""Which of the records were taken, not which of those that were run."""


class _Apart(NamedTuple):
    """Records of one lane that are decoded."""

    records: Sequence[Headed]
    places: Sequence[int]

    def run(self, program: Program, standing: Tables, loaded_at: datetime) -> Taken:
        for start in range(0, len(self.places), _CHUNK):
            chunk = self.places[start : start + _CHUNK]
            done = program.run([self.records[place][1] for place in chunk], standing, loaded_at)
            yield Done([chunk[taken] for taken in done.taken], done.tables, done.discards)


class _Alike(NamedTuple):
    """Records of one lane that are alike."""

    group: Group
    rows: range
    repeated: Container[int]

    def run(self, program: Program, standing: Tables, loaded_at: datetime) -> Taken:
        places = self.group.places
        without = [row for row in self.rows if places[row] in self.repeated]
        done = program.run_alike(self.group.columns, self.rows, without, standing, loaded_at)
        taken = list(map(places.__getitem__, done.taken))
        yield Done(taken, done.tables, done.discards)


def _written_to(column: str, mapping: FormMapping) -> set[Path]:
    """The leaves that reach `column`."""
    return {
        mapping.inputs[cell.input].path
        for table in mapping.variant(frozenset())
        for cell in table.cells
        if cell.column == column
    }


def _with_integers(leaves: tuple[Leaf, ...], mapping: FormMapping, standing: Tables) -> tuple[Leaf, ...]:
    """Numbers that go into a column of integers are decoded as such: others would be conflicts there."""
    integral = {
        mapping.inputs[cell.input].path
        for table in mapping.variant(frozenset())
        for cell in table.cells
        if standing.get(table.table, {}).get(cell.column) is ColumnType.INT
    }
    return tuple(
        Leaf(leaf.path, Kind.INT) if leaf.kind is Kind.FLOAT and leaf.path in integral else leaf
        for leaf in leaves
    )


class _Lane:
    """One lane: what was seen of it, and the program that came of it."""

    def __init__(self, key: LaneKey, enough: int, most_others: int) -> None:
        self.key = key
        self._enough = enough
        self._most_others = most_others
        self.wants_more = True
        self._seen = Sightings()
        self._given_up = False
        self._program: Program | None = None
        self._placement: Placement | None = None
        self._others: dict[tuple[Leaf, ...], Program | None] = {}
        """Programs for values of other kinds than are usual; None where there can be none."""

    def program_for(self, placement: Placement, standing: Tables) -> Program | None:
        if self._program is None or self._placement != placement or not self._program.stands_in(standing):
            return None
        return self._program

    def other(
        self, leaves: tuple[Leaf, ...], standing: Tables, compiler: Callable[[], Program]
    ) -> Program | None:
        """The program for the same form with these kinds."""
        if leaves not in self._others and len(self._others) < self._most_others:
            try:
                self._others[leaves] = compiler()
            except NotMappable as e:
                self._others[leaves] = None
                logger.debug("some of %s stay on the pure way: %s", self.key, e)
        program = self._others.get(leaves)
        return program if program is not None and program.stands_in(standing) else None

    def count(self, events: int, left: int) -> None:
        self.wants_more = not self._given_up and (self._program is None or left > _MAY_MISS * events)

    def look_at(self, payload: bytes) -> None:
        try:
            self._seen.add(_decode_event(payload).event)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # is for the pure way to judge

    def leaves(self) -> tuple[Leaf, ...]:
        return self._seen.leaves()

    def compile(
        self,
        compiler: Callable[[_Lane, Placement, Tables], Program],
        placement: Placement,
        standing: Tables,
    ) -> None:
        if self._seen.events < self._enough:
            return
        try:
            self._program, self._placement = compiler(self, placement, standing), placement
            self._others.clear()
        except NotMappable as e:
            logger.debug("%s stays on the pure way: %s", self.key, e)
        except Exception:  # learning is a matter of speed only: no event waits for it
            logger.exception("events of %s stay on the pure way: they could not be learned", self.key)
            self.give_up()

    def give_up(self) -> None:
        """Leave this lane to the pure way for as long as this loader runs."""
        self._program = None
        self._given_up = True


class _Whole(msgspec.Struct, gc=False):
    event: dict[str, Any]


_decode_event = msgspec.json.Decoder(_Whole).decode
