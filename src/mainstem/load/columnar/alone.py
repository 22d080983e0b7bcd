"""Single values that a column does not take as they are: fitted by the rules one by one, and told of.

Where one value in a hundred is such, its whole event need not go the pure way, which takes 30 times as long.
The rules themselves are asked, so what they answer is what the pure way stores. Only texts, numbers and truth
values are fitted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mainstem.load.columnar.leaves import Kind
from mainstem.load.discards import COLUMN_TYPES, DISCARD_COLUMNS, DISCARDS, fit, text_of
from mainstem.load.schema.values import typed
from mainstem.warehouse.arrow import ARROW_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mainstem.load.schema import Provider
    from mainstem.warehouse import ColumnType

SCALARS = frozenset((Kind.TEXT, Kind.INT, Kind.FLOAT, Kind.BOOL))
_decode = msgspec.json.Decoder().decode


class Told(NamedTuple):
    """A value that its column could not take whole."""

    row: int
    text: str
    reason: str


class Alone(NamedTuple):
    array: pa.Array
    told: list[Told]
    left: list[int]
    """Rows whose values are for the pure way to judge."""


class _One(NamedTuple):
    value: Any
    text: str = ""
    reason: str | None = None


def fit_alone(
    array: pa.Array,
    rows: Sequence[int],
    values: pa.Array,
    kind: Kind,
    column: ColumnType,
    provider: Provider,
) -> Alone:
    """`array` with the values of `rows`, texts or JSON as `kind` says, fitted to the column."""
    known: dict[str, _One | None] = {}
    fitted: dict[int, Any] = {}
    found = Alone(array, [], [])
    for row, value in zip(rows, values.to_pylist(), strict=True):
        if value not in known:
            known[value] = _one(value, kind, column, provider)
        one = known[value]
        if one is None:
            found.left.append(row)
            continue
        fitted[row] = one.value
        if one.reason is not None:
            found.told.append(Told(row, one.text, one.reason))
    return found._replace(array=_with(array, fitted, column))


def _one(text: str, kind: Kind, column: ColumnType, provider: Provider) -> _One | None:
    """None for what is no scalar."""
    value: Any = text
    if kind is not Kind.TEXT:
        try:
            value = _decode(text)
        except msgspec.DecodeError:
            return None
    if value is None or value == "":
        return _One(None)
    if not isinstance(value, str | int | float):
        return None
    incoming, stored = typed(value, provider)
    fitted = fit(stored, COLUMN_TYPES[incoming], column)
    return _One(fitted.value, text_of(stored), fitted.reason)


def _with(array: pa.Array, fitted: Mapping[int, Any], column: ColumnType) -> pa.Array:
    if not fitted:
        return array
    rows = pa.array(fitted, pa.int64())
    mask = pc.is_in(pa.array(range(len(array)), pa.int64()), rows)
    values = pa.array([fitted[row] for row in sorted(fitted)], ARROW_TYPES[column])
    return pc.replace_with_mask(array.cast(ARROW_TYPES[column]), mask, values)


class Conflict(NamedTuple):
    """Where a value was told of."""

    table: str
    column: str
    told: Told


def keeps_discards(tables: Mapping[str, Mapping[str, ColumnType]], cased: Callable[[str], str]) -> bool:
    """Whether the table of discards stands, and holds what is told as it is."""
    standing = tables.get(cased(DISCARDS), {})
    return all(standing.get(cased(name)) is kind for name, kind in DISCARD_COLUMNS.items())


def discards(
    conflicts: Sequence[Conflict],
    row_ids: Sequence[str],
    received_at: pa.Array,
    loaded_at: datetime,
    cased: Callable[[str], str],
) -> pa.Table:
    """Rows of the table of discards; `row_ids` and `received_at` are those of each conflict."""
    texts = {
        "table_name": [one.table for one in conflicts],
        "row_id": row_ids,
        "column_name": [one.column for one in conflicts],
        "column_value": [one.told.text for one in conflicts],
        "reason": [one.told.reason for one in conflicts],
    }
    uuid_ts = pa.repeat(pa.scalar(loaded_at, ARROW_TYPES[DISCARD_COLUMNS["uuid_ts"]]), len(conflicts))
    arrays = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    arrays |= {"received_at": received_at, "uuid_ts": uuid_ts}
    return pa.table({cased(name): array for name, array in arrays.items()})
