"""Pass 5, filters → WHERE and HAVING: dimensions are filtered before grouping, measures after."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mainstem.errors import QueryError
from mainstem.query.clock import clock_of
from mainstem.query.cohorts import membership_of, membership_sql
from mainstem.query.plan import Aggregated, Conditions, Expanded, Expression, FilterUse, Resolved
from mainstem.query.predicates import Operand, condition_of, operand_of, predicate
from mainstem.semantics.model import OVER_ROWS, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.query.context import Context
    from mainstem.query.dialects import Dialect
    from mainstem.semantics.model import Dimension

_NOTHING = "1 = 0"


def conditions(
    resolved: Resolved, expanded: Expanded, aggregated: Aggregated, dialect: Dialect, context: Context
) -> Conditions:
    """What the asker may see comes first. Raises QueryError for an expression its field's grammar does not
    have."""
    filters = _Filters(resolved, expanded, aggregated, dialect, context)
    of_rows = [item for item in resolved.filters if not isinstance(item.use.field, Measure)]
    of_groups = [item for item in resolved.filters if isinstance(item.use.field, Measure)]
    return Conditions(
        where=(*filters.all(resolved.access), *_written(expanded), *filters.all(of_rows)),
        having=(*(f"({aggregated.measures[key]})" for key in expanded.having), *filters.all(of_groups)),
    )


def _written(expanded: Expanded) -> Iterable[str]:
    always = [expanded.always_where] if expanded.always_where else []
    return (_enclosed(one) for one in (*always, *expanded.inputs))


def _enclosed(written: Expression) -> str:
    return f"({written.sql})"


class _Filters:
    def __init__(
        self,
        resolved: Resolved,
        expanded: Expanded,
        aggregated: Aggregated,
        dialect: Dialect,
        context: Context,
    ) -> None:
        self._resolved = resolved
        self._expanded = expanded
        self._aggregated = aggregated
        self._dialect = dialect
        self._context = context
        self._clock = clock_of(resolved, context)

    def all(self, items: Iterable[FilterUse]) -> tuple[str, ...]:
        return tuple(sql for item in items if (sql := self._sql(item)))

    def _sql(self, item: FilterUse) -> str | None:
        if item.nothing:
            return _NOTHING
        use = item.use
        if isinstance(use.field, Measure) and use.field.type in OVER_ROWS:
            raise QueryError(
                f"{use.name} is a {use.field.type}, worked out over the rows of an answer: "
                "nothing can be filtered by it"
            )
        if (asked := membership_of(use.field, item.expression)) is not None:
            operand = self._expanded.dimensions[use.name].compared
            return membership_sql(
                cast("Dimension", use.field), use.name, asked, operand, self._dialect, self._context
            )
        meaning = condition_of(use.field, use.name, item.expression, self._clock)
        return predicate(meaning, self._operand(item), self._dialect, self._clock)

    def _operand(self, item: FilterUse) -> Operand:
        use, sensitive = item.use, self._resolved.case_sensitive
        if isinstance(use.field, Measure):
            sql = f"({self._aggregated.measures[use.name]})"
            return operand_of(use.field, sql, case_sensitive=sensitive)
        found = self._expanded.dimensions[use.name]
        return operand_of(use.field, found.compared, place=found.place, case_sensitive=sensitive)
