"""An answer drawn: PNG, SVG or PDF, with its title, its filters in words and the times of its data."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from mainstem.errors import MainstemError
from mainstem.web.explore.look import look_of
from mainstem.web.export.about import About, Times, filters_in_words, now
from mainstem.web.export.drawing import pdf_of, png_of
from mainstem.web.export.headers import headers_of
from mainstem.web.export.paper import SIZES, Paper, tile_pages, tile_picture
from mainstem.web.export.tile_svg import Face
from mainstem.web.publishing import standing_of
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.tile_view import tile_view

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from mainstem.query.result import QueryResult
    from mainstem.semantics.dashboard import Element
    from mainstem.web.explore import Question
    from mainstem.web.export.colours import Theme
    from mainstem.web.site import Site

_log = logging.getLogger(__name__)

PICTURES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
"""Ending → media type."""


async def picture_as(
    site: Site, request: Request, form: str, question: Question, element: Element | None, title: str
) -> Response:
    """An answer drawn, as PNG, SVG or PDF; `element` says how, None where the question itself does."""
    explorer, times, at = site.explorer_for(request.state.viewer), await times_of(site, request), now()
    theme: Theme = "dark" if request.query_params.get("theme") == "dark" else "light"
    paper = paper_of(request)

    def make() -> Response:
        result = explorer.run(question.request)
        shown = element or _drawn_as(question, result, title)
        view = tile_view(shown, result)
        face = Face("t", title, view, note=shown.note_text or "")
        about = About(
            title,
            shown.subtitle_text or "",
            filters_in_words(explorer, question.request),
            times.lines(at, question.request.timezone),
        )
        if form == "pdf":
            made = pdf_of(tile_pages(face, about, paper), title)
        else:
            drawn = tile_picture(face, about, theme, 840, None)
            made = png_of(drawn) if form == "png" else drawn.encode()
        return Response(made, media_type=PICTURES[form], headers=headers_of(file_name(title, at, form)))

    return await made_in_turn(site, request, make)


async def times_of(site: Site, request: Request) -> Times:
    """What is known of the data's times; what cannot be asked now is not said."""
    standing = await standing_of(site.services)
    current = standing.current if standing else None
    loaded = site.services.events_loaded_at
    try:
        at = await site.turns.run(loaded, request.is_disconnected) if loaded else None
    except MainstemError as e:
        _log.warning("a download does not say when events were loaded: %s", e)
        at = None
    return Times(at, current.published_at if current else None, current.build_id if current else None)


def paper_of(request: Request) -> Paper:
    """`paper=letter`, `turn=portrait`; A4 landscape where it says nothing. Raises HTTPException 400."""
    size = request.query_params.get("paper", "a4").lower()
    turn = request.query_params.get("turn", "landscape").lower()
    if size not in SIZES or turn not in ("landscape", "portrait"):
        raise HTTPException(400, f"paper is {' or '.join(SIZES)}; turn is landscape or portrait.")
    return Paper(size, turn == "landscape")


def _drawn_as(question: Question, result: QueryResult, title: str) -> Element:
    kind, name = look_of(question, result)
    return question.with_look(visualization=name).element(kind, title)


async def made_in_turn(site: Site, request: Request, make: Callable[[], Response]) -> Response:
    """What `make` makes, on a thread; what was wrong with the question as text."""
    try:
        return await site.turns.run(make, request.is_disconnected)
    except ViewerLeft:
        return Response(status_code=499)
    except MainstemError as e:
        return PlainTextResponse(f"{e}\n", status_of(e))


def file_name(title: str, at: datetime, form: str) -> str:
    return f"{title} {at:%Y-%m-%d %H.%M}.{form}"
