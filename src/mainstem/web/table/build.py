"""Put a table together: a grid's rows with subtotals between and totals beneath them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.grid import Places, grid_of, rows_by_place
from mainstem.query.liquid import Cells
from mainstem.query.result import ColumnKind, CompanionKind, OutputType
from mainstem.semantics.liquid import LiquidProblem
from mainstem.web.cell_text import MISSING, format_cell, text_of_key
from mainstem.web.explore.drill import drill_address, filter_for
from mainstem.web.prose import address, clean
from mainstem.web.table.model import BodyCell, CellLink, HeadCell, Row, Table
from mainstem.web.table.painting import Painter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from markupsafe import Markup

    from mainstem.query.grid import Grid, Key
    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.semantics.dashboard import FormatRule
    from mainstem.web.explore import Question

CELL_SHOWN = 300
"""Characters of a text cell shown in a table."""
_LONG = 24
"""Characters from which a cell's text gets a least width; narrower columns break it into a word a line."""
_ROW_TOTAL = ("row total",)
_ABSENT = BodyCell("", numeric=True, short=True, state="absent", is_head=False)


def table_of(
    result: QueryResult,
    question: Question | None = None,
    rules: Sequence[FormatRule] = (),
    picked: Mapping[str, Collection[str]] | None = None,
) -> Table:
    """The rows as people read them; with pivots a column for each pivot and measure.

    `question` lets numbers lead to the rows behind them; `rules` paint cells. `picked` (`view.field` →
    expressions, of which there may be none) lets values of dimensions be picked to filter by.
    """
    return _Building(result, question, rules, picked).table()


