"""Which records go the columnar way: lanes by source, type and event name, learned while loading.

A lane begins on the pure way, is watched, and gets a program once enough of its events were seen and its
columns stand. When too many of its events do not fit, it is learned anew. What cannot be mapped stays on the
pure way; nothing is ever left out of both.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from mainstem.load.columnar.leaves import Kind, Leaf, Sightings
from mainstem.load.columnar.mapping import Ambiguous, FormMapping, NotMappable, Question
from mainstem.load.columnar.program import Program
from mainstem.load.discards import DISCARDS
from mainstem.load.plan import USERS
from mainstem.load.schema import LOADED_AT
from mainstem.warehouse import ColumnType, TableName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from mainstem.load.columnar.leaves import Path
    from mainstem.load.columnar.program import Tables
    from mainstem.load.placement import Placement
    from mainstem.load.schema import Options, Provider

_TYPES = frozenset(("track", "page", "screen", "group", "alias"))
"""Identify events also change users, row by row; extract events come from pipelines, not from SDKs."""
_MOST_LANES = 2000
_SAMPLE = 200
"""Events of a lane that are looked at in one run."""
_CHUNK = 1000
"""Records decoded at once: of 500, 1,000 and 4,000 a thousand was quickest (5.2 µs a record against 7.9)."""
_MAY_MISS = 0.02
"""Share of a lane's events off its form past which it is learned anew."""

logger = logging.getLogger("mainstem.load")


class LaneKey(msgspec.Struct, frozen=True):
    source_id: str
    forced_type: str | None
    type: str
    event: object


Headed = tuple[LaneKey | None, bytes]
"""A record and its lane; None where it can only go the pure way."""


class ColumnarResult(msgspec.Struct):
    """What the columnar way took."""

    taken: set[int] = msgspec.field(default_factory=set)
    """Which of the records that were given."""
    tables: dict[TableName, list[pa.Table]] = msgspec.field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(int(part.num_rows) for parts in self.tables.values() for part in parts)


class Lanes:
    """All lanes of one loader."""

    def __init__(
        self,
        placement_of: Callable[[str], Placement],
        provider: Provider,
        options: Options,
        *,
        enough: int = 20,
    ) -> None:
        """A lane is compiled once `enough` of its events were looked at."""
        self._enough = enough
        self._placement_of = placement_of
        self._provider = provider
        self._options = options
        self._lanes: dict[LaneKey, _Lane] = {}
        self._left_alone = frozenset((provider.cased(USERS), provider.cased(DISCARDS)))
        self._off = options.store_full_event

    def run(
        self,
        records: Sequence[Headed],
        structure: Callable[[str], Tables],
        loaded_at: datetime,
    ) -> ColumnarResult:
        """Take what fits. `structure` gives a namespace's tables as they stand before the transaction."""
        result = ColumnarResult()
        if self._off:
            return result
        for lane, places in self._sorted(records):
            placement = self._placement_of(lane.key.source_id)
            standing = structure(placement.namespace)
            program = lane.program_for(placement, standing)
            if program is None:
                continue
            namespace = placement.namespace
            try:
                done = list(_run(program, records, places, standing, loaded_at))
            except Exception:  # whatever it is, the pure way is there for its events
                logger.exception("events of %s go the pure way: the columnar one failed", lane.key)
                lane.give_up()
                continue
            for taken, tables in done:
                result.taken.update(taken)
                for table, parts in tables.items():
                    result.tables.setdefault(TableName(namespace, table), []).extend(parts)
        return result

    def watch(
        self,
        records: Sequence[Headed],
        taken: set[int],
        structure: Callable[[str], Tables],
    ) -> None:
        """Learn from the records that were not `taken`, and compile what has been seen enough of.

        `structure` is what stands once they are loaded, so that the columns they made are known.
        """
        if self._off:
            return
        for lane, places in self._sorted(records):
            left = [place for place in places if place not in taken]
            lane.count(len(places), len(left))
            if lane.wants_more:
                for place in left[:_SAMPLE]:
                    lane.look_at(records[place][1])
                placement = self._placement_of(lane.key.source_id)
                lane.compile(self._compile, placement, structure(placement.namespace))

    def _sorted(self, records: Sequence[Headed]) -> Iterator[tuple[_Lane, list[int]]]:
        places: dict[LaneKey, list[int]] = {}
        for place, (key, _) in enumerate(records):
            if key is not None:
                places.setdefault(key, []).append(place)
        for key, found in places.items():
            if key not in self._lanes and len(self._lanes) >= _MOST_LANES:
                del self._lanes[next(iter(self._lanes))]
            yield self._lanes.setdefault(key, _Lane(key, self._enough)), found

    def _compile(self, lane: _Lane, placement: Placement, standing: Tables) -> Program:
        """Raises NotMappable."""
        if placement.metadata.from_cloud:
            raise NotMappable("events that were pulled stand for records")
        question = Question(lane.key.type, lane.key.event, self._provider, self._options, placement.metadata)
        leaves = lane.leaves()
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


def _run(
    program: Program, records: Sequence[Headed], places: Sequence[int], standing: Tables, loaded_at: datetime
) -> Iterator[tuple[list[int], dict[str, list[pa.Table]]]]:
    for start in range(0, len(places), _CHUNK):
        chunk = places[start : start + _CHUNK]
        done = program.run([records[place][1] for place in chunk], standing, loaded_at)
        yield [chunk[taken] for taken in done.taken], done.tables


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

    def __init__(self, key: LaneKey, enough: int) -> None:
        self.key = key
        self._enough = enough
        self.wants_more = True
        self._seen = Sightings()
        self._given_up = False
        self._program: Program | None = None
        self._placement: Placement | None = None

    def program_for(self, placement: Placement, standing: Tables) -> Program | None:
        if self._program is None or self._placement != placement or not self._program.stands_in(standing):
            return None
        return self._program

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


class _EventHead(msgspec.Struct, gc=False, rename="camel"):
    type: Any = None
    event: Any = None
    message_id: Any = None


class _Head(msgspec.Struct, gc=False, rename="camel"):
    source_id: str
    event: _EventHead
    type: str | None = None
    message_id: str | None = None


_decode_head = msgspec.json.Decoder(_Head).decode


def head_of(payload: bytes) -> tuple[LaneKey | None, tuple[str, str] | None]:
    """The lane of a record, and its source and message id: (None, None) where it is not of the usual form,
    which the pure way judges; the lane alone may be None."""
    try:
        head = _decode_head(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, None
    event = head.event
    if not isinstance(event.message_id, str | None):
        return None, None
    message_id = head.message_id or (event.message_id or "").strip()
    if not head.source_id or not message_id:
        return None, None
    kind = head.type or event.type
    lane = None
    if isinstance(kind, str) and kind in _TYPES and isinstance(event.event, str | None):
        lane = LaneKey(head.source_id, head.type, kind, event.event)
    return lane, (head.source_id, message_id)
