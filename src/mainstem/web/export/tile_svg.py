"""A tile as SVG, in a box of a given size: its title, and its figure, chart, table or text.

Tables are laid out here: columns as wide as what stands in them, as far as there is room; rows as many as
there is room for, and how many more there are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from mainstem.web.export.colours import FONT, colours
from mainstem.web.export.drawing import chart_svg
from mainstem.web.export.lettering import fitted, width_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.web.export.colours import Theme
    from mainstem.web.table import Table
    from mainstem.web.tile_view import TileView

PAD = 12.0
TITLE, SMALL, CELL = 14.0, 11.0, 12.0
_LINE = 15.0
_ROW = 20.0
_NARROWEST, _WIDEST = 36.0, 320.0


@dataclass(frozen=True)
class Face:
    """What of a tile is drawn."""

    id: str
    title: str
    view: TileView | None = None
    said: str = ""
    """Of a text tile, or what is wrong with one that could not be made."""
    subtitle: str = ""
    note: str = ""
    is_wrong: bool = False


class Pen:
    """Writes SVG in the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme: Theme = theme
        self._ink = colours(theme)
        self._out: list[str] = []

    def __str__(self) -> str:
        return "".join(self._out)

    def raw(self, svg: str) -> None:
        self._out.append(svg)

    def box(self, x: float, y: float, width: float, height: float, fill: str, line: str = "") -> None:
        edge = f' stroke="{self.ink(line)}"' if line else ""
        self._out.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{6 if line else 0}"'
            f' fill="{self.ink(fill)}"{edge}/>'
        )

    def rule(self, x: float, y: float, width: float, ink: str = "--grid") -> None:
        self._out.append(f'<path d="M{x:.1f} {y:.1f}h{width:.1f}" stroke="{self.ink(ink)}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = CELL,
        ink: str = "--ink",
        *,
        bold: bool = False,
        anchor: str = "start",
        extra: str = "",
    ) -> None:
        """`y` is the line it stands on."""
        if text:
            weight = ' font-weight="bold"' if bold else ""
            self._out.append(
                f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size:g}"{weight} '
                f'text-anchor="{anchor}" fill="{self.ink(ink)}"{extra}>{escape(text)}</text>'
            )

    def ink(self, name: str) -> str:
        return self._ink.get(name, name)


def draw_tile(pen: Pen, face: Face, x: float, y: float, width: float, height: float) -> None:
    """A card; what does not fit into it is told, never drawn over its edge."""
    pen.box(x, y, width, height, "--surface", "--line")
    inner = width - 2 * PAD
    top = y + PAD
    if face.title:
        pen.text(x + PAD, top + 12, fitted(face.title, inner, TITLE, bold=True), TITLE, "--ink-2", bold=True)
        top += 22
    if face.subtitle:
        pen.text(x + PAD, top + 9, fitted(face.subtitle, inner, SMALL), SMALL, "--ink-3")
        top += _LINE
    draw_face(pen, face, x + PAD, top, inner, y + height - PAD - top)


def draw_face(pen: Pen, face: Face, x: float, y: float, width: float, height: float) -> None:
    """Without its title."""
    view = face.view
    notes = _notes(face, width)
    room = max(20.0, height - len(notes) * _LINE - (4 if notes else 0))
    if view is None or view.kind == "empty":
        said = face.said if view is None else "No rows: nothing matches the filters. That is not a zero."
        most = max(1, int(room / 17))
        for n, line in enumerate(wrapped(said, width, CELL + 1, most)):
            pen.text(x, y + 13 + 17 * n, line, CELL + 1, "--danger" if face.is_wrong else "--ink")
    elif view.figure is not None:
        _figure(pen, view, x, y, width, room)
    elif view.panes:
        _panes(pen, face, x, y, width, room)
    elif view.drawing is not None:
        spec = json.loads(view.drawing.spec)
        pen.raw(
            f'<g transform="translate({x:.1f},{y:.1f})">'
            f"{chart_svg(spec, width, room, pen.theme, face.id)}</g>"
        )
    else:
        draw_table(pen, view.table, x, y, width, room)
    for n, line in enumerate(notes):
        pen.text(x, y + room + 4 + _LINE * (n + 1) - 4, line, SMALL, "--ink-3")


