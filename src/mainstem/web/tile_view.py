"""What one tile shows, made from a result: a figure, a chart or a table, and how the number was made.

Promise: no row, NULL and 0 are three different things, and each says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.result import ColumnKind, OutputType
from mainstem.semantics.dashboard import ElementType
from mainstem.web.cell_text import MISSING, format_cell
from mainstem.web.charts import is_chart, make_chart
from mainstem.web.pivot import crosstab, text_of_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.semantics.dashboard import Element

CELL_SHOWN = 300
"""Characters of a text cell shown in a table."""


@dataclass(frozen=True)
class Figure:
    """A single value."""

    text: str
    raw: str | None
    """The value as the warehouse gave it; None for NULL."""
    label: str

    @property
    def length(self) -> str:
        """short, medium, long or longer: how large the text can be set."""
        limits = (("short", 8), ("medium", 12), ("long", 18))
        return next((name for name, most in limits if len(self.text) <= most), "longer")


@dataclass(frozen=True)
class Drawing:
    """A chart ready for the page."""

    spec: str
    """Vega-Lite as JSON."""
    description: str
    missing: int


@dataclass(frozen=True)
class HeadCell:
    text: str
    numeric: bool


@dataclass(frozen=True)
class BodyCell:
    text: str
    numeric: bool
    short: bool
    """Reads as one piece: a number, a date; not to be broken over lines."""
    state: str
    """value, null (the value is NULL) or absent (no such row came)."""
    is_head: bool


@dataclass(frozen=True)
class Table:
    groups: tuple[tuple[str, int], ...]
    """Heads that span columns, (text, columns), above a pivoted table; empty otherwise."""
    lead: int
    """Columns before the first group."""
    head: tuple[HeadCell, ...]
    rows: tuple[tuple[BodyCell, ...], ...]


@dataclass(frozen=True)
class TileView:
    kind: str
    """figure, chart, table or empty."""
    figure: Figure | None
    drawing: Drawing | None
    table: Table
    rows: int
    limit_reached: bool
    seconds: str
    sql: str


def tile_view(element: Element, result: QueryResult) -> TileView:
    """Raises QueryError when the result cannot be shown the way the element asks for."""
    result = without_hidden(result, element.hidden_fields)
    figure = drawing = None
    kind = "table"
    if not result.rows:
        kind = "empty"
    elif element.type is ElementType.SINGLE_VALUE:
        kind, figure = "figure", _figure(result)
    elif is_chart(element.type, element.visualization):
        kind, drawing = "chart", _drawing(element, result)
    return TileView(
        kind=kind,
        figure=figure,
        drawing=drawing,
        table=data_table(result),
        rows=len(result.rows),
        limit_reached=result.limit_reached,
        seconds=_duration(result.seconds),
        sql=result.sql,
    )


def without_hidden(result: QueryResult, hidden: Collection[str]) -> QueryResult:
    """Without the columns that were asked for only so that others can be worked out. Where nothing would
    be left, all stay."""
    kept = [n for n, c in enumerate(result.columns) if c.name not in hidden and not c.hidden]
    if len(kept) == len(result.columns) or not kept:
        return result
    return msgspec.structs.replace(
        result,
        columns=tuple(result.columns[n] for n in kept),
        rows=[tuple(row[n] for n in kept) for row in result.rows],
    )


def data_table(result: QueryResult) -> Table:
    """The rows as people read them; with pivots a column for each pivot and measure."""
    if any(column.pivoted for column in result.columns):
        return _pivoted(result)
    head = tuple(HeadCell(column.field_label, _is_numeric(column)) for column in result.columns)
    rows = tuple(
        tuple(_cell(value, column) for value, column in zip(row, result.columns, strict=True))
        for row in result.rows
    )
    return Table((), 0, head, rows)


def _figure(result: QueryResult) -> Figure:
    """The first row's first measure; its first column when there is no measure."""
    position = next((i for i, c in enumerate(result.columns) if c.kind is not ColumnKind.DIMENSION), 0)
    value, column = result.rows[0][position], result.columns[position]
    return Figure(format_cell(value, column), None if value is None else str(value), column.field_label)


def _drawing(element: Element, result: QueryResult) -> Drawing:
    chart = make_chart(element.type, result, element.vis, element.visualization)
    return Drawing(json.dumps(chart.spec, ensure_ascii=False), chart.description, chart.missing)


def _pivoted(result: QueryResult) -> Table:
    table = crosstab(result)
    columns = table.columns
    measures = [column for _, column in columns.measures]
    several = len(measures) > 1
    pivots = [text_of_key(pivot, columns.across) for pivot in table.pivots]
    lead = tuple(HeadCell(column.field_label, _is_numeric(column)) for _, column in columns.down)
    across = tuple(
        HeadCell(measure.field_label if several else pivot, True) for pivot in pivots for measure in measures
    )
    rows = []
    for key in table.rows:
        cells = [_cell(value, column) for value, (_, column) in zip(key, columns.down, strict=True)]
        for pivot in table.pivots:
            values = table.cells.get((key, pivot))
            for position, measure in enumerate(measures):
                cells.append(_cell(values[position], measure) if values else _ABSENT)
        rows.append(tuple(cells))
    groups = tuple((pivot, len(measures)) for pivot in pivots) if several else ()
    return Table(groups, len(lead), lead + across, tuple(rows))


_ABSENT = BodyCell("", numeric=True, short=True, state="absent", is_head=False)


def _cell(value: Cell, column: OutputColumn) -> BodyCell:
    text = MISSING if value is None else format_cell(value, column)
    return BodyCell(
        text=text if len(text) <= CELL_SHOWN else text[: CELL_SHOWN - 1] + "…",
        numeric=_is_numeric(column),
        short=column.type is not OutputType.STRING,
        state="null" if value is None else "value",
        is_head=column.kind is ColumnKind.DIMENSION,
    )


def _is_numeric(column: OutputColumn) -> bool:
    return column.type is OutputType.NUMBER and column.timeframe is None


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
