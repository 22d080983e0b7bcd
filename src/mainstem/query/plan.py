"""What the passes hand to one another: plain, frozen, serialisable values.

    Request ─resolve▶ Resolved ─expand▶ Expanded ─joins▶ Joined ─aggregate▶ Aggregated
                                                                ─conditions▶ Conditions ─render▶ SQL

Each pass sees only these types, never another pass.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from mainstem.semantics.model import (
    Dimension,
    Explore,
    Join,
    JoinType,
    Measure,
    MeasureType,
    View,
)


class FieldUse(msgspec.Struct, frozen=True):
    """A field of an explore, under the alias of its view."""

    alias: str
    field: Dimension | Measure

    @property
    def name(self) -> str:
        return f"{self.alias}.{self.field.name}"


class FilterUse(msgspec.Struct, frozen=True):
    use: FieldUse
    expression: str


class Sort(msgspec.Struct, frozen=True):
    name: str
    """`view.field`, one of the selected."""
    descending: bool


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
    sorts: tuple[Sort, ...]
    """Complete: Looker's default order when none was asked for."""
    limit: int | None


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
    """SQL of the view's primary key."""


MeasurePart: TypeAlias = str | Aggregate


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """A dimension or a condition in the warehouse's SQL."""

    sql: str
    """What a SELECT shows."""
    compared: str
    """What a filter compares: the raw column under a timeframe, the bare condition of a yesno."""
    aliases: tuple[str, ...]
    """Every view it reads, sorted."""


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
    """Alias → what stands in FROM for it."""
    on: dict[str, Expression]
    """Alias of a join → its condition; a cross join has none."""
    always_where: Expression | None


class JoinStep(msgspec.Struct, frozen=True, kw_only=True):
    alias: str
    table: str
    type: JoinType
    on: str | None


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """The joins a request needs, and whose rows they repeat."""

    base: str
    base_table: str
    steps: tuple[JoinStep, ...]
    fanned_out: dict[str, Join]
    """Alias → the join that repeats rows of that view. Views left out keep one row each."""
    optional: frozenset[str]
    """Aliases whose rows may be missing (all NULL) from a joined row."""


class Aggregated(msgspec.Struct, frozen=True, kw_only=True):
    measures: dict[str, str]
    """`view.measure` → SQL."""


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    where: tuple[str, ...]
    having: tuple[str, ...]
