"""Pass 5, filters → WHERE and HAVING: dimensions are filtered before grouping, measures after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.plan import Aggregated, Conditions, Expanded, FilterUse, Resolved
from mainstem.query.predicates import condition_of, datatype_of, predicate
from mainstem.semantics.model import Measure

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.dialects import Dialect


def conditions(
    resolved: Resolved, expanded: Expanded, aggregated: Aggregated, dialect: Dialect, now: datetime
) -> Conditions:
    """`now` is naive UTC. Raises QueryError for an expression its field's grammar does not have."""

    def sql_of(item: FilterUse) -> str | None:
        use = item.use
        meaning = condition_of(use.field, use.name, item.expression, now)
        measured = isinstance(use.field, Measure)
        operand = f"({aggregated.measures[use.name]})" if measured else expanded.dimensions[use.name].compared
        return predicate(meaning, operand, datatype_of(use.field), dialect)

    of_rows = [item for item in resolved.filters if not isinstance(item.use.field, Measure)]
    of_groups = [item for item in resolved.filters if isinstance(item.use.field, Measure)]
    return Conditions(
        where=(*_always(expanded), *(sql for item in of_rows if (sql := sql_of(item)))),
        having=tuple(sql for item in of_groups if (sql := sql_of(item))),
    )


def _always(expanded: Expanded) -> tuple[str, ...]:
    return (f"({expanded.always_where.sql})",) if expanded.always_where else ()
