"""`/dashboards/{name}`: filters and empty tiles, at once; each tile then asks for itself.

The page runs no query of a tile, so a slow or broken one keeps no other from being seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from mainstem.errors import QueryError
from mainstem.web.auth import Role, requires
from mainstem.web.filter_bar import (
    dashboard_path,
    filter_controls,
    filter_values,
    unknown_filters,
    with_filters,
)
from mainstem.web.layout import digest, places, stylesheet
from mainstem.web.pages.lookup import named_dashboard
from mainstem.web.publishing import standing_of
from mainstem.web.services import ViewerLeft

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from mainstem.semantics.dashboard import DashboardFilter
    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    def field_type(given: DashboardFilter) -> str | None:
        if not (given.model and given.explore and given.field):
            return None
        try:
            return site.services.explorer.describe_field(given.model, given.explore, given.field).type
        except QueryError:
            return None  # the tiles that hear it say what is wrong; the page stays

    async def loaded_at(request: Request) -> datetime | None:
        if site.services.events_loaded_at is None:
            return None
        return await site.turns.run(site.services.events_loaded_at, request.is_disconnected)

    @requires(Role.VIEWER)
    async def page(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        standing = await standing_of(site.services)
        if standing is not None and standing.current is None:
            return site.render("nothing_published.html", standing=standing)
        query = request.query_params.multi_items()
        values = filter_values(dashboard, query)
        path = dashboard_path(dashboard.name)
        placed = places(dashboard)
        tiles = [
            (place, with_filters(f"{path}/tiles/{quote(place.element.name, safe='')}", values))
            for place in placed
        ]
        try:
            newest = await loaded_at(request)
        except ViewerLeft:
            return Response(status_code=499)
        return site.render(
            "dashboard.html",
            dashboard=dashboard,
            path=path,
            controls=filter_controls(dashboard, values, field_type),
            unknown=unknown_filters(dashboard, query),
            layout_url=f"{path}/layout.css?v={digest(stylesheet(placed))}",
            tiles=tiles,
            loaded_at=newest,
            standing=standing,
            tells_freshness=site.services.events_loaded_at is not None,
        )

    @requires(Role.VIEWER)
    async def layout(request: Request) -> Response:
        css = stylesheet(places(named_dashboard(site, request)))
        kept = request.query_params.get("v") == digest(css)
        return Response(
            css,
            media_type="text/css",
            headers={"cache-control": "public, max-age=31536000, immutable"} if kept else None,
        )

    return [Route("/dashboards/{name}", page), Route("/dashboards/{name}/layout.css", layout)]