def _panes(pen: Pen, face: Face, x: float, y: float, width: float, height: float) -> None:
    panes = face.view.panes if face.view else ()
    across = max(1, min(len(panes), int(width / 150)))
    down = -(-len(panes) // across)
    wide, high = width / across, height / down
    for n, (name, drawn) in enumerate(panes):
        left, top = x + wide * (n % across), y + high * (n // across)
        pen.text(left, top + 11, fitted(name, wide - 8, SMALL, bold=True), SMALL, "--ink-3", bold=True)
        svg = chart_svg(json.loads(drawn.spec), wide - 8, high - 20, pen.theme, f"{face.id}-{n}")
        pen.raw(f'<g transform="translate({left:.1f},{top + 15:.1f})">{svg}</g>')


def _notes(face: Face, width: float) -> list[str]:
    """What stands beneath: notes of the chart, of the tile."""
    view, said = face.view, []
    if view and view.drawing:
        if view.drawing.missing:
            said.append(f"{view.drawing.missing} left out: no value is known.")
        said += view.drawing.notes
    if view and view.note:
        said.append(view.note)
    if view and view.limit_reached and view.kind != "figure":
        said.append(f"Only the first {view.rows:,} rows; there may be more.")
    if face.note:
        said.append(face.note)
    return [line for one in said for line in wrapped(one, width, SMALL, 3)][:6]


def _figure(pen: Pen, view: TileView, x: float, y: float, width: float, height: float) -> None:
    if view.figure is None:
        return
    size = 40.0
    while size > 12 and (width_of(view.figure.text, size, bold=True) > width or size > height * 0.7):
        size -= 1
    middle = y + height * 0.5 + size * 0.3
    pen.text(x, middle, view.figure.text, size, bold=True)
    note = "Blank: nothing is known to work it out from." if view.figure.raw is None else view.figure.label
    if middle + 18 < y + height:
        pen.text(x, middle + 18, fitted(note, width, SMALL), SMALL, "--ink-3")


def table_height(table: Table) -> float:
    """Of all its rows."""
    return _ROW * (len(table.rows) + 1 + bool(table.groups)) + 4


def draw_table(
    pen: Pen, table: Table, x: float, y: float, width: float, height: float, first: int = 0
) -> int:
    """Rows from `first` on, as many as there is room for; how many were drawn. The last line of the room says
    how many more there are."""
    widths, left_out = _widths(table, width)
    heads = 1 + bool(table.groups)
    room = int((height - heads * _ROW) / _ROW)
    rows = table.rows[first:]
    count = len(rows) if len(rows) <= room else max(0, room - 1)
    at = y
    if table.groups:
        _groups(pen, table, widths, x, at)
        at += _ROW
    left = x
    for head, wide in zip(table.head, widths, strict=False):
        _cell(pen, head.text, left, at, wide, right=head.numeric, ink="--ink-3", bold=True)
        left += wide
    pen.rule(x, at + _ROW, sum(widths), "--line")
    for row in rows[:count]:
        at += _ROW
        left = x
        for cell, wide in zip(row.cells, widths, strict=False):
            paint = cell.paint
            if paint and paint.background:
                pen.box(left, at, wide, _ROW, paint.background)
            ink = (paint.ink if paint else "") or ("--ink-3" if cell.state != "value" else "--ink")
            bold = row.kind != "row" or bool(paint and paint.bold)
            _cell(pen, cell.text, left, at, wide, right=cell.numeric, ink=ink, bold=bold)
            left += wide
        pen.rule(x, at + _ROW, sum(widths), "--line" if row.kind == "total" else "--grid")
    more = [f"{len(rows) - count:,} more rows"] if count < len(rows) and first == 0 else []
    if left_out + table.columns_left_out:
        more.append(f"{left_out + table.columns_left_out} more columns")
    if more:
        pen.text(x + 4, at + _ROW + 14, f"{', '.join(more)} not shown", SMALL, "--ink-3")
    return count


def _groups(pen: Pen, table: Table, widths: Sequence[float], x: float, y: float) -> None:
    at = table.lead
    for text, span in table.groups:
        left, wide = x + sum(widths[:at]), sum(widths[at : at + span])
        if wide:
            pen.text(left + 4, y + 14, fitted(text, wide - 8, CELL, bold=True), CELL, "--ink-3", bold=True)
        at += span


def _cell(
    pen: Pen, text: str, x: float, y: float, width: float, *, right: bool, ink: str, bold: bool
) -> None:
    shown = fitted(text, width - 8, CELL, bold=bold)
    if right:
        pen.text(x + width - 4, y + 14, shown, CELL, ink, bold=bold, anchor="end")
    else:
        pen.text(x + 4, y + 14, shown, CELL, ink, bold=bold)


def _widths(table: Table, width: float) -> tuple[list[float], int]:
    """Of the columns there is room for, and how many there is none for."""
    wanted = []
    for n, head in enumerate(table.head):
        longest = max(
            (width_of(row.cells[n].text, CELL, bold=row.kind != "row") for row in table.rows[:200]),
            default=0.0,
        )
        wanted.append(min(_WIDEST, max(_NARROWEST, longest, width_of(head.text, CELL, bold=True)) + 9))
    while len(wanted) > 1 and sum(min(one, 90.0) for one in wanted) > width:
        wanted.pop()
    left_out = len(table.head) - len(wanted)
    over = sum(wanted) - width
    while over > 0.5:  # the widest give way first
        widest = max(wanted)
        those = [n for n, one in enumerate(wanted) if one >= widest - 0.5]
        below = max((one for one in wanted if one < widest - 0.5), default=_NARROWEST)
        cut = min(widest - below, over / len(those)) or over / len(those)
        for n in those:
            wanted[n] -= cut
        over -= cut * len(those)
    if over < 0 and wanted:
        spare = -over / len(wanted)
        wanted = [one + min(spare, 60.0) for one in wanted]
    return wanted, left_out
