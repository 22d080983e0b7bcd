"""Pass 2, references → SQL: every `${…}` a request touches is replaced, down to columns.

Aggregates stay open, since how they must be written depends on the joins. Which views each piece reads is
noted on the way; that is what the joins are chosen by.
"""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.plan import (
    Aggregate,
    Expanded,
    Expression,
    MeasureExpression,
    MeasurePart,
    Resolved,
)
from mainstem.query.predicates import condition_of, datatype_of, predicate
from mainstem.semantics.fields import UnknownField, find_field, why_missing
from mainstem.semantics.model import Dimension, DimensionType, Measure, MeasureType, View
from mainstem.semantics.references import Field, Malformed, Table, TableName, parts

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.query.dialects import Dialect

_AGGREGATES = re.compile(r"\b(any_value|avg|count|listagg|max|median|min|stddev|sum)\s*\(", re.IGNORECASE)
_OPERAND = re.compile(r'[\w."]+|\w+\([^()]*\)')


def expand(resolved: Resolved, dialect: Dialect, now: datetime) -> Expanded:
    """`now` (naive UTC) is for the filters of measures. Raises QueryError where references lead nowhere."""
    return _Expansion(resolved, dialect, now).run()


class _Expansion:
    def __init__(self, resolved: Resolved, dialect: Dialect, now: datetime) -> None:
        self.resolved = resolved
        self.dialect = dialect
        self.now = now

    def run(self) -> Expanded:
        resolved = self.resolved
        filtered = [item.use for item in resolved.filters]
        dimensions: dict[str, Expression] = {}
        measures: dict[str, MeasureExpression] = {}
        for use in (*resolved.dimensions, *resolved.measures, *filtered):
            if isinstance(use.field, Dimension):
                dimensions[use.name] = self.dimension(use.alias, use.field)
            else:
                measures[use.name] = self.measure(use.alias, use.field)
        explore = resolved.explore
        return Expanded(
            dimensions=dimensions,
            measures=measures,
            tables={alias: self.table(view) for alias, view in resolved.views.items()},
            on={join.name: self.condition(join.sql_on) for join in explore.joins.values() if join.sql_on},
            always_where=self.condition(explore.sql_always_where) if explore.sql_always_where else None,
        )

    def dimension(self, alias: str, dimension: Dimension) -> Expression:
        aliases: set[str] = {alias}
        raw = self._sql(alias, dimension.sql, aliases, ())
        shown = self._shown(dimension, raw)
        return Expression(
            sql=f"COALESCE({shown}, FALSE)" if dimension.type is DimensionType.YESNO else shown,
            compared=_operand(raw),
            aliases=tuple(sorted(aliases)),
        )

    def measure(self, alias: str, measure: Measure) -> MeasureExpression:
        aliases: set[str] = {alias}
        unguarded: set[str] = set()
        found = self._measure_parts(alias, measure, aliases, unguarded, ())
        return MeasureExpression(
            parts=tuple(found), aliases=tuple(sorted(aliases)), unguarded=tuple(sorted(unguarded))
        )

    def condition(self, sql: str) -> Expression:
        aliases: set[str] = set()
        expanded = self._sql(None, sql, aliases, ())
        return Expression(sql=expanded, compared=expanded, aliases=tuple(sorted(aliases)))

    def table(self, view: View, within: tuple[str, ...] = ()) -> str:
        """What a FROM reads: a table's name, or a derived table's query in parentheses."""
        if view.name in within:
            raise QueryError(f"derived tables read each other: {' → '.join((*within, view.name))}")
        text = cleandoc(view.derived_sql or view.sql_table_name or view.name)
        pieces: list[str] = []
        for part in parts(text):
            if isinstance(part, TableName):
                other = self.resolved.model_views.get(part.view)
                if other is None:
                    raise QueryError(
                        f"{view.origin}: unknown view {part.view} in ${{{part.view}.SQL_TABLE_NAME}}"
                    )
                pieces.append(self.table(other, (*within, view.name)))
            elif isinstance(part, str):
                pieces.append(part)
            else:
                raise QueryError(f"{view.origin}: a table takes ${{view.SQL_TABLE_NAME}} only, not a field")
        sql = "".join(pieces)
        if view.derived_sql:
            return "(\n" + "\n".join(f"  {line}" for line in sql.splitlines()) + "\n)"
        return sql

    def _shown(self, dimension: Dimension, raw: str) -> str:
        if dimension.timeframe is not None:
            return self.dialect.timeframe(_operand(raw), dimension.timeframe, datatype_of(dimension))
        if dimension.type is DimensionType.DATE:
            return f"CAST({raw} AS DATE)"
        return raw

    def _sql(self, alias: str | None, sql: str, aliases: set[str], within: tuple[str, ...]) -> str:
        """Dimension SQL without references. `alias` is None in an explore's own SQL."""
        found = parts(sql)
        if len(found) == 1 and isinstance(found[0], Field):
            return self._reference(alias, found[0], aliases, within)
        pieces: list[str] = []
        for part in found:
            match part:
                case Field():
                    pieces.append(_operand(self._reference(alias, part, aliases, within)))
                case _:
                    pieces.append(self._plain(alias, part, aliases))
        return _closed("".join(pieces))

    def _plain(self, alias: str | None, part: object, aliases: set[str]) -> str:
        match part:
            case str():
                return part
            case Table() if alias is not None:
                aliases.add(alias)
                return self.dialect.name(alias)
            case TableName(view) if view in self.resolved.model_views:
                return self.table(self.resolved.model_views[view])
            case Malformed(text):
                raise QueryError(f"${{{text}}} is no reference")
            case _:
                raise QueryError(f"{self.resolved.explore.origin}: ${{TABLE}} has no meaning in an explore")

    def _reference(
        self, alias: str | None, reference: Field, aliases: set[str], within: tuple[str, ...]
    ) -> str:
        owner, field = self._find(alias, reference)
        name = f"{owner}.{field.name}"
        if isinstance(field, Measure):
            raise QueryError(f"${{{reference}}} is a measure, where only a dimension can stand")
        if name in within:
            raise QueryError(f"dimensions refer to each other: {' → '.join((*within, name))}")
        aliases.add(owner)
        raw = self._sql(owner, field.sql, aliases, (*within, name))
        return self._shown(field, raw)

    def _find(self, alias: str | None, reference: Field) -> tuple[str, Dimension | Measure]:
        """A view's own name means the alias it stands under here, so that `from` keeps its SQL working."""
        views = self.resolved.views
        own = views[alias] if alias is not None else None
        if alias is not None and own is not None and reference.view in (None, own.name, alias):
            field = own.field(reference.name)
            if field is None:
                missing = why_missing(own, alias, reference.name)
                raise QueryError(f"unknown field ${{{reference}}} in view {own.name}{missing}")
            return alias, field
        try:
            return find_field(views, str(reference))
        except UnknownField as e:
            raise QueryError(f"explore {self.resolved.explore.name}: {e}") from e

    def _measure_parts(
        self,
        alias: str,
        measure: Measure,
        aliases: set[str],
        unguarded: set[str],
        within: tuple[str, ...],
    ) -> list[MeasurePart]:
        name = f"{alias}.{measure.name}"
        if name in within:
            raise QueryError(f"measures refer to each other: {' → '.join((*within, name))}")
        aliases.add(alias)
        if measure.type is not MeasureType.NUMBER:
            return [self._aggregate(alias, measure, aliases)]
        found: list[MeasurePart] = []
        for part in parts(measure.sql or ""):
            if isinstance(part, Field):
                found += self._of_number(alias, part, aliases, unguarded, (*within, name))
            else:
                if isinstance(part, Table) or (isinstance(part, str) and _AGGREGATES.search(part)):
                    unguarded.add(alias)
                found.append(self._plain(alias, part, aliases))
        return ["(", *found, "\n)"] if "--" in (measure.sql or "") else found

    def _of_number(
        self,
        alias: str,
        reference: Field,
        aliases: set[str],
        unguarded: set[str],
        within: tuple[str, ...],
    ) -> list[MeasurePart]:
        owner, field = self._find(alias, reference)
        if isinstance(field, Dimension):
            unguarded.add(owner)
            return [_operand(self._reference(alias, reference, aliases, ()))]
        inner = self._measure_parts(owner, field, aliases, unguarded, within)
        return inner if field.type is not MeasureType.NUMBER else ["(", *inner, ")"]

    def _aggregate(self, alias: str, measure: Measure, aliases: set[str]) -> Aggregate:
        key = self.resolved.views[alias].primary_key
        return Aggregate(
            alias=alias,
            measure=measure.name,
            type=measure.type,
            sql=self._sql(alias, measure.sql, aliases, ()) if measure.sql else None,
            condition=self._own_filters(alias, measure, aliases),
            primary_key=self._sql(alias, key.sql, aliases, ()) if key else None,
        )

    def _own_filters(self, alias: str, measure: Measure, aliases: set[str]) -> str | None:
        found: list[str] = []
        for own in measure.filters:
            view, _, name = own.field.rpartition(".")
            owner, field = self._find(alias, Field(view or None, name))
            if isinstance(field, Measure):
                raise QueryError(f"{own.origin}: {own.field} is a measure; filters take dimensions")
            aliases.add(owner)
            raw = _operand(self._sql(owner, field.sql, aliases, ()))
            meaning = condition_of(field, f"{own.origin}: filter of {measure.name}", own.expression, self.now)
            sql = predicate(meaning, raw, datatype_of(field), self.dialect)
            found += [sql] if sql else []
        return " AND ".join(found) or None


def _closed(sql: str) -> str:
    """SQL after which more can be written: a comment at its end would swallow it."""
    return f"({sql}\n)" if "--" in sql else sql


def _operand(sql: str) -> str:
    """SQL that can stand beside any operator."""
    return sql if _OPERAND.fullmatch(sql) or "--" in sql else f"({sql})"
