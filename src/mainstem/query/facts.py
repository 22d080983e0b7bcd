"""Facts for tracing a number back: tile → explore → view → table."""

from __future__ import annotations

import msgspec

from mainstem.query.result import ColumnKind


class FieldFacts(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """`view.field`, the view by its alias in the explore."""
    label: str
    kind: ColumnKind
    type: str
    """LookML's type: string, number, yesno, date, date_time, count, sum, …"""
    view: str
    """Name of the view behind the alias."""
    description: str | None
    sql: str | None
    """As written."""
    defined_at: str
    """`file:line`"""


class ViewFacts(msgspec.Struct, frozen=True, kw_only=True):
    alias: str
    view: str
    label: str
    sql_table_name: str | None
    """None when the view is a derived table."""
    derived_sql: str | None
    defined_at: str


class ElementFacts(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    explore: str
    explore_label: str
    explore_defined_at: str
    views: tuple[ViewFacts, ...]
    """The views the tile reads, base first."""
    fields: tuple[FieldFacts, ...]
