"""Which drawing suits an answer, told from its columns alone; and what people may choose instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.result import ColumnKind, OutputType
from mainstem.semantics.dashboard import KNOWN_VISUALIZATIONS, ElementType
from mainstem.web.charts.geo import has_coordinates

if TYPE_CHECKING:
    from mainstem.query.result import QueryResult
    from mainstem.web.explore.question import Question

CHOICES: tuple[tuple[str, str], ...] = (
    ("default", "What suits best"),
    ("table", "Table"),
    ("single_value", "Single value"),
    ("looker_column", "Columns"),
    ("looker_bar", "Bars"),
    ("looker_line", "Line"),
    ("looker_area", "Area"),
    ("looker_scatter", "Scatter"),
    ("looker_pie", "Pie"),
    ("looker_donut_multiples", "Donuts"),
    ("looker_funnel", "Funnel"),
    ("looker_waterfall", "Waterfall"),
    ("looker_boxplot", "Boxplot"),
    ("looker_timeline", "Timeline"),
    ("looker_map", "Map points"),
    ("looker_wordcloud", "Word cloud"),
    ("looker_single_record", "Single record"),
    ("sankey", "Sankey"),
)
"""(name as in the address, what people call it)."""

_MOST_BARS = 30
_MOST_COLUMNS = 60
_OVER_TIME = frozenset(("raw", "time", "hour", "date", "week", "month", "quarter", "year"))


def look_of(question: Question, result: QueryResult) -> tuple[ElementType, str]:
    """The type and the name of the drawing: what was chosen, else what suits."""
    chosen = question.visualization
    if chosen in KNOWN_VISUALIZATIONS:
        return ElementType.CUSTOM, chosen
    try:
        kind = ElementType(chosen) if chosen else suiting(result)
    except ValueError:
        return ElementType.TABLE, "table"
    return kind, kind.value


def suiting(result: QueryResult) -> ElementType:
    """One number alone: that number. Numbers over time: lines. Numbers by many numbers, or by places on the
    earth: points. Numbers by few values: bars, side by side where their names are short. All else, and what
    would be too much to see: a table."""
    columns = [column for column in result.columns if not column.hidden]
    down = [c for c in columns if c.kind is ColumnKind.DIMENSION and not c.pivoted]
    numbers = [c for c in columns if c.kind is not ColumnKind.DIMENSION and c.type is OutputType.NUMBER]
    others = [c for c in columns if c.kind is not ColumnKind.DIMENSION and c.type is not OutputType.NUMBER]
    rows = len(result.rows)
    if not numbers or others or len(down) > 1:
        return ElementType.TABLE
    if not down:
        return ElementType.SINGLE_VALUE if rows == 1 and len(numbers) == 1 else ElementType.TABLE
    if down[0].timeframe in _OVER_TIME or down[0].type in (OutputType.DATE, OutputType.TIME):
        return ElementType.LINE if rows > 1 else ElementType.TABLE
    if down[0].type is OutputType.NUMBER and rows > _MOST_BARS:
        return ElementType.SCATTER
    if has_coordinates(result):
        return ElementType.MAP
    if rows <= _MOST_BARS and any(c.pivoted for c in columns):
        return ElementType.COLUMN
    if rows <= _MOST_BARS:
        return ElementType.BAR
    return ElementType.COLUMN if rows <= _MOST_COLUMNS and len(numbers) == 1 else ElementType.TABLE
