"""Explores, their joins, and what guards them."""

from __future__ import annotations

import msgspec

from mainstem.semantics.model.field import FieldFilter
from mainstem.semantics.model.origin import Origin
from mainstem.semantics.model.types import JoinType, Relationship


class Join(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    """The alias fields are addressed by."""
    view: str
    """The view it reads: `from`, or the join's own name."""
    type: JoinType
    relationship: Relationship
    origin: Origin
    sql_on: str | None = None
    """None for a cross join, and where `sql` says all. `foreign_key: f` is settled to its condition."""
    sql: str | None = None
    """A raw join: the whole clause, `LEFT JOIN … ON …`, or commas and lateral joins. Empty for a view that
    reads no table of its own (`sql: ;;`, or no condition at all): its fields read the others, or none."""
    sql_where: str | None = None
    """Stands in WHERE whenever the join is made."""
    sql_table_name: str | None = None
    """Instead of the view's."""
    required_joins: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = None
    """Which fields of the view the explore offers, as written; None means all."""
    view_label: str | None = None
    required_access_grants: tuple[str, ...] = ()


class AccessFilter(msgspec.Struct, frozen=True):
    """Only rows whose `field` matches the asker's attribute, a filter expression."""

    field: str
    user_attribute: str
    origin: Origin


class AlwaysFilter(msgspec.Struct, frozen=True):
    """A filter that cannot be taken away; people may change its value."""

    filters: tuple[FieldFilter, ...] = ()


class ConditionalFilter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters that apply unless one of the fields in `unless` is filtered."""

    filters: tuple[FieldFilter, ...] = ()
    unless: tuple[str, ...] = ()


class ExploreQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ready-made question, `query:` of an explore."""

    name: str
    label: str
    origin: Origin
    description: str | None = None
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    filters: tuple[FieldFilter, ...] = ()
    pivots: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    limit: int | None = None
    timezone: str | None = None


class Explore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    tags: tuple[str, ...] = ()
    joins: dict[str, Join] = {}
    fields: tuple[str, ...] | None = None
    """Which fields it offers, as written; None means all."""
    always_join: tuple[str, ...] = ()
    always_filter: AlwaysFilter | None = None
    conditionally_filter: ConditionalFilter | None = None
    access_filters: tuple[AccessFilter, ...] = ()
    required_access_grants: tuple[str, ...] = ()
    sql_always_where: str | None = None
    sql_always_having: str | None = None
    sql_table_name: str | None = None
    """Instead of the base view's."""
    sql_preamble: str | None = None
    case_sensitive: bool | None = None
    """None: as the model says."""
    queries: dict[str, ExploreQuery] = {}
    omitted: dict[str, str] = {}
    """Joins that were written but could not be kept, with the reason."""

    def views(self) -> dict[str, str]:
        """Alias → name of the view, base first."""
        return {self.alias: self.view} | {join.name: join.view for join in self.joins.values()}
