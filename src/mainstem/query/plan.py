"""What the passes hand to one another: plain, frozen, serialisable values.

    Request ─resolve▶ Resolved ─expand▶ Expanded ─joins▶ Joined ─aggregate▶ Aggregated
                                                       ─conditions▶ Conditions ─render▶ SQL

Each pass sees only these types, never another pass.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import msgspec

from mainstem.semantics.model import (
    Dimension,
    Explore,
    FilterField,
    Join,
    JoinType,
    Measure,
    MeasureType,
    Model,
    Parameter,
    View,
)

CUSTOM = "_custom"
"""Stands for a view in references to dimensions of the request alone; no view has that name."""


class FieldUse(msgspec.Struct, frozen=True):
    """A field of an explore, under the alias of its view. Fields of the request alone (custom dimensions
    and measures) have the alias of the view they are based on, and are named by their name alone."""

    alias: str
    field: Dimension | Measure
    custom: bool = False

    @property
    def name(self) -> str:
        return self.field.name if self.custom else f"{self.alias}.{self.field.name}"


class FilterUse(msgspec.Struct, frozen=True):
    use: FieldUse
    expression: str
    nothing: bool = False
    """No row fulfils it: the asker lacks the attribute that would say which do."""


class InputUse(msgspec.Struct, frozen=True):
    """What a filter-only field or a parameter holds in this request."""

    alias: str
    field: FilterField | Parameter
    value: str
    """A filter expression, or a parameter's value; the default where the request says nothing."""
    given: bool
    """Whether the request says it."""

    @property
    def name(self) -> str:
        return f"{self.alias}.{self.field.name}"


class Sort(msgspec.Struct, frozen=True):
    name: str
    """`view.field`, one of the selected."""
    descending: bool
    column: int | None = None
    """Of a measure under pivots: which pivoted column it is sorted by, from 0."""


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose every name was found."""

    explore: Explore
    views: dict[str, View]
    """Alias → view, base first."""
    model_views: dict[str, View]
    """All views of the model by name, for `${view.SQL_TABLE_NAME}`."""
    dimensions: tuple[FieldUse, ...]
    measures: tuple[FieldUse, ...]
    pivots: tuple[str, ...]
    filters: tuple[FilterUse, ...]
    """The request's, those that always apply, and those that apply as nothing else does."""
    sorts: tuple[Sort, ...]
    """Complete: Looker's default order when none was asked for."""
    limit: int | None
    model: Model | None = None
    inputs: tuple[InputUse, ...] = ()
    """Every filter-only field and parameter of the explore."""
    access: tuple[FilterUse, ...] = ()
    """What the asker may see. Filters apply before anything is counted, and nobody can widen them."""
    timezone: str | None = None
    """What people see times in; None where nothing is converted."""
    case_sensitive: bool = True
    """Whether filters on text tell `a` from `A`."""
    held_grants: frozenset[str] | None = None
    """Access grants of the asker; None of whoever may see everything."""
    expressions: dict[str, str] = {}
    """Of fields of the request alone, by name: what a custom dimension is, which rows a custom measure
    takes; in the language of table calculations."""
    filter_expression: str | None = None
    """The request's condition in that language."""
    is_beside: bool = False
    """Whether it stands beside a question that has the order of its rows and pivoted columns."""


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """One aggregation inside a measure, its SQL not yet decided: that depends on the joins."""

    alias: str
    measure: str
    type: MeasureType
    sql: str | None
    """What is aggregated; None for a count."""
    condition: str | None
    """The measure's own filters as a predicate."""
    primary_key: str | None
    """SQL of the view's primary key; None where it has none: rows are numbered then."""
    others: tuple[tuple[str, str | None], ...] = ()
    """Other views that what is aggregated reads: alias and SQL of the primary key."""
    distinct_key: str | None = None
    """SQL of `sql_distinct_key`: each of its values counts once, whatever the joins do."""
    percentile: Decimal | None = None
    approximate: bool = False


MeasurePart: TypeAlias = str | Aggregate


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """A dimension or a condition in the warehouse's SQL."""

    sql: str
    """What a SELECT shows."""
    compared: str
    """What a filter compares: the raw column under a timeframe, the bare condition of a yesno."""
    aliases: tuple[str, ...]
    """Every view it reads, sorted."""
    order: str | None = None
    """SQL to sort by instead of what is shown: the number of a month under its name, of a tier, of a case,
    an `order_by_field`. It is the same wherever what is shown is."""
    place: tuple[str, str] | None = None
    """Latitude and longitude, of a location."""


class MeasureExpression(msgspec.Struct, frozen=True, kw_only=True):
    parts: tuple[MeasurePart, ...]
    aliases: tuple[str, ...]
    unguarded: tuple[str, ...] = ()
    """Views whose rows the measure's own text aggregates, out of the reach of any rule."""


class Expanded(msgspec.Struct, frozen=True, kw_only=True):
    """Every reference replaced by SQL."""

    dimensions: dict[str, Expression]
    """By `view.field`; selected ones and those filtered by."""
    measures: dict[str, MeasureExpression]
    tables: dict[str, str]
    """Alias → what stands in FROM for it: a table, or the name of one of `ctes`."""
    on: dict[str, Expression]
    """Alias of a join → its condition; a cross join has none."""
    always_where: Expression | None
    ctes: dict[str, str] = {}
    """Name → query of each derived table that is read, each after those it reads itself."""
    raw_joins: dict[str, Expression] = {}
    """Alias of a join written as a whole clause (`sql:`) → that clause."""
    join_where: dict[str, Expression] = {}
    """Alias of a join → its `sql_where`."""
    inputs: tuple[Expression, ...] = ()
    """Conditions that filter-only fields with SQL of their own come to."""
    having: tuple[str, ...] = ()
    """Keys of `measures` that are no field: conditions every group fulfils."""
    preamble: str | None = None


class JoinStep(msgspec.Struct, frozen=True, kw_only=True):
    alias: str
    table: str
    type: JoinType
    on: str | None
    raw: str | None = None
    """The whole clause as written; the rest says nothing then."""


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The joins a request needs, and whose rows they repeat."""

    base: str
    base_table: str
    steps: tuple[JoinStep, ...]
    fanned_out: dict[str, Join]
    """Alias → the join that repeats rows of that view. Views left out keep one row each."""
    ones: dict[str, frozenset[str]]
    """Alias → the other aliases of which a row of that view has one row at most."""
    optional: frozenset[str]
    """Aliases whose rows may be missing (all NULL) from a joined row."""
    where: tuple[str, ...] = ()
    """What the joins that are made ask of every row."""
    unnumbered: frozenset[str] = frozenset()
    """Aliases whose table is no table of ours to number the rows of: that of a raw clause, or none at all."""


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that a join repeats, made one a key before anything is added up: a query inside the query."""

    key: str
    """SQL the inner rows are grouped by beside the dimensions."""
    columns: dict[str, str]
    """Column of the inner query → its SQL, an aggregate over the rows of one key."""


class Aggregated(msgspec.Struct, frozen=True, kw_only=True):
    measures: dict[str, str]
    """`view.measure` → SQL; over the columns of `once` where that is set."""
    once: Once | None = None
    numbered: frozenset[str] = frozenset()
    """Aliases whose rows get a number, since their view has no primary key."""
    warnings: tuple[str, ...] = ()
    """What cannot be promised of these numbers."""


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    where: tuple[str, ...]
    having: tuple[str, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The groups a total is about: those of another query."""

    sql: str
    names: tuple[str, ...]
    """Its dimensions; a row belongs to one of its groups when they are all the same."""
