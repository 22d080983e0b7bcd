"""The semantic model: what LookML means once it is read, as frozen values that serialise.

Every name inside is settled: includes are followed, dimension groups are expanded into one dimension a
timeframe, defaults are filled in. SQL stays text in the warehouse's dialect with its `${…}` references;
`mainstem.semantics.references` reads those. Nothing here knows files, warehouses or requests.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """Where something was written: `file` relative to the project's folder, `line` counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class DimensionType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    YESNO = "yesno"
    DATE = "date"
    DATE_TIME = "date_time"


class Timeframe(StrEnum):
    """The timeframes of a dimension group. `raw` is the column as it stands."""

    RAW = "raw"
    TIME = "time"
    HOUR = "hour"
    DATE = "date"
    WEEK = "week"
    """Begins on Monday."""
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Datatype(StrEnum):
    """What the column under a date or time dimension holds."""

    DATE = "date"
    TIMESTAMP = "timestamp"


class MeasureType(StrEnum):
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"
    NUMBER = "number"
    """An expression over other measures; it aggregates nothing itself."""


class JoinType(StrEnum):
    LEFT_OUTER = "left_outer"
    INNER = "inner"
    FULL_OUTER = "full_outer"
    CROSS = "cross"


class Relationship(StrEnum):
    """Rows of the explore so far, to rows of the joined view."""

    MANY_TO_ONE = "many_to_one"
    ONE_TO_ONE = "one_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_MANY = "many_to_many"


class Dimension(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="dimension"):
    """One dimension, or one timeframe of a dimension group."""

    name: str
    type: DimensionType
    sql: str
    """Of a timeframe: the group's own column; the timeframe is applied by the query."""
    label: str
    origin: Origin
    description: str | None = None
    group_label: str | None = None
    hidden: bool = False
    primary_key: bool = False
    value_format: str | None = None
    value_format_name: str | None = None
    drill_fields: tuple[str, ...] = ()
    dimension_group: str | None = None
    timeframe: Timeframe | None = None
    datatype: Datatype | None = None
    """Set on everything about dates and times, None on the rest."""


class MeasureFilter(msgspec.Struct, frozen=True):
    """One `filters:` entry of a measure: only rows that match are aggregated."""

    field: str
    """As written: `field` of the same view, or `view.field`."""
    expression: str
    origin: Origin


class Measure(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="measure"):
    name: str
    type: MeasureType
    label: str
    origin: Origin
    sql: str | None = None
    """None only for a plain count."""
    filters: tuple[MeasureFilter, ...] = ()
    description: str | None = None
    group_label: str | None = None
    hidden: bool = False
    value_format: str | None = None
    value_format_name: str | None = None
    drill_fields: tuple[str, ...] = ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A view reads `sql_table_name`, or `derived_sql` when that is set (then the former is None)."""

    name: str
    label: str
    origin: Origin
    sql_table_name: str | None = None
    derived_sql: str | None = None
    description: str | None = None
    dimensions: dict[str, Dimension] = {}
    """In the order they were written."""
    measures: dict[str, Measure] = {}
    omitted: dict[str, str] = {}
    """Fields that were written but could not be kept, with the reason."""

    @property
    def fields(self) -> tuple[Dimension | Measure, ...]:
        return (*self.dimensions.values(), *self.measures.values())

    def field(self, name: str) -> Dimension | Measure | None:
        return self.dimensions.get(name) or self.measures.get(name)

    @property
    def primary_key(self) -> Dimension | None:
        return next((d for d in self.dimensions.values() if d.primary_key), None)


class Join(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """The alias fields are addressed by."""
    view: str
    """The view it reads: `from`, or the join's own name."""
    type: JoinType
    relationship: Relationship
    origin: Origin
    sql_on: str | None = None
    """None only for a cross join."""
    view_label: str | None = None


class Explore(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    label: str
    alias: str
    """What the base view's fields are addressed by: the explore's name, or its `view_name`."""
    view: str
    """The base view it reads: `from`, or the alias."""
    origin: Origin
    description: str | None = None
    group_label: str | None = None
    view_label: str | None = None
    hidden: bool = False
    joins: dict[str, Join] = {}
    sql_always_where: str | None = None

    def views(self) -> dict[str, str]:
        """Alias → name of the view, base first."""
        return {self.alias: self.view} | {join.name: join.view for join in self.joins.values()}


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """One `*.model.lkml` with everything it includes."""

    name: str
    label: str
    connection: str | None
    origin: Origin
    views: dict[str, View] = {}
    explores: dict[str, Explore] = {}
    omitted: frozenset[str] = frozenset()
    """Views and explores that were written but could not be kept."""
