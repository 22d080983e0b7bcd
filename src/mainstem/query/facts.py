"""Facts for tracing a number back: tile → explore → view → table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class FieldKind(StrEnum):
    DIMENSION = "dimension"
    MEASURE = "measure"
    FILTER = "filter"
    """Only ever filtered by."""
    PARAMETER = "parameter"


class FieldFacts(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """`view.field`, the view by its alias in the explore."""
    label: str
    kind: FieldKind
    type: str
    """LookML's type: string, number, yesno, date, date_time, count, sum, …"""
    view: str
    """Name of the view behind the alias."""
    description: str | None
    sql: str | None
    """As written."""
    defined_at: str
    """`file:line`"""
    rendered: str | None = None
    """What it becomes in the warehouse's SQL when it is asked for alone; None of what has no SQL."""
    problem: str | None = None
    """Why it has none, where it should."""
    hidden: bool = False


class ViewFacts(msgspec.Struct, frozen=True, kw_only=True):
    alias: str
    view: str
    label: str
    sql_table_name: str | None
    """None when the view is a derived table."""
    derived_sql: str | None
    """As written; None also of one that is a query of an explore."""
    defined_at: str
    explore_source: str | None = None
    """The explore whose query it is."""


class ElementFacts(msgspec.Struct, frozen=True, kw_only=True):
    model: str
    explore: str
    explore_label: str
    explore_defined_at: str
    views: tuple[ViewFacts, ...]
    """The views the tile reads, base first."""
    fields: tuple[FieldFacts, ...]


def facts_of_all(several: Iterable[ElementFacts]) -> ElementFacts:
    """Of questions whose answers are merged: the first's explore, the views and fields of all."""
    first, *others = several
    if not others:
        return first
    return msgspec.structs.replace(
        first,
        views=tuple(dict.fromkeys(view for one in (first, *others) for view in one.views)),
        fields=tuple(dict.fromkeys(field for one in (first, *others) for field in one.fields)),
    )
