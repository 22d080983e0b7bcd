"""`/dashboards/{name}/download/{format}` and `…/tiles/{element}/download/{format}`: what is seen, as files.

For all who see the dashboard: a file holds what its tile shows, by the same rules about rows. A tile that
cannot be made says so on its part of the page and keeps no other out.
"""

from __future__ import annotations

import logging
import tempfile
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from mainstem.errors import MainstemError
from mainstem.query.formats.sheet_csv import csv_pieces
from mainstem.query.sheets import open_sheet
from mainstem.web.auth import Role, requires
from mainstem.web.boards.asking import look_at
from mainstem.web.boards.menu import chips_of
from mainstem.web.export import FILE_FORMATS
from mainstem.web.export.about import About, filters_of_board, now
from mainstem.web.export.answer import answer_as
from mainstem.web.export.drawing import pdf_of
from mainstem.web.export.headers import headers_of
from mainstem.web.export.paper import board_pages
from mainstem.web.export.pictures import (
    PICTURES,
    file_name,
    made_in_turn,
    paper_of,
    picture_as,
    times_of,
)
from mainstem.web.export.tile_svg import Face
from mainstem.web.export.wanted import wanted_of
from mainstem.web.filters import filter_bar
from mainstem.web.layout import places
from mainstem.web.pages.lookup import named_dashboard, named_tile
from mainstem.web.prose import prose
from mainstem.web.services import status_of
from mainstem.web.tile_view import tile_view

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Element
    from mainstem.web.boards.asking import Look
    from mainstem.web.export.about import Times
    from mainstem.web.export.paper import Paper
    from mainstem.web.site import Site

_log = logging.getLogger(__name__)

BOARD_FILES = (
    ("PDF, A4 landscape", "pdf?paper=a4&turn=landscape"),
    ("PDF, A4 portrait", "pdf?paper=a4&turn=portrait"),
    ("PDF, Letter landscape", "pdf?paper=letter&turn=landscape"),
    ("PDF, Letter portrait", "pdf?paper=letter&turn=portrait"),
    ("CSV of every tile (ZIP)", "zip"),
)
"""What a dashboard can be had as: a label, and the end of the address."""


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def board(request: Request) -> Response:
        form = request.path_params["format"]
        if form not in ("pdf", "zip"):
            raise HTTPException(404, "A dashboard can be had as pdf or zip.")
        dashboard = named_dashboard(site, request)
        explorer = site.explorer_for(request.state.viewer)
        look = look_at(explorer, dashboard, request.query_params.multi_items())
        times, at = await times_of(site, request), now()
        paper = paper_of(request)

        def make() -> Response:
            if form == "zip":
                return _zip(explorer, look, at)
            return _printed(explorer, look, times, at, paper)

        return await made_in_turn(site, request, make)

    @requires(Role.VIEWER)
    async def tile(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        element = named_tile(dashboard, request.path_params["element"]).element
        form = request.path_params["format"]
        if form not in (*PICTURES, *FILE_FORMATS) or not element.asks:
            raise HTTPException(
                404, f"A tile with numbers can be had as {', '.join((*PICTURES, *FILE_FORMATS))}."
            )
        explorer = site.explorer_for(request.state.viewer)
        look = look_at(explorer, dashboard, request.query_params.multi_items())
        try:
            question = look.question(explorer, element)
        except MainstemError as e:
            return PlainTextResponse(f"{e}\n", status_of(e))
        title = f"{dashboard.title} – {element.title}"
        if form in FILE_FORMATS:
            wanted = wanted_of(question, request.query_params.multi_items())
            return await answer_as(site, request, wanted, FILE_FORMATS[form], title)
        return await picture_as(site, request, form, question, element, element.title)

    return [
        Route("/dashboards/{name}/download/{format}", board),
        Route("/dashboards/{name}/tiles/{element}/download/{format}", tile),
    ]


def _printed(explorer: Explorer, look: Look, times: Times, at: datetime, paper: Paper) -> Response:
    dashboard = look.dashboard
    faces = [(place, _face(explorer, look, place.id, place.element)) for place in places(dashboard)]
    bar = filter_bar(dashboard, look.values.items(), explorer)
    spoken = {one.subject.label: one.summary for one in bar.controls}
    spoken |= {chip.label: chip.said for chip in chips_of(look)}
    about = About(
        dashboard.title, dashboard.description or "", filters_of_board(spoken), times.lines(at, None)
    )
    made = pdf_of(board_pages(faces, about, paper), dashboard.title)
    return Response(
        made, media_type="application/pdf", headers=headers_of(file_name(dashboard.title, at, "pdf"))
    )


def _face(explorer: Explorer, look: Look, name: str, element: Element) -> Face:
    note, subtitle = element.note_text or "", element.subtitle_text or ""
    if element.unsupported:
        return Face(name, element.title, said=f"Not shown here: {element.unsupported}.", is_wrong=True)
    if not element.asks:
        said = element.text
        return Face(
            name,
            (said.title if said else "") or element.title,
            said=_plain(prose(said.body)) if said and said.body else "",
            subtitle=(said.subtitle if said else "") or "",
        )
    try:
        view = tile_view(element, explorer.run(look.question(explorer, element).request))
    except MainstemError as e:
        return Face(name, element.title, said=f"This tile could not be made: {e}", is_wrong=True)
    except Exception:  # noqa: BLE001 -- the boundary of one tile: the others are printed whatever broke
        _log.exception("tile %s of dashboard %s failed", element.name, look.dashboard.name)
        return Face(name, element.title, said="Something broke while this tile was made.", is_wrong=True)
    return Face(name, element.title, view, subtitle=subtitle, note=_plain(prose(note)) if note else "")


def _zip(explorer: Explorer, look: Look, at: datetime) -> Response:
    """A CSV a tile; what could not be made, in `problems.txt`."""
    with tempfile.NamedTemporaryFile(prefix="mainstem-", suffix=".zip", delete=False) as file:
        made = Path(file.name)
    problems = []
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, place in enumerate(places(look.dashboard), 1):
                element = place.element
                if not element.asks:
                    continue
                try:
                    wanted = wanted_of(look.question(explorer, element), ())
                    with open_sheet(explorer, wanted.request) as sheet:
                        text = "".join(csv_pieces(sheet, formatted=False, names=False))
                except MainstemError as e:
                    problems.append(f"{element.title}: {e}")
                    continue
                name = _safe(element.title or element.name)
                archive.writestr(f"{number:02} {name}.csv", text.encode())
            if problems:
                archive.writestr("problems.txt", "\n".join(problems) + "\n")
    except BaseException:
        made.unlink()
        raise
    return FileResponse(
        made,
        media_type="application/zip",
        headers=headers_of(file_name(look.dashboard.title, at, "zip")),
        background=BackgroundTask(made.unlink, missing_ok=True),
    )


def _safe(text: str) -> str:
    return "".join(c if c.isalnum() or c in " ._-" else "_" for c in text)[:80].strip()


class _Words(HTMLParser):
    """The text of cleaned HTML, a line a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.words.append("\n• ")
        elif tag in ("p", "div", "br", "tr", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"):
            self.words.append("\n")
        elif tag in ("td", "th"):
            self.words.append("  ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _plain(html: str) -> str:
    words = _Words()
    words.feed(str(html))
    lines = (line.strip() for line in "".join(words.words).splitlines())
    return "\n".join(line for line in lines if line)
