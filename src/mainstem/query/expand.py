"""Pass 2, references → SQL: every `${…}` a request touches is replaced, down to columns.

Aggregates stay open, since how they must be written depends on the joins. Nothing is expanded that the
request does not touch: it begins with the fields, and goes on through the joins they need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.clock import clock_of
from mainstem.query.expanding.expansion import Expansion
from mainstem.query.expanding.measures import MeasureSql
from mainstem.query.plan import Expanded, Expression, FieldUse, InputUse, MeasureExpression, Resolved
from mainstem.query.templates import NoTemplates, SourceSql, Templates, no_source_sql
from mainstem.semantics.model import Dimension, FilterField

if TYPE_CHECKING:
    from mainstem.query.context import Context
    from mainstem.query.dialects import Dialect
    from mainstem.semantics.model import Join, Measure

ALWAYS_HAVING = "sql_always_having"
FILTER_EXPRESSION = "filter_expression"


def expand(
    resolved: Resolved,
    dialect: Dialect,
    context: Context,
    templates: Templates | None = None,
    source_sql: SourceSql = no_source_sql,
) -> Expanded:
    """Raises QueryError where references lead nowhere or in circles."""
    clock = clock_of(resolved, context)
    return _Request(Expansion(resolved, dialect, clock, templates or NoTemplates(), source_sql)).expanded()


class _Request:
    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self.resolved = expansion.resolved
        self._measures = MeasureSql(expansion)
        text = self.resolved.filter_expression
        self._asked = expansion.customs.filters(text, self._measures) if text else (None, None)

    def expanded(self) -> Expanded:
        explore = self.resolved.explore
        dimensions: dict[str, Expression] = {}
        measures: dict[str, MeasureExpression] = {}
        filtered = [item.use for item in (*self.resolved.filters, *self.resolved.access)]
        for use in (*self.resolved.dimensions, *self.resolved.measures, *filtered):
            if isinstance(use.field, Dimension):
                if use.name not in dimensions:
                    dimensions[use.name] = self._dimension(use, use.field)
            elif use.name not in measures:
                measures[use.name] = self._measure(use, use.field)
        self.expansion.guarded = False
        where = self._condition(explore.sql_always_where)
        having = self._having()
        measures |= having
        inputs = tuple(self._inputs())
        conditions = [*inputs, *([where] if where else [])]
        read = [each.aliases for each in (*dimensions.values(), *conditions)]
        read += [each.aliases for each in measures.values()]
        joins = _Joins(self.expansion, {alias for aliases in read for alias in aliases})
        preamble = explore.sql_preamble
        return Expanded(
            dimensions=dimensions,
            measures=measures,
            tables=joins.tables,
            on=joins.on,
            always_where=where,
            raw_joins=joins.raw,
            join_where=joins.where,
            inputs=inputs,
            having=tuple(having),
            preamble=self.expansion.rendered(None, preamble) if preamble else None,
            ctes=self.expansion.tables.ctes,
        )

    def _condition(self, text: str | None) -> Expression | None:
        return self.expansion.condition(None, text) if text else None

    def _dimension(self, use: FieldUse, dimension: Dimension) -> Expression:
        if use.custom:
            return self.expansion.customs.expression(use.name)
        return self.expansion.selected(use.alias, dimension)

    def _measure(self, use: FieldUse, measure: Measure) -> MeasureExpression:
        text = self.resolved.expressions.get(use.name) if use.custom else None
        return self._measures.expression(use.alias, measure, only=text, custom=use.custom)

    def _having(self) -> dict[str, MeasureExpression]:
        """Conditions on groups that are no field's."""
        found: dict[str, MeasureExpression] = {}
        if self.resolved.explore.sql_always_having:
            found[ALWAYS_HAVING] = self._measures.text(None, self.resolved.explore.sql_always_having)
        if self._asked[1] is not None:
            found[FILTER_EXPRESSION] = self._asked[1]
        return found

    def _inputs(self) -> list[Expression]:
        """Of filter-only fields that hold a value and say themselves what it means, and of the request's own
        condition."""
        own = [
            self.expansion.condition(use.alias, use.field.sql, use.field.name)
            for use in self.resolved.inputs
            if _says(use) and isinstance(use.field, FilterField) and use.field.sql
        ]
        return [*own, self._asked[0]] if self._asked[0] else own


def _says(use: InputUse) -> bool:
    return bool(use.value.strip())


class _Joins:
    """The joins a request needs, with those they go through: their tables and conditions."""

    def __init__(self, expansion: Expansion, read: set[str]) -> None:
        self.expansion = expansion
        self.explore = expansion.resolved.explore
        self.on: dict[str, Expression] = {}
        self.raw: dict[str, Expression] = {}
        self.where: dict[str, Expression] = {}
        reached = self._reached({self.explore.alias, *self.explore.always_join, *read})
        aliases = [alias for alias in self.explore.views() if alias in reached]
        self.tables = {alias: expansion.tables.of(alias) for alias in aliases}

    def _reached(self, waiting: set[str]) -> set[str]:
        reached: set[str] = set()
        while waiting:
            alias = waiting.pop()
            if alias not in reached:
                reached.add(alias)
                join = self.explore.joins.get(alias)
                waiting |= self._through(join) if join else set()
        return reached

    def _through(self, join: Join) -> set[str]:
        texts = ((join.sql, self.raw), (join.sql_on, self.on), (join.sql_where, self.where))
        through = set(join.required_joins)
        for text, kept in texts:
            if text:
                kept[join.name] = self.expansion.condition(None, text)
                through |= set(kept[join.name].aliases)
        return through
