"""LookML dashboards as frozen values: what each tile asks for, where it stands, which filters it hears.

What a tile looks like stays a plain mapping (`vis`), but for what changes which cells are seen how
(conditional formatting): promised here is the query of a tile, not its paint. Whatever layout a dashboard was
written in, every tile has its place in a grid of 24 columns.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from mainstem.semantics.dynamic import DynamicField, TableCalculation
from mainstem.semantics.model import Origin

COLUMNS = 24
"""Of the grid tiles stand in; a row is as high as Looker's newspaper rows, 50 px."""


class Layout(StrEnum):
    NEWSPAPER = "newspaper"
    GRID = "grid"
    STATIC = "static"
    TILE = "tile"


class ElementType(StrEnum):
    SINGLE_VALUE = "single_value"
    SINGLE_RECORD = "looker_single_record"
    LINE = "looker_line"
    COLUMN = "looker_column"
    BAR = "looker_bar"
    AREA = "looker_area"
    PIE = "looker_pie"
    DONUT = "looker_donut_multiples"
    SCATTER = "looker_scatter"
    BOXPLOT = "looker_boxplot"
    WATERFALL = "looker_waterfall"
    FUNNEL = "looker_funnel"
    TIMELINE = "looker_timeline"
    WORDCLOUD = "looker_wordcloud"
    MAP = "looker_map"
    GOOGLE_MAP = "looker_google_map"
    GEO_COORDINATES = "looker_geo_coordinates"
    GEO_CHOROPLETH = "looker_geo_choropleth"
    TABLE = "table"
    GRID = "looker_grid"
    TEXT = "text"
    BUTTON = "button"
    CUSTOM = "custom"
    """A visualisation somebody added to Looker; its name is the element's `visualization`."""


KNOWN_VISUALIZATIONS = frozenset({"sankey", "sankey_marketplace::sankey"})
"""Of those that are none of Looker's own, the ones that are drawn."""

WITHOUT_QUERY = frozenset({ElementType.TEXT, ElementType.BUTTON})


class FilterType(StrEnum):
    FIELD = "field_filter"
    DATE = "date_filter"
    STRING = "string_filter"
    NUMBER = "number_filter"


class DashboardFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    listens_to_filters: tuple[str, ...] = ()
    """Names of the filters that narrow what this one offers."""
    ui_config: dict[str, Any] = {}
    """As written: `type` is the widget (advanced, button_group, button_toggles, checkboxes, day_picker,
    day_range_picker, dropdown_menu, radio_buttons, range_slider, relative_timeframes, slider, tag_list),
    `display` inline, popover or overflow, `options` its values or bounds."""


class FormatRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of `conditional_formatting`."""

    type: str
    """`equal to`, `not equal to`, `greater than`, `less than`, `between`, `not between`, `null`, `not null`,
    `along a scale...`, `low to high`, `high to low`."""
    values: tuple[float | str, ...] = ()
    """One value, two for a range, none for the rest."""
    fields: tuple[str, ...] = ()
    """Columns it applies to; none: every measure."""
    background_color: str | None = None
    font_color: str | None = None
    palette: tuple[str, ...] = ()
    """Colours of a scale, from its low end."""
    bold: bool = False
    italic: bool = False
    strikethrough: bool = False


class TextBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a text tile says."""

    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    """Markdown, and whatever HTML its writer put in: nothing that may be shown without being cleaned."""
    address: str | None = None
    """Where a button leads, as written."""


class Element(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tile."""

    name: str
    title: str
    type: ElementType
    origin: Origin
    model: str = ""
    """Empty of tiles that ask nothing."""
    explore: str = ""
    fields: tuple[str, ...] = ()
    visualization: str = ""
    """The type as written."""
    text: TextBody | None = None
    unsupported: str | None = None
    """Why nothing is asked, of a tile that would have a query in Looker."""
    filters: dict[str, str] = {}
    """`view.field` → filter expression."""
    filter_expression: str | None = None
    pivots: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    limit: int | None = None
    """None: the default, 500."""
    column_limit: int | None = None
    totals: bool = False
    row_totals: bool = False
    subtotals: tuple[str, ...] = ()
    fill_fields: tuple[str, ...] = ()
    hidden_fields: tuple[str, ...] = ()
    """Fields that are asked for, since calculations read them, and not shown."""
    dynamic_fields: tuple[DynamicField, ...] = ()
    timezone: str | None = None
    listen: dict[str, str] = {}
    """Name of a dashboard filter → the `view.field` it filters here."""
    refresh: str | None = None
    """As written, such as `10 minutes`."""
    row: int | None = None
    """Grid row, from 0."""
    col: int | None = None
    width: int | None = None
    height: int | None = None
    note_text: str | None = None
    note_state: str | None = None
    note_display: str | None = None
    subtitle_text: str | None = None
    conditional_formatting: tuple[FormatRule, ...] = ()
    vis: dict[str, Any] = {}
    """Every other key of the element, as written: colours, axes, labels, series types."""
    lines: dict[str, int] = {}
    """Key → the line it stands in."""
    merged: tuple[MergedQuery, ...] = ()
    """Further queries (`merged_queries`); what is said above of a query is said of the first."""
    merged_fields: tuple[TableCalculation, ...] = ()
    """Worked out from the merged columns."""
    merged_sorts: tuple[str, ...] = ()
    merged_pivots: tuple[str, ...] = ()

    @property
    def hears(self) -> frozenset[str]:
        """Names of the dashboard's filters that one of its queries hears."""
        return frozenset(self.listen).union(*(one.element.listen for one in self.merged))

    @property
    def asks(self) -> bool:
        """Whether it has a query."""
        return self.type not in WITHOUT_QUERY and self.unsupported is None

    def origin_of(self, key: str) -> Origin:
        return Origin(self.origin.file, self.lines.get(key, self.origin.line))


class MergedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query whose rows are joined to those of the queries before it, which all stay."""

    element: Element
    """It, as a tile of its own would ask it."""
    joins: tuple[tuple[str, str], ...]
    """A column of its own, and the merged one that it equals."""


class Dashboard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    title: str
    layout: str
    """As written; places are settled whatever it says."""
    origin: Origin
    description: str | None = None
    refresh: str | None = None
    crossfilter_enabled: bool = False
    filters_bar_collapsed: bool = False
    auto_run: bool = True
    """Whether a filter that was changed applies at once, or when Run is pressed."""
    filters: tuple[DashboardFilter, ...] = ()
    elements: tuple[Element, ...] = ()
    omitted: dict[str, str] = {}
    """Elements that were written but could not be kept, with the reason."""

    def filter_named(self, name: str) -> DashboardFilter | None:
        return next((f for f in self.filters if f.name == name), None)
