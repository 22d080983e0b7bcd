"""Views and what they read: a table, or a derived table."""

from __future__ import annotations

import msgspec

from mainstem.semantics.model.field import Dimension, FieldFilter, FilterField, Measure, Parameter, ViewField
from mainstem.semantics.model.origin import Origin


class SourceColumn(msgspec.Struct, frozen=True):
    """A column of a derived table: `name` in the table, `field` of the explore: `view.field`, or one of its
    base view by its name alone."""

    name: str
    field: str


class DerivedColumn(msgspec.Struct, frozen=True):
    name: str
    sql: str
    """Over the columns of the same derived table; window functions may stand here."""


class BoundFilter(msgspec.Struct, frozen=True):
    """The asker's filter on `from_field` filters `to_field` of the inner query."""

    from_field: str
    to_field: str


class ExploreSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A query of an explore of the same model, read as a table."""

    explore: str
    origin: Origin
    columns: tuple[SourceColumn, ...] = ()
    derived_columns: tuple[DerivedColumn, ...] = ()
    filters: tuple[FieldFilter, ...] = ()
    expression_custom_filter: str | None = None
    bind_filters: tuple[BoundFilter, ...] = ()
    bind_all_filters: bool = False
    sorts: tuple[str, ...] = ()
    """`view.field`, `view.field desc`."""
    limit: int | None = None
    timezone: str | None = None


class Persistence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a derived table would be rebuilt, as written. Queries read every derived table as a CTE."""

    datagroup_trigger: str | None = None
    sql_trigger_value: str | None = None
    persist_for: str | None = None
    increment_key: str | None = None


class DerivedTable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Either `sql` or `explore_source` is set."""

    origin: Origin
    sql: str | None = None
    explore_source: ExploreSource | None = None
    persistence: Persistence | None = None


class View(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A view reads `sql_table_name`, or `derived_table` when that is set (then the former is None)."""

    name: str
    label: str
    origin: Origin
    sql_table_name: str | None = None
    derived_table: DerivedTable | None = None
    description: str | None = None
    view_label: str | None = None
    suggestions: bool = True
    required_access_grants: tuple[str, ...] = ()
    dimensions: dict[str, Dimension] = {}
    """In the order they were written."""
    measures: dict[str, Measure] = {}
    filters: dict[str, FilterField] = {}
    parameters: dict[str, Parameter] = {}
    sets: dict[str, tuple[str, ...]] = {}
    """As written: fields, sets (`set*`, `ALL_FIELDS*`), exclusions (`-field`)."""
    drill_fields: tuple[str, ...] = ()
    """Of every field that has none of its own."""
    omitted: dict[str, str] = {}
    """Fields that were written but could not be kept, with the reason."""

    @property
    def derived_sql(self) -> str | None:
        return self.derived_table.sql if self.derived_table else None

    @property
    def fields(self) -> tuple[Dimension | Measure, ...]:
        """What can be selected."""
        return (*self.dimensions.values(), *self.measures.values())

    @property
    def inputs(self) -> tuple[FilterField | Parameter, ...]:
        """What can only be filtered by."""
        return (*self.filters.values(), *self.parameters.values())

    def field(self, name: str) -> Dimension | Measure | None:
        return self.dimensions.get(name) or self.measures.get(name)

    def any_field(self, name: str) -> ViewField | None:
        return self.field(name) or self.filters.get(name) or self.parameters.get(name)

    @property
    def primary_key(self) -> Dimension | None:
        return next((d for d in self.dimensions.values() if d.primary_key), None)
