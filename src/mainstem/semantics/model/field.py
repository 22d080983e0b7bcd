"""The four kinds of field: dimensions, measures, filter-only fields, parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import msgspec

from mainstem.semantics.model.origin import Origin
from mainstem.semantics.model.types import (
    Datatype,
    DimensionType,
    InputType,
    Interval,
    MeasureType,
    TierStyle,
    Timeframe,
)


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of a cell's menu. Both are Liquid; a url that renders to nothing is not shown."""

    label: str
    url: str
    icon_url: str | None = None


class When(msgspec.Struct, frozen=True, omit_defaults=True):
    """One branch of a `case:`."""

    sql: str
    label: str


class FieldFilter(msgspec.Struct, frozen=True):
    """A filter that LookML itself sets: `filters:` of a measure, of a derived table, of an explore."""

    field: str
    """As written: `field` of the same view, or `view.field`."""
    expression: str
    origin: Origin


class Presentation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a field is shown, found, offered and filtered; nothing of it changes a number."""

    description: str | None = None
    view_label: str | None = None
    """Under which heading it stands, instead of its view's label."""
    group_label: str | None = None
    group_item_label: str | None = None
    label_from_parameter: str | None = None
    hidden: bool = False
    value_format: str | None = None
    value_format_name: str | None = None
    html: str | None = None
    """Liquid."""
    links: tuple[Link, ...] = ()
    drill_fields: tuple[str, ...] = ()
    """As written: fields, sets (`set*`), exclusions (`-field`)."""
    tags: tuple[str, ...] = ()
    can_filter: bool = True
    case_sensitive: bool | None = None
    """Whether filters on it tell `a` from `A`; None: as the explore says."""
    suggestable: bool = True
    suggestions: tuple[str, ...] = ()
    suggest_explore: str | None = None
    suggest_dimension: str | None = None
    required_fields: tuple[str, ...] = ()
    """As written; they are part of every query that has this field."""
    required_access_grants: tuple[str, ...] = ()


class Dimension(
    Presentation, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="dimension"
):
    """One dimension, or one timeframe or interval of a dimension group."""

    name: str
    type: DimensionType
    sql: str
    """Of a timeframe: the group's own column; the timeframe is applied by the query. Empty where `case`,
    `latitude` or `start` says all."""
    label: str
    origin: Origin
    primary_key: bool = False
    dimension_group: str | None = None
    timeframe: Timeframe | None = None
    """Also of a dimension written as `type: date_month`."""
    datatype: Datatype | None = None
    """Set on everything about dates and times, None on the rest."""
    convert_tz: bool = True
    interval: Interval | None = None
    """Of a duration, from `sql_start` to `sql_end`."""
    sql_start: str | None = None
    sql_end: str | None = None
    tiers: tuple[Decimal, ...] = ()
    style: TierStyle = TierStyle.CLASSIC
    case: tuple[When, ...] = ()
    case_else: str | None = None
    sql_latitude: str | None = None
    sql_longitude: str | None = None
    start_location_field: str | None = None
    end_location_field: str | None = None
    units: str = "miles"
    """Of a distance: feet, kilometers, meters, miles, nautical_miles, yards."""
    order_by_field: str | None = None
    """As written; sorting by this dimension sorts by that one."""
    alpha_sort: bool = False
    """Of a `case`: sort by the labels instead of the order they are written in."""


class Measure(Presentation, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="measure"):
    name: str
    type: MeasureType
    label: str
    origin: Origin
    sql: str | None = None
    """None only for a plain count; of a list, see `list_field`."""
    filters: tuple[FieldFilter, ...] = ()
    """Only rows that match all of them are aggregated."""
    sql_distinct_key: str | None = None
    """Of the `…_distinct` types: the key each value is counted once for."""
    percentile: Decimal | None = None
    """0 to 100."""
    precision: int | None = None
    approximate: bool = False
    list_field: str | None = None
    direction: str | None = None
    """Of measures over rows: `row`, across pivoted columns; `column` or None, down the rows."""


class FilterField(
    Presentation, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="filter"
):
    """A field that is only ever filtered by: Liquid reads it, or its own `sql` does."""

    name: str
    type: InputType
    label: str
    origin: Origin
    sql: str | None = None
    """A condition that stands in WHERE when the filter has a value."""
    default_value: str = ""
    """A filter expression."""
    datatype: Datatype | None = None
    convert_tz: bool = True


class AllowedValue(msgspec.Struct, frozen=True):
    label: str
    value: str


class Parameter(
    Presentation, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="parameter"
):
    """A field that holds one value, which Liquid puts into SQL, labels and formats."""

    name: str
    type: InputType
    label: str
    origin: Origin
    allowed_values: tuple[AllowedValue, ...] = ()
    """Empty: any value of the type."""
    default_value: str = ""
    convert_tz: bool = True


ViewField: TypeAlias = Dimension | Measure | FilterField | Parameter
MeasureFilter = FieldFilter
