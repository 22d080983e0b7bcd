"""A measure → SQL with its aggregations left open, since how they must be written depends on the joins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.query.clock import UNCONVERTED
from mainstem.query.expanding.dimensions import reference
from mainstem.query.expanding.text import closed, commented, operand, parts
from mainstem.query.plan import Aggregate, MeasureExpression, MeasurePart
from mainstem.query.predicates import condition_of, operand_of, predicate
from mainstem.semantics.model import (
    EXPRESSIONS,
    OVER_ROWS,
    Dimension,
    DimensionType,
    FieldFilter,
    Measure,
    MeasureType,
    Timeframe,
)
from mainstem.semantics.references import Field, Table

if TYPE_CHECKING:
    from mainstem.query.expanding.expansion import Expansion

_AGGREGATES = re.compile(
    r"\b(any_value|approx\w*|array_agg|avg|bool_\w+|corr\w*|count\w*|first\w*|hll\w*|last\w*|listagg|list|max\w*"
    r"|median|min\w*|mode|percentile_\w+|quantile\w*|stddev\w*|string_agg|sum\w*|var\w*)\s*\(",
    re.IGNORECASE,
)
_MARK = "\0"
_TYPED = frozenset({MeasureType.DATE, MeasureType.DATE_TIME})
_WRITTEN_OUT = EXPRESSIONS | OVER_ROWS


class MeasureSql:
    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self._within: list[str] = []

    def expression(
        self, alias: str, measure: Measure, only: str | None = None, custom: bool = False
    ) -> MeasureExpression:
        """`only` is an expression of this request alone, which every row that is aggregated fulfils."""
        reading = _Reading({alias}, set(), None)
        reading.condition = self._condition(alias, measure, only, reading.aliases) if custom else None
        found = self._parts(alias, measure, reading)
        return MeasureExpression(
            parts=tuple(self._typed(measure, found, reading.seen)),
            aliases=tuple(sorted(reading.aliases)),
            unguarded=tuple(sorted(reading.unguarded)),
        )

    def text(self, alias: str | None, text: str) -> MeasureExpression:
        """SQL over measures that belongs to no measure: `sql_always_having`."""
        reading = _Reading(set(), set(), None)
        found = self._written_out(alias, text, reading)
        return MeasureExpression(
            parts=tuple(found),
            aliases=tuple(sorted(reading.aliases)),
            unguarded=tuple(sorted(reading.unguarded)),
        )

    def _parts(self, alias: str, measure: Measure, reading: _Reading) -> list[MeasurePart]:
        name = f"{alias}.{measure.name}"
        if name in self._within:
            raise QueryError(f"measures refer to each other: {' → '.join((*self._within, name))}")
        reading.aliases.add(alias)
        if measure.type not in _WRITTEN_OUT:
            return [self._aggregate(alias, measure, reading)]
        self._within.append(name)
        try:
            return self._written_out(alias, measure.sql or "", reading)
        finally:
            self._within.pop()

    def _written_out(self, alias: str | None, text: str, reading: _Reading) -> list[MeasurePart]:
        text = self.expansion.rendered(alias, text)
        found: list[MeasurePart] = []
        for part in parts(text):
            if isinstance(part, Field):
                found += self._field(alias, part, reading)
                continue
            aggregates = isinstance(part, Table) or (isinstance(part, str) and _AGGREGATES.search(part))
            if aggregates and alias is not None:
                reading.unguarded.add(alias)
            found.append(self.expansion.part(alias, part, reading.aliases))
        return ["(", *found, "\n)"] if commented(text) else found

    def _field(self, alias: str | None, named: Field, reading: _Reading) -> list[MeasurePart]:
        owner, field = self.expansion.find(alias, named)
        if isinstance(field, Dimension):
            reading.unguarded.add(owner)
            reading.seen |= _is_seen(field)
            return [operand(self.expansion.part(alias, named, reading.aliases))]
        if field.type in OVER_ROWS:
            raise QueryError(
                f"{' → '.join(self._within) or alias or 'this'} reads {owner}.{field.name}, a {field.type}: "
                "that is worked out over the rows of an answer; no SQL can read it, a table calculation can"
            )
        inner = self._parts(owner, field, reading)
        return ["(", *inner, ")"] if field.type in _WRITTEN_OUT else inner

    def _typed(self, measure: Measure, found: list[MeasurePart], seen: bool) -> list[MeasurePart]:
        """Dates and times as people see them, unless what they are made of is `seen` so already."""
        if measure.type not in _TYPED:
            return found
        dialect, clock = self.expansion.dialect, self.expansion.clock
        sql = f"({_MARK})"
        if clock.query_timezone not in (None, clock.database_timezone) and not seen:
            sql = dialect.converted(sql, clock.database_timezone, clock.query_timezone or "")
        of_type = dialect.date_of if measure.type is MeasureType.DATE else dialect.time_of
        before, _, after = of_type(sql).partition(_MARK)
        return [before, *found, after]

    def _aggregate(self, alias: str, measure: Measure, reading: _Reading) -> Aggregate:
        reads = reading.aliases
        conditions = [self._filter(alias, measure, own, reads) for own in measure.filters]
        own_condition = [sql for sql in (*conditions, reading.condition) if sql]
        valued: set[str] = set()
        sql = self._aggregated(alias, measure, valued)
        reads |= valued
        return Aggregate(
            alias=alias,
            measure=measure.name,
            type=measure.type,
            sql=sql,
            condition=" AND ".join(own_condition) or None,
            primary_key=self._key(alias),
            others=tuple((other, self._key(other)) for other in sorted(valued - {alias})),
            distinct_key=self._distinct_key(alias, measure, reads),
            percentile=measure.percentile,
            approximate=measure.approximate,
        )

    def _key(self, alias: str) -> str | None:
        key = self.expansion.resolved.views[alias].primary_key
        return operand(self.expansion.dimension(alias, key).sql) if key else None

    def _aggregated(self, alias: str, measure: Measure, reads: set[str]) -> str | None:
        if measure.type is MeasureType.COUNT:
            return None
        if measure.type is MeasureType.LIST and measure.list_field:
            return self.expansion.part(alias, reference(measure.list_field), reads)
        if measure.sql is None:
            raise QueryError(f"{measure.origin}: measure {measure.name} ({measure.type}) lacks sql")
        return self.expansion.sql(alias, measure.sql, reads)

    def _condition(self, alias: str, measure: Measure, only: str | None, reads: set[str]) -> str | None:
        """What a custom measure asks of rows beyond the filters of its aggregates: LookML's measures of
        measures have no filters, custom ones do."""
        found = [self.expansion.customs.condition(only, reads)] if only else []
        if measure.type in _WRITTEN_OUT:
            found += [sql for own in measure.filters if (sql := self._filter(alias, measure, own, reads))]
        return " AND ".join(found) or None

    def _distinct_key(self, alias: str, measure: Measure, reads: set[str]) -> str | None:
        if measure.sql_distinct_key is None or not measure.type.endswith("_distinct"):
            return None
        return operand(self.expansion.sql(alias, measure.sql_distinct_key, reads))

    def _filter(self, alias: str, measure: Measure, own: FieldFilter, reads: set[str]) -> str | None:
        owner, field = self.expansion.find(alias, reference(own.field))
        if isinstance(field, Measure):
            raise QueryError(f"{own.origin}: {own.field} is a measure; filters take dimensions")
        compared = self.expansion.dimension(owner, field)
        reads.update(compared.aliases)
        text = self.expansion.rendered(alias, own.expression)
        clock = self.expansion.clock
        meaning = condition_of(field, f"{own.origin}: filter of {measure.name}", text, clock)
        left = operand_of(
            field,
            compared.compared,
            place=compared.place,
            case_sensitive=self.expansion.resolved.case_sensitive,
        )
        sql = predicate(meaning, left, self.expansion.dialect, clock)
        return closed(sql) if sql else None


def _is_seen(dimension: Dimension) -> bool:
    """Whether it shows a date or time in the zone of the query, or one that has no zone."""
    if dimension.datatype in UNCONVERTED:
        return True
    if dimension.timeframe is not None:
        return dimension.timeframe is not Timeframe.RAW
    return dimension.type in (DimensionType.DATE, DimensionType.DATE_TIME)


class _Reading:
    """What is noted while a measure is read."""

    def __init__(self, aliases: set[str], unguarded: set[str], condition: str | None) -> None:
        self.aliases = aliases
        self.unguarded = unguarded
        self.condition = condition
        self.seen = False
