"""Pages of paper: one tile with its rows, or a whole dashboard laid out as on the screen.

A page breaks between rows of tiles, never through one. What is laid out for the screen is made smaller as a
whole: letters, charts and gaps keep their proportions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mainstem.web.export.lettering import fitted, width_of, wrapped
from mainstem.web.export.tile_svg import (
    CELL,
    PAD,
    SMALL,
    Face,
    Pen,
    draw_face,
    draw_table,
    draw_tile,
    table_height,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mainstem.web.export.about import About
    from mainstem.web.export.colours import Theme
    from mainstem.web.layout import Place

    Band: TypeAlias = "list[tuple[Place, Face]]"

SIZES: Mapping[str, tuple[float, float]] = {"a4": (595, 842), "letter": (612, 792)}
"""In points, upright."""
_MARGIN = 34
_ACROSS = {False: 820.0, True: 1180.0}
"""Units of the drawing that the width between the margins holds, upright and lying."""
_COLUMNS = 24
_ROW, _GAP = 50.0, 12.0
_LEAST_ROW = 41.0
_WHOLE_ROW = 32.0
"""So low may rows be where the whole dashboard is on one page then, which is what people hand round."""
_FOOT = 26.0


@dataclass(frozen=True)
class Paper:
    size: str = "a4"
    lies: bool = True

    @property
    def points(self) -> tuple[float, float]:
        short, long = SIZES[self.size]
        return (long, short) if self.lies else (short, long)

    @property
    def scale(self) -> float:
        """Points a unit."""
        return (self.points[0] - 2 * _MARGIN) / _ACROSS[self.lies]

    @property
    def width(self) -> float:
        return _ACROSS[self.lies]

    @property
    def height(self) -> float:
        """Between the margins, in units."""
        return (self.points[1] - 2 * _MARGIN) / self.scale


def board_pages(
    faces: Sequence[tuple[Place, Face]], about: About, paper: Paper, theme: Theme = "light"
) -> list[str]:
    """SVGs, one a page."""
    pages: list[Pen] = [Pen(theme)]
    top = _head(pages[0], about, paper.width)
    bottom = paper.height - _FOOT
    for sheet in _sheets(_bands(faces), bottom - top, bottom):
        if sheet is None:
            pages.append(Pen(theme))
            top = 0
            continue
        pitch = min(_ROW, (bottom - top) / sum(map(_rows, sheet)))
        for band in sheet:
            _draw_band(pages[-1], band, top, pitch, paper.width)
            top += _rows(band) * pitch
    return [_page(pen, about.title, paper, n, len(pages)) for n, pen in enumerate(pages, 1)]


def tile_pages(face: Face, about: About, paper: Paper) -> list[str]:
    """One tile; a table goes on over as many pages as it needs."""
    table = face.view.table if face.view and face.view.kind == "table" else None
    pages = [Pen("light")]
    top = _head(pages[0], about, paper.width)
    bottom = paper.height - _FOOT
    if table is None:
        draw_face(pages[0], face, 0, top, paper.width, min(bottom - top, paper.width * 0.62))
    else:
        drawn = draw_table(pages[0], table, 0, top, paper.width, bottom - top, 0)
        while 0 < drawn < len(table.rows):
            pages.append(Pen("light"))
            more = draw_table(pages[-1], table, 0, 0, paper.width, bottom, drawn)
            if not more:
                break
            drawn += more
    return [_page(pen, about.title, paper, n, len(pages)) for n, pen in enumerate(pages, 1)]


def tile_picture(face: Face, about: About, theme: Theme, width: float, height: float | None) -> str:
    """One SVG with a tile, its title and what is to be known of it."""
    pen = Pen(theme)
    inner = width - 2 * PAD
    lines = [line for one in about.lines for line in wrapped(one, inner, SMALL, 3)]
    top = PAD + 24 + 15 * len(lines) + 8
    wanted = height - top - PAD if height else _height_of(face)
    whole = top + wanted + PAD
    pen.box(0, 0, width, whole, "--surface")
    pen.text(PAD, PAD + 14, fitted(about.title, inner, 16, bold=True), 16, bold=True)
    for n, line in enumerate(lines):
        pen.text(PAD, PAD + 24 + 15 * n + 8, line, SMALL, "--ink-3")
    draw_face(pen, face, PAD, top, inner, wanted)
    return _svg(str(pen), width, whole, f"0 0 {width:g} {whole:g}")


def _height_of(face: Face) -> float:
    view = face.view
    if view is None or view.kind == "empty":
        return 80
    if view.kind == "figure":
        return 130
    if view.drawing is not None:
        return 400
    return min(table_height(view.table), 4000.0) + 30


def _sheets(bands: list[Band], first: float, others: float) -> Iterator[list[Band] | None]:
    """Bands page by page, a None where a page ends. Rows give way a little so that one more band fits."""
    if sum(map(_rows, bands)) * _WHOLE_ROW <= first:
        yield bands
        return
    sheet: list[Band] = []
    room, rows = first, 0
    for band in bands:
        if sheet and (rows + _rows(band)) * _LEAST_ROW > room:
            yield sheet
            yield None
            room, sheet, rows = others, [], 0
        elif not sheet and room < others and _rows(band) * _LEAST_ROW > room:
            yield None
            room = others
        sheet.append(band)
        rows += _rows(band)
    if sheet:
        yield sheet


def _rows(band: Band) -> int:
    return max(place.row + place.height for place, _ in band) - min(place.row for place, _ in band)


def _draw_band(pen: Pen, band: Band, top: float, pitch: float, width: float) -> None:
    first, wide = min(place.row for place, _ in band), width / _COLUMNS
    for place, face in band:
        draw_tile(
            pen,
            face,
            place.col * wide,
            top + (place.row - first) * pitch,
            place.width * wide - _GAP,
            place.height * pitch - _GAP,
        )


def _bands(faces: Sequence[tuple[Place, Face]]) -> list[Band]:
    """Tiles that stand beside each other: between two bands nothing is cut."""
    bands: list[Band] = []
    end = -1
    for place, face in sorted(faces, key=lambda one: (one[0].row, one[0].col)):
        if place.row >= end:
            bands.append([])
        bands[-1].append((place, face))
        end = max(end, place.row + place.height)
    return bands


def _head(pen: Pen, about: About, width: float) -> float:
    """The cover line; where it ends."""
    pen.text(0, 24, fitted(about.title, width, 26, bold=True), 26, bold=True)
    at = 44.0
    for n, text in enumerate(about.lines):
        for line in wrapped(text, width, CELL + 1, 4):
            pen.text(0, at, line, CELL + 1, "--ink-2" if n == 0 and about.description else "--ink-3")
            at += 17
    pen.rule(0, at - 4, width, "--line")
    return at + 8


def _page(pen: Pen, title: str, paper: Paper, number: int, count: int) -> str:
    foot = Pen(pen.theme)
    at = paper.height - 4
    said = f"Page {number} of {count}"
    foot.text(0, at, fitted(title, paper.width - 200, SMALL), SMALL, "--ink-3")
    foot.text(paper.width - width_of(said, SMALL) - 2, at, said, SMALL, "--ink-3")
    edge = _MARGIN / paper.scale
    wide, high = (points / paper.scale for points in paper.points)
    ground = f'<rect width="{wide:.1f}" height="{high:.1f}" fill="{pen.ink("--surface")}"/>'
    drawn = f'{ground}<g transform="translate({edge:.2f},{edge:.2f})">{pen}{foot}</g>'
    return _svg(drawn, *paper.points, f"0 0 {wide:.2f} {high:.2f}")


def _svg(drawn: str, width: float, height: float, box: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width:g}" height="{height:g}" viewBox="{box}">{drawn}</svg>'
    )
