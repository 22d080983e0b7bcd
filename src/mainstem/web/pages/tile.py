"""`/dashboards/{name}/tiles/{element}`: one tile, its query run; a piece of a page, not a page.

What goes wrong with the question is said in the tile; what goes wrong with us is logged and said shortly.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.errors import InputError, MainstemError, NothingPublished, TransientError
from mainstem.web.auth import Role, requires
from mainstem.web.filter_bar import dashboard_path, filter_values, with_filters
from mainstem.web.layout import places
from mainstem.web.pages.lookup import named_dashboard
from mainstem.web.services import ViewerLeft
from mainstem.web.tile_view import tile_view

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.query.facts import ElementFacts
    from mainstem.semantics.dashboard import Dashboard
    from mainstem.web.layout import Place
    from mainstem.web.site import Site
    from mainstem.web.tile_view import TileView

_log = logging.getLogger(__name__)


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def tile(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        place = _named_tile(dashboard, request.path_params["element"])
        values = filter_values(dashboard, request.query_params.multi_items())
        try:
            view, facts = await site.turns.run(
                lambda: _answer(site, dashboard, place, values), request.is_disconnected
            )
        except ViewerLeft:
            return Response(status_code=499)
        except Exception as e:  # noqa: BLE001 — the boundary of one tile: the others go on whatever broke
            return _failed(site, dashboard, place, values, e)
        return site.render("tile.html", place=place, view=view, facts=facts, applied=_applied(place, values))

    return [Route("/dashboards/{name}/tiles/{element}", tile)]


def _answer(
    site: Site, dashboard: Dashboard, place: Place, values: dict[str, str]
) -> tuple[TileView, ElementFacts]:
    explorer = site.services.explorer
    facts = explorer.describe_element(place.element)
    return tile_view(place.element, explorer.run_element(dashboard, place.element, values)), facts


def _failed(
    site: Site, dashboard: Dashboard, place: Place, values: dict[str, str], error: Exception
) -> Response:
    status, heading, message = _meaning(error)
    if status == 500:
        _log.error("tile %s of dashboard %s failed", place.element.name, dashboard.name, exc_info=error)
    path = f"{dashboard_path(dashboard.name)}/tiles/{quote(place.element.name, safe='')}"
    return site.render(
        "tile_error.html",
        status,
        place=place,
        url=with_filters(path, values),
        heading=heading,
        message=message,
    )


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


def _named_tile(dashboard: Dashboard, name: str) -> Place:
    for place in places(dashboard):
        if place.element.name == name:
            return place
    raise HTTPException(404, f"The dashboard “{dashboard.title}” has no tile named “{name}”.")


def _applied(place: Place, values: dict[str, str]) -> list[tuple[str, str]]:
    """The filters a tile ran with: field → expression, its own and those it listens to."""
    heard = {field: values[name] for name, field in place.element.listen.items() if values.get(name)}
    return sorted({**place.element.filters, **heard}.items())
