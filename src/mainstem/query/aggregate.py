"""Pass 4, measures → aggregates that are right under these joins, or a QueryError.

Where a join repeats a view's rows, a count counts primary keys; count_distinct, min and max do not mind;
sum and average would be wrong, so they are refused. A wrong number is never returned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.plan import Aggregate, Aggregated, Expanded, Joined, MeasureExpression
from mainstem.semantics.model import MeasureType

if TYPE_CHECKING:
    from mainstem.semantics.model import Join

_COLUMN = re.compile(r'[\w"]+\.[\w"]+')
_UNHARMED = frozenset({MeasureType.COUNT_DISTINCT, MeasureType.MIN, MeasureType.MAX})
_FUNCTIONS = {
    MeasureType.SUM: "SUM",
    MeasureType.AVERAGE: "AVG",
    MeasureType.MIN: "MIN",
    MeasureType.MAX: "MAX",
}


def aggregate(expanded: Expanded, joined: Joined) -> Aggregated:
    """Raises QueryError that names the measure and the join when a number could not be right."""
    return Aggregated(
        measures={name: _measure(name, measure, joined) for name, measure in expanded.measures.items()}
    )


def _measure(name: str, measure: MeasureExpression, joined: Joined) -> str:
    for alias in measure.unguarded:
        if alias in joined.fanned_out:
            raise _repeated(name, "an aggregate written out in its sql", alias, joined.fanned_out[alias])
    return "".join(part if isinstance(part, str) else _aggregate(part, joined) for part in measure.parts)


def _aggregate(part: Aggregate, joined: Joined) -> str:
    repeating = joined.fanned_out.get(part.alias)
    if part.type is MeasureType.COUNT:
        return _count(part, joined, repeating)
    if repeating is not None and part.type not in _UNHARMED:
        raise _repeated(f"{part.alias}.{part.measure}", part.type, part.alias, repeating)
    sql = _where(part, _present(part, joined))
    if part.type is MeasureType.COUNT_DISTINCT:
        return f"COUNT(DISTINCT {sql})"
    return f"{_FUNCTIONS[part.type]}({sql})"


def _count(part: Aggregate, joined: Joined, repeating: Join | None) -> str:
    if repeating is None and part.alias not in joined.optional:
        return f"COUNT({_where(part, '1')})" if part.condition else "COUNT(*)"
    if part.primary_key is None:
        raise _unkeyed(part, repeating)
    return f"COUNT({'DISTINCT ' if repeating else ''}{_where(part, part.primary_key)})"


def _present(part: Aggregate, joined: Joined) -> str:
    """The SQL aggregated, made NULL where the joined row is missing: `COALESCE(x, 0)` would not be."""
    sql = part.sql or ""
    if part.alias not in joined.optional or _COLUMN.fullmatch(sql):
        return sql
    if part.primary_key is None:
        raise _unkeyed(part, None)
    return f"CASE WHEN {part.primary_key} IS NOT NULL THEN {sql} END"


def _where(part: Aggregate, sql: str) -> str:
    return f"CASE WHEN {part.condition} THEN {sql} END" if part.condition else sql


def _repeated(name: str, kind: str, alias: str, join: Join) -> QueryError:
    return QueryError(
        f"{name} ({kind}) would count rows more than once: join {join.name} ({join.relationship}) has many "
        f"rows for one of {alias}; ask for it without fields of the other view, or use a count, "
        f"count_distinct, min or max ({join.origin})"
    )


def _unkeyed(part: Aggregate, repeating: Join | None) -> QueryError:
    why = (
        f"join {repeating.name} ({repeating.relationship}) has many rows for one of {part.alias}"
        if repeating
        else f"{part.alias} is joined, and a row without a match would be counted"
    )
    return QueryError(
        f"{part.alias}.{part.measure} ({part.type}) could not be right: {why}; "
        "give its view a dimension with primary_key: yes"
    )
