"""A dimension → SQL, by its type: what is shown, what a filter compares, what it is sorted by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.query.expanding import cases, moments, places, tiers, timeframes
from mainstem.query.expanding.text import operand
from mainstem.query.plan import Expression
from mainstem.semantics.filtering import Grammar, grammar_of
from mainstem.semantics.model import Datatype, Dimension, DimensionType, Timeframe
from mainstem.semantics.references import Field

if TYPE_CHECKING:
    from mainstem.query.expanding.expansion import Expansion
    from mainstem.query.expanding.places import Place

_TIERS = (DimensionType.TIER, DimensionType.BIN)


class DimensionSql:
    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self.dialect = expansion.dialect
        self.clock = expansion.clock

    def expression(self, alias: str, dimension: Dimension) -> Expression:
        reads = {alias}
        shown, compared, order, place = self._by_type(alias, dimension, reads)
        return Expression(
            sql=shown,
            compared=compared,
            aliases=tuple(sorted(reads)),
            order=order if order != shown else None,
            place=place,
        )

    def _by_type(
        self, alias: str, dimension: Dimension, reads: set[str]
    ) -> tuple[str, str, str | None, Place | None]:
        if dimension.case:
            return self._case(alias, dimension, reads)
        if dimension.type is DimensionType.DURATION:
            shown = self._duration(alias, dimension, reads)
            return shown, operand(shown), None, None
        if dimension.type is DimensionType.LOCATION:
            place = self._place(alias, dimension, reads)
            shown = places.shown(place, self.dialect)
            return shown, operand(shown), None, place
        if dimension.type is DimensionType.DISTANCE:
            shown = self._distance(alias, dimension, reads)
            return shown, operand(shown), None, None
        raw = self.expansion.sql(alias, dimension.sql, reads)
        if dimension.timeframe is not None or dimension.type in (DimensionType.DATE, DimensionType.DATE_TIME):
            shown, compared, order = self._time(dimension, operand(raw))
            return shown, compared, order, None
        if dimension.type in _TIERS:
            shown = tiers.label(dimension, operand(raw), self.dialect)
            return shown, operand(shown), tiers.position(dimension, operand(raw), self.dialect), None
        shown = f"COALESCE({raw}, FALSE)" if dimension.type is DimensionType.YESNO else raw
        return shown, operand(raw), None, None

    def _time(self, dimension: Dimension, raw: str) -> tuple[str, str, str | None]:
        timeframe = dimension.timeframe or (
            Timeframe.DATE if dimension.type is DimensionType.DATE else Timeframe.TIME
        )
        if timeframe is Timeframe.RAW:
            return raw, raw, None
        datatype = dimension.datatype or Datatype.TIMESTAMP
        seen = moments.seen(raw, datatype, dimension.convert_tz, self.dialect, self.clock)
        shown = timeframes.shown(timeframe, seen, datatype, self.dialect, self.clock)
        order = timeframes.order(timeframe, seen, self.dialect, self.clock)
        by_date = grammar_of(dimension) is Grammar.DATE
        return shown, raw if by_date else operand(shown), order

    def _case(
        self, alias: str, dimension: Dimension, reads: set[str]
    ) -> tuple[str, str, str | None, Place | None]:
        conditions = [self.expansion.sql(alias, when.sql, reads) for when in dimension.case]
        labels = [when.label for when in dimension.case]
        shown = cases.label(conditions, labels, dimension.case_else, self.dialect)
        order = None if dimension.alpha_sort else cases.position(conditions, dimension.case_else)
        return shown, operand(shown), order, None

    def _duration(self, alias: str, dimension: Dimension, reads: set[str]) -> str:
        if dimension.sql_start is None or dimension.sql_end is None or dimension.interval is None:
            raise QueryError(f"{dimension.origin}: duration {dimension.name} lacks sql_start or sql_end")
        datatype = dimension.datatype or Datatype.TIMESTAMP
        start, end = (
            moments.stored(operand(self.expansion.sql(alias, text, reads)), datatype, self.dialect)
            for text in (dimension.sql_start, dimension.sql_end)
        )
        return self.dialect.elapsed(dimension.interval, start, end)

    def _place(self, alias: str, dimension: Dimension, reads: set[str]) -> Place:
        if dimension.sql_latitude is None or dimension.sql_longitude is None:
            raise QueryError(
                f"{dimension.origin}: location {dimension.name} lacks sql_latitude or sql_longitude"
            )
        latitude = self.expansion.sql(alias, dimension.sql_latitude, reads)
        longitude = self.expansion.sql(alias, dimension.sql_longitude, reads)
        return operand(latitude), operand(longitude)

    def _distance(self, alias: str, dimension: Dimension, reads: set[str]) -> str:
        start = self._location(alias, dimension, dimension.start_location_field, reads)
        end = self._location(alias, dimension, dimension.end_location_field, reads)
        return places.distance(start, end, dimension.units)

    def _location(self, alias: str, dimension: Dimension, name: str | None, reads: set[str]) -> Place:
        owner, found = self.expansion.find(alias, reference(name or ""))
        place = self.expansion.dimension(owner, found).place if isinstance(found, Dimension) else None
        if place is None:
            raise QueryError(
                f"{dimension.origin}: {name} is no location, which distance {dimension.name} needs"
            )
        reads.update(self.expansion.dimension(owner, found).aliases)  # type: ignore[arg-type] # a place is of a dimension
        return place

    def ordered(self, alias: str, dimension: Dimension) -> Expression:
        """With what `order_by_field` sorts it by, which may be made of the dimension itself."""
        own = self.expansion.dimension(alias, dimension)
        if not dimension.order_by_field:
            return own
        owner, found = self.expansion.find(alias, reference(dimension.order_by_field))
        if not isinstance(found, Dimension):
            return own
        by = self.expansion.dimension(owner, found)
        order = by.order or by.sql
        aliases = tuple(sorted({*own.aliases, *by.aliases}))
        return msgspec.structs.replace(own, aliases=aliases, order=order if order != own.sql else None)


def reference(name: str) -> Field:
    """`field` or `view.field`, as LookML's parameters name fields."""
    view, _, field = name.rpartition(".")
    return Field(view or None, field)
