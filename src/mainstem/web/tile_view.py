"""What one tile shows, made from a result: a figure, a chart or a table, and how the number was made.

Promise: no row, NULL and 0 are three different things, and each says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from mainstem.query.result import ColumnKind
from mainstem.semantics.dashboard import ElementType
from mainstem.web.boards import Marks, dimmed
from mainstem.web.boards.marks import is_picked
from mainstem.web.cell_text import format_cell
from mainstem.web.charts import is_chart, make_chart, why_a_table
from mainstem.web.charts.trellis import is_trellis
from mainstem.web.charts.trellis import panes as panes_of
from mainstem.web.explore.rules import with_formats
from mainstem.web.table import table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mainstem.query.result import QueryResult
    from mainstem.semantics.dashboard import Element
    from mainstem.web.explore import Question
    from mainstem.web.table import Table


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
    is_wide: bool
    """Scrolls on a narrow page rather than shrinks."""
    notes: tuple[str, ...]
    """What else is not drawn, or drawn otherwise than one might think."""


@dataclass(frozen=True)
class TileView:
    kind: str
    """figure, record, chart, table or empty."""
    figure: Figure | None
    drawing: Drawing | None
    table: Table
    rows: int
    limit_reached: bool
    seconds: str
    sql: str
    note: str = ""
    """Why it is a table, where something else was asked for."""
    panes: tuple[tuple[str, Drawing], ...] = ()
    """Of a chart that is drawn as many: what each is of, and its drawing."""
    picks: str = ""
    """What a click on a mark filters by, as JSON; empty where nothing can be."""
    picked: bool = False
    """Whether something of it was picked."""


def tile_view(
    element: Element,
    result: QueryResult,
    question: Question | None = None,
    picked: Mapping[str, tuple[str, ...]] | None = None,
) -> TileView:
    """`question` is what was asked, so that numbers lead to the rows behind them. `picked` are the values of
    its dimensions that others are filtered by, None where none may be. Raises QueryError when the result
    cannot be shown the way the element asks for."""
    result = with_formats(without_hidden(result, element.hidden_fields), element.vis)
    figure = drawing = None
    picks = ""
    panes: tuple[tuple[str, Drawing], ...] = ()
    kind, note = "table", why_a_table(element.type, result)
    if not result.rows:
        kind = "empty"
    elif element.type is ElementType.SINGLE_VALUE:
        kind, figure = "figure", _figure(result)
    elif element.type is ElementType.SINGLE_RECORD:
        kind = "record"
    elif not note and is_chart(element.type, element.visualization):
        marks = Marks(result, element.vis)
        to_pick = marks.to_pick()
        kind = "chart"
        if is_trellis(element.type, result, element.vis):
            panes, drawing = _panes(element, result)
        else:
            drawing = _drawing(element, result, picked or {}, to_pick)
        picks = json.dumps(to_pick, ensure_ascii=False) if picked is not None else ""
    return TileView(
        kind=kind,
        figure=figure,
        drawing=drawing,
        table=table_of(result, question, element.conditional_formatting, picked),
        rows=len(result.rows),
        limit_reached=result.limit_reached,
        seconds=_duration(result.seconds),
        sql=result.sql,
        note=note,
        panes=panes,
        picks=picks,
        picked=bool(picked),
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


def _figure(result: QueryResult) -> Figure:
    """The first row's first measure; its first column when there is no measure."""
    position = next((i for i, c in enumerate(result.columns) if c.kind is not ColumnKind.DIMENSION), 0)
    value, column = result.rows[0][position], result.columns[position]
    return Figure(format_cell(value, column), None if value is None else str(value), column.field_label)


def _panes(element: Element, result: QueryResult) -> tuple[tuple[tuple[str, Drawing], ...], Drawing]:
    """Each, and what is said of them all."""
    found, notes = panes_of(element.type, result, element.vis)
    drawn = tuple(
        (
            name,
            Drawing(json.dumps(one.spec, ensure_ascii=False), one.description, one.missing, False, one.notes),
        )
        for name, one in found
    )
    said = tuple(dict.fromkeys(note for _, one in found for note in one.notes))
    whole = f"{len(drawn)} charts. " + " ".join(f"{name}: {one.description}" for name, one in drawn)
    return drawn, Drawing("", whole, sum(one.missing for _, one in drawn), False, (*said, *notes))


def _drawing(
    element: Element,
    result: QueryResult,
    picked: Mapping[str, tuple[str, ...]],
    to_pick: Mapping[str, Mapping[str, Mapping[str, str]]],
) -> Drawing:
    chart = make_chart(element.type, result, element.vis, element.visualization)
    drawn = chart.spec
    if picked:
        labels, series = to_pick["labels"], to_pick["series"]
        drawn = dimmed(
            drawn,
            lambda label, name: is_picked({**labels.get(label, {}), **series.get(name, {})}, picked),
            lambda name: is_picked(series.get(name, {}), picked) and name in series,
        )
    spec = json.dumps(drawn, ensure_ascii=False)
    return Drawing(spec, chart.description, chart.missing, chart.is_wide, chart.notes)


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
