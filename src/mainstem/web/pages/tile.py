"""`/dashboards/{name}/tiles/{element}`: one tile, its query run; a piece of a page, not a page.

What goes wrong with the question is said in the tile; what goes wrong with us is logged and said shortly.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from mainstem.errors import InputError, MainstemError, NothingPublished, QueryError, TransientError
from mainstem.web.auth import Role, requires
from mainstem.web.boards.asking import look_at
from mainstem.web.boards.menu import mark_menu
from mainstem.web.explore import address_of
from mainstem.web.export.about import filters_in_words
from mainstem.web.pages.lookup import named_dashboard, named_tile
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.tile_view import tile_view
from mainstem.web.truth.paths import tile_why_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.query.facts import ElementFacts
    from mainstem.semantics.dashboard import Element
    from mainstem.semantics.model import Origin
    from mainstem.web.boards.asking import Look
    from mainstem.web.explore import Question
    from mainstem.web.layout import Place
    from mainstem.web.site import Site
    from mainstem.web.tile_view import TileView

_log = logging.getLogger(__name__)


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def tile(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        place = named_tile(dashboard, request.path_params["element"])
        viewer = request.state.viewer
        explorer = site.explorer_for(viewer)
        look = look_at(explorer, dashboard, request.query_params.multi_items())
        try:
            view, facts, question = await site.turns.run(
                lambda: _answer(explorer, look, place, viewer.may(Role.EXPLORER)), request.is_disconnected
            )
        except ViewerLeft:
            return Response(status_code=499)
        except Exception as e:  # noqa: BLE001 — the boundary of one tile: the others go on whatever broke
            return _failed(site, explorer, look, place, e)
        return site.render(
            "tile.html",
            place=place,
            view=view,
            facts=facts,
            narrowed=filters_in_words(explorer, question.request) if view.kind == "empty" else "",
            cleared=look.cleared(place.element),
            applied=sorted(question.request.filters.items()),
            explore_url=address_of(question),
            url=look.tile_address(place.element),
            can_compare=site.services.changes is not None and not place.element.merged,
            why_url=tile_why_path(dashboard.name, place.element.name, request.query_params.multi_items()),
            below=lambda path: look.tile_address(place.element, path),
            passed_by=[look.crossing.spoken(one)[0] for one in look.crossing.passed_by(place.element)],
        )

    @requires(Role.VIEWER)
    async def mark(request: Request) -> Response:
        """What a mark leads to: a menu."""
        dashboard = named_dashboard(site, request)
        place = named_tile(dashboard, request.path_params["element"])
        pairs = request.query_params.multi_items()
        named = dict(pairs)
        viewer = request.state.viewer
        explorer = site.explorer_for(viewer)
        look = look_at(explorer, dashboard, pairs)
        label, series = named.get("mark", ""), named.get("series", "")
        try:
            menu = await site.turns.run(
                lambda: mark_menu(
                    explorer, look, place.element, (label, series), leads=viewer.may(Role.EXPLORER)
                ),
                request.is_disconnected,
            )
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            return site.render("mark_menu.html", status_of(e), menu=None, problem=str(e))
        return site.render("mark_menu.html", menu=menu, problem="")

    return [
        Route("/dashboards/{name}/tiles/{element}", tile),
        Route("/dashboards/{name}/tiles/{element}/mark", mark),
    ]


def _answer(
    explorer: Explorer, look: Look, place: Place, may_explore: bool
) -> tuple[TileView, ElementFacts, Question]:
    element = place.element
    facts = explorer.describe_element(element)
    question = look.question(explorer, element)
    asked = question if may_explore else None
    result = explorer.run(question.request, tile=(look.dashboard.name, element.name))
    view = tile_view(element, result, asked, look.picked(element))
    return view, facts, question


def _failed(site: Site, explorer: Explorer, look: Look, place: Place, error: Exception) -> Response:
    status, heading, message = _meaning(error)
    element = place.element
    if status == 500:
        _log.error("tile %s of dashboard %s failed", element.name, look.dashboard.name, exc_info=error)
    return site.render(
        "tile_error.html",
        status,
        place=place,
        url=look.tile_address(element),
        heading=heading,
        message=message,
        where=_where(element, message),
        fields=_fields_named(explorer, element, message),
    )


def _fields_named(explorer: Explorer, element: Element, message: str) -> list[tuple[str, str]]:
    """The fields of the tile that the message names, and where LookML defines them."""
    found = []
    for one in (element, *(query.element for query in element.merged)):
        for name in one.fields:
            if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", message):
                with suppress(QueryError):
                    found.append((name, explorer.describe_field(one.model, one.explore, name).defined_at))
    return found


def _where(element: Element, message: str) -> Origin:
    """The line of the dashboard's file that the message is about, as far as it names one of its fields."""
    keys: tuple[tuple[str, Iterable[str]], ...] = (
        ("filters", element.filters),
        ("listen", element.listen.values()),
        ("sorts", (one.split()[0] for one in element.sorts)),
        ("pivots", element.pivots),
        ("dynamic_fields", (one.name for one in element.dynamic_fields)),
        ("fields", element.fields),
        ("explore", (element.explore,)),
    )
    for key, names in keys:
        if key in element.lines and any(name and f"'{name}'" in message.replace('"', "'") for name in names):
            return element.origin_of(key)
    for query in element.merged:
        found = _where(query.element, message)
        if found != query.element.origin:
            return found
    return element.origin


def _meaning(error: Exception) -> tuple[int, str, str]:
    """HTTP status, heading and text, by what the viewer can do about it."""
    if isinstance(error, InputError):
        return 400, "This tile cannot be asked for", str(error)
    if isinstance(error, NothingPublished):
        return 503, "Nothing has been published yet", str(error)
    if isinstance(error, TransientError):
        return 503, "The warehouse is busy", str(error)
    if isinstance(error, MainstemError):
        return 500, "This tile could not be made", str(error)
    return 500, "Something broke while this tile was made", "The server's log has the details."