class _Building:
    def __init__(
        self,
        result: QueryResult,
        question: Question | None,
        rules: Sequence[FormatRule],
        picked: Mapping[str, Collection[str]] | None,
    ) -> None:
        self._result = result
        self._picked = picked
        self._question = question
        self._painter = Painter(rules, result)
        self._grid: Grid = grid_of(result, question.request.column_limit if question else None)
        self._place = {column.name: n for n, column in enumerate(result.columns)}
        self._long = rows_by_place(result)
        self._liquid = Cells(result.columns, dict(question.request.filters) if question else {})
        self._has_liquid = any(column.html or column.links for column in result.columns)
        self._subtotals = _subtotals(result)

    def table(self) -> Table:
        grid = self._grid
        several = len(grid.measures) > 1
        pivots = [text_of_key(key, grid.pivots) for key in grid.headers]
        across = [
            HeadCell(
                measure.field_label if several or not grid.is_pivoted else pivot,
                _is_numeric(measure),
                measure.name,
            )
            for pivot in pivots
            for measure in grid.measures
        ]
        groups = [(pivot, len(grid.measures)) for pivot in pivots] if several and grid.is_pivoted else []
        edge = self._edge()
        if edge:
            groups += [("Total", len(edge))] if groups else []
            across += [
                HeadCell(measure.field_label if several else "Total", _is_numeric(measure), measure.name)
                for measure in edge
            ]
        lead = tuple(HeadCell(one.field_label, _is_numeric(one), one.name) for one in grid.dimensions)
        return Table(tuple(groups), len(lead), (*lead, *across), tuple(self._rows()), grid.columns_left_out)

    def _rows(self) -> list[Row]:
        grid, rows = self._grid, []
        last = {key[:size]: n for size in self._subtotals for n, key in enumerate(grid.rows)}
        for number, key in enumerate(grid.rows):
            cells = self._cells(number, key)
            label = text_of_key(key, grid.dimensions)
            rows.append(Row(cells, steps_back=self._steps_back(cells), label=label))
            ended = [size for size in sorted(self._subtotals, reverse=True) if last[key[:size]] == number]
            rows += [self._subtotal(size, key[:size]) for size in ended]
        if grid.totals:
            rows.append(self._total())
        return rows

    def _cells(self, number: int, key: Key) -> tuple[BodyCell, ...]:
        grid = self._grid
        first = next((header for header in grid.headers if (key, header) in self._long), ())
        cells = [
            self._cell(value, column, key, first) for value, column in zip(key, grid.dimensions, strict=True)
        ]
        for place, header in enumerate(grid.headers):
            for measure in grid.measures:
                if (key, header) not in self._long:
                    cells.append(_ABSENT)
                    continue
                cells.append(self._cell(grid.cells[measure.name][place][number], measure, key, header))
        cells += [self._edge_cell(grid.row_totals[one.name][number], one) for one in self._edge()]
        return tuple(cells)

    def _cell(self, value: Cell, column: OutputColumn, key: Key, header: Key) -> BodyCell:
        html, links, problem = self._said(column, key, header)
        href = self._drill(column, key, header)
        if not href and links:
            href = links[0].href
            links = links[1:]
        text = _text(value, column)
        pick = self._pick(value, column)
        return BodyCell(
            text=text,
            numeric=_is_numeric(column),
            short=column.type is not OutputType.STRING,
            long=column.type is OutputType.STRING and len(text) >= _LONG,
            state="null" if value is None else "value",
            is_head=column.kind is ColumnKind.DIMENSION,
            html=html,
            href=href,
            links=links,
            paint=self._painter.paint(column, value),
            pick=pick,
            picked=bool(self._picked and pick and pick[1] in self._picked.get(pick[0], ())),
            problem=problem,
        )

    def _pick(self, value: Cell, column: OutputColumn) -> tuple[str, str] | None:
        if self._picked is None or column.kind is not ColumnKind.DIMENSION or "." not in column.name:
            return None
        expression = filter_for(column, value)
        return None if expression is None else (column.name, expression)

    def _steps_back(self, cells: Sequence[BodyCell]) -> bool:
        picked = self._picked or {}
        return any(cell.pick and cell.pick[0] in picked and not cell.picked for cell in cells)

    def _said(
        self, column: OutputColumn, key: Key, header: Key
    ) -> tuple[Markup | None, tuple[CellLink, ...], str]:
        """What the model says of the cell: its HTML, its links; and what of that cannot be made."""
        if not self._has_liquid or not (column.html or column.links):
            return None, (), ""
        row, place = self._long[key, header], self._place[column.name]
        try:
            html = self._liquid.html(place, row)
            found = [(link.label, address(link.url)) for link in self._liquid.links(place, row)]
        except LiquidProblem as e:
            return None, (), str(e)
        links = tuple(CellLink(label, href) for label, href in found if href)
        return (clean(html) if html is not None else None), links, ""

    def _drill(self, column: OutputColumn, key: Key, header: Key) -> str:
        if self._question is None or not column.drill_fields:
            return ""
        grid = self._grid
        values = dict(zip((one.name for one in grid.dimensions), key, strict=True))
        values |= dict(zip((one.name for one in grid.pivots), header, strict=True))
        return drill_address(self._question, self._result.columns, values, column.name)

    def _edge(self) -> list[OutputColumn]:
        return [measure for measure in self._grid.measures if measure.name in self._grid.row_totals]

    def _edge_cell(self, value: Cell, column: OutputColumn) -> BodyCell:
        return BodyCell(
            _text(value, column), _is_numeric(column), True, "null" if value is None else "value", False
        )

    def _subtotal(self, size: int, prefix: Key) -> Row:
        grid, found = self._grid, self._subtotals[size].get(prefix, {})
        named = [self._cell_of_prefix(n, prefix) for n in range(len(grid.dimensions))]
        cells = [
            self._beside(found.get(header), measure) for header in grid.headers for measure in grid.measures
        ]
        cells += [self._beside(found.get(_ROW_TOTAL), measure) for measure in self._edge()]
        return Row((*named, *cells), "subtotal")

    def _cell_of_prefix(self, place: int, prefix: Key) -> BodyCell:
        column = self._grid.dimensions[place]
        if place >= len(prefix):
            return BodyCell("", False, True, "value", False)
        text = _text(prefix[place], column)
        text = f"{text} total" if place == len(prefix) - 1 else text
        return BodyCell(text, _is_numeric(column), False, "value", True)

    def _beside(self, values: Mapping[str, Cell] | None, measure: OutputColumn) -> BodyCell:
        if values is None or measure.name not in values:
            return _ABSENT
        return self._edge_cell(values[measure.name], measure)

    def _total(self) -> Row:
        grid = self._grid
        cells = [BodyCell("", False, True, "value", False) for _ in grid.dimensions]
        if cells:
            cells[0] = BodyCell("Total", False, True, "value", True)
        for place in range(len(grid.headers)):
            for measure in grid.measures:
                line = grid.totals.get(measure.name)
                cells.append(_ABSENT if line is None else self._edge_cell(line[place], measure))
        cells += [
            self._edge_cell(grid.grand_totals[one.name], one) if one.name in grid.grand_totals else _ABSENT
            for one in self._edge()
        ]
        return Row(tuple(cells), "total")


def _subtotals(result: QueryResult) -> dict[int, dict[Key, dict[Key, dict[str, Cell]]]]:
    """How many dimensions → their values → pivoted values → measure → subtotal."""
    found: dict[int, dict[Key, dict[Key, dict[str, Cell]]]] = {}
    is_pivoted = any(column.pivoted for column in result.columns)
    for companion in result.companions:
        if companion.kind is not CompanionKind.SUBTOTALS:
            continue
        places = Places.of(companion.columns)
        by_prefix = found.setdefault(len(places.down), {})
        for row in companion.rows:
            at = _ROW_TOTAL if is_pivoted and not places.across else places.header(row)
            by_prefix.setdefault(places.row(row), {})[at] = {c.name: row[n] for n, c in places.measures}
    return found


def _text(value: Cell, column: OutputColumn) -> str:
    text = MISSING if value is None else format_cell(value, column)
    return text if len(text) <= CELL_SHOWN else text[: CELL_SHOWN - 1] + "…"


def _is_numeric(column: OutputColumn) -> bool:
    return column.type is OutputType.NUMBER and column.timeframe is None
