"""LookML dashboards as frozen values: what each tile asks for, and which filters it listens to.

What a tile looks like stays a plain mapping (`vis`): promised here is the query of a tile, not its paint.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from mainstem.semantics.model import Origin


class ElementType(StrEnum):
    SINGLE_VALUE = "single_value"
    LINE = "looker_line"
    COLUMN = "looker_column"
    BAR = "looker_bar"
    AREA = "looker_area"
    TABLE = "table"


class FilterType(StrEnum):
    FIELD = "field_filter"
    DATE = "date_filter"
    STRING = "string_filter"
    NUMBER = "number_filter"


class DashboardFilter(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    type: FilterType
    origin: Origin
    default_value: str = ""
    """A filter expression; empty means any value."""
    model: str | None = None
    explore: str | None = None
    field: str | None = None
    """`view.field`; set on every field_filter."""
    allow_multiple_values: bool = True
    required: bool = False
    ui_config: dict[str, Any] = {}
    """As written."""


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """One tile."""

    name: str
    title: str
    type: ElementType
    model: str
    explore: str
    fields: tuple[str, ...]
    origin: Origin
    filters: dict[str, str] = {}
    """`view.field` → filter expression."""
    pivots: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    limit: int | None = None
    """None: the default, 500."""
    listen: dict[str, str] = {}
    """Name of a dashboard filter → the `view.field` it filters here."""
    row: int | None = None
    """Grid row, from 0; a newspaper layout has 24 columns."""
    col: int | None = None
    width: int | None = None
    height: int | None = None
    note_text: str | None = None
    note_state: str | None = None
    note_display: str | None = None
    subtitle_text: str | None = None
    vis: dict[str, Any] = {}
    """Every other key of the element, as written: colours, axes, labels."""
    lines: dict[str, int] = {}
    """Key → the line it stands in."""

    def origin_of(self, key: str) -> Origin:
        return Origin(self.origin.file, self.lines.get(key, self.origin.line))


class Dashboard(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    layout: str
    origin: Origin
    description: str | None = None
    filters: tuple[DashboardFilter, ...] = ()
    elements: tuple[Element, ...] = ()

    def filter_named(self, name: str) -> DashboardFilter | None:
        return next((f for f in self.filters if f.name == name), None)

    def element_named(self, name: str) -> Element | None:
        return next((e for e in self.elements if e.name == name), None)
