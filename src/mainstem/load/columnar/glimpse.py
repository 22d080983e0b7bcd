"""What can be told of records without decoding them: whose they are, and which are of one skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.columnar.fitted import FittedColumns, repeating
from mainstem.load.columnar.lane import LaneKey, lane_key
from mainstem.load.columnar.skeleton import EVENT
from mainstem.load.dedupe import event_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mainstem.load.columnar.alike import Alike
    from mainstem.load.columnar.skeleton import Skeleton


class LaneRows(NamedTuple):
    """Those of one lane among records of one skeleton."""

    lane: LaneKey
    rows: range
    source_id: str
    keys: list[bytes]
    """Of the events, as `mainstem.load.dedupe.event_key` makes them."""


class Group(NamedTuple):
    """Records of one skeleton."""

    skeleton: Skeleton
    places: Sequence[int]
    """Which of the records that were given, lane by lane."""
    columns: FittedColumns
    """In the order of `places`."""
    lanes: list[LaneRows]


def groups_of(found: Sequence[Alike]) -> list[Group]:
    """Those that belong to lanes; others are to be decoded."""
    groups = []
    for alike in found:
        order: list[pa.Array] = []
        lanes: list[LaneRows] = []
        begin = 0
        for source_id, lane, rows, ids in _by_lane(alike):
            keys = event_keys(source_id, ids.to_pylist())
            order.append(rows)
            lanes.append(LaneRows(lane, range(begin, begin + len(rows)), source_id, keys))
            begin += len(rows)
        if lanes:
            groups.append(_group(alike, pa.concat_arrays(order), lanes))
    return groups


def _group(alike: Alike, order: pa.Array, lanes: list[LaneRows]) -> Group:
    if len(lanes) == 1 and len(order) == len(alike.places):
        return Group(alike.skeleton, alike.places, FittedColumns(alike), lanes)
    places = list(map(alike.places.__getitem__, order.to_pylist()))
    return Group(alike.skeleton, places, FittedColumns(alike, order), lanes)


def _by_lane(alike: Alike) -> Iterator[tuple[str, LaneKey, pa.Array, pa.Array]]:
    """Source and lane, the rows that are theirs, and the ids of those, in bytes; rows whose message id is not
    plainly one are in none, nor are those without a lane."""
    ids = alike.column("messageId")
    ids = alike.column(EVENT, "messageId") if ids is None else ids
    if ids is None:
        return
    ids = ids.combine_chunks()
    columns = [alike.column(*path) for path in (("sourceId",), ("type",), (EVENT, "type"), (EVENT, "event"))]
    codes = pa.repeat(pa.scalar(0, pa.int64()), len(ids))
    for column in columns:
        if column is not None:
            encoded = repeating(column)
            codes = pc.add(pc.multiply(codes, len(encoded.dictionary)), pc.cast(encoded.indices, pa.int64()))
    codes = pc.if_else(_is_plain(ids), codes, None)
    for code in pc.unique(codes).drop_null():
        rows = pc.indices_nonzero(pc.equal(codes, code)).cast(pa.int64())
        first = rows[0].as_py()
        source_id, forced, kind, event = (
            None if column is None else column[first].as_py() for column in columns
        )
        lane = lane_key(source_id, forced, kind, event) if source_id else None
        if source_id and lane is not None:
            yield source_id, lane, rows, ids.take(rows).cast(pa.binary())


def _is_plain(ids: pa.Array) -> pa.Array:
    """Whether nothing is to be trimmed, by whatever rules."""
    trimmed = pc.equal(pc.ascii_trim_whitespace(ids), ids)
    return pc.and_(pc.and_(trimmed, pc.string_is_ascii(ids)), pc.not_equal(ids, ""))
