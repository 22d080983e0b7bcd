"""`/dashboards/{name}`: filters and empty tiles, at once; each tile then asks for itself.

The page runs no query of a tile, so a slow or broken one keeps no other from being seen.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.boards import cross_pairs, read_crosses, without_crosses
from mainstem.web.boards.asking import look_at
from mainstem.web.boards.menu import chips_of
from mainstem.web.explore.kept import Asked, note_asked
from mainstem.web.filters import dashboard_path, filter_bar, unknown_filters
from mainstem.web.layout import digest, places, stylesheet
from mainstem.web.pages.board_files import BOARD_FILES
from mainstem.web.pages.dashboards import NO_MODEL
from mainstem.web.pages.lookup import named_dashboard
from mainstem.web.publishing import standing_of
from mainstem.web.refreshing import refresh_of
from mainstem.web.services import ViewerLeft
from mainstem.web.truth import marks_path

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.semantics.dashboard import Dashboard
    from mainstem.web.boards.asking import Look
    from mainstem.web.explore.kept import QuestionDesk
    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
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
        explorer = site.explorer_for(request.state.viewer)
        own = without_crosses(query)
        bar = filter_bar(dashboard, own, explorer, cross_pairs(read_crosses(query)))
        if bar.leads_to:
            return RedirectResponse(bar.leads_to, 303)
        look = look_at(explorer, dashboard, query)
        path = dashboard_path(dashboard.name)
        placed = places(dashboard)
        tiles = [(place, look.tile_address(place.element)) for place in placed]
        try:
            newest = await loaded_at(request)
        except ViewerLeft:
            return Response(status_code=499)
        answer = site.render(
            "dashboard.html",
            dashboard=dashboard,
            path=path,
            filter_bar=bar,
            unknown=unknown_filters(dashboard, own),
            chips=chips_of(look),
            cross_pairs=cross_pairs(look.crossing.crosses),
            uncrossed=look.address(()),
            files=[(label, _file(look, path, end)) for label, end in BOARD_FILES],
            layout_url=f"{path}/layout.css?v={digest(stylesheet(placed))}",
            tiles=tiles,
            loaded_at=newest,
            refresh_seconds=refresh_of(dashboard),
            standing=standing,
            marks_url=marks_path(dashboard.name) if site.services.truth is not None else "",
            tells_freshness=site.services.events_loaded_at is not None,
        )
        answer.background = BackgroundTask(_note_visit, site.services.questions, dashboard)
        return answer

    @requires(Role.VIEWER)
    async def layout(request: Request) -> Response:
        css = stylesheet(places(named_dashboard(site, request)))
        kept = request.query_params.get("v") == digest(css)
        return Response(
            css,
            media_type="text/css",
            headers={"cache-control": "private, max-age=31536000, immutable"} if kept else None,
        )

    return [Route("/dashboards/{name}", page), Route("/dashboards/{name}/layout.css", layout)]


def _note_visit(desk: QuestionDesk | None, dashboard: Dashboard) -> None:
    """After the page is sent: nobody waits for it."""
    visit = Asked(NO_MODEL, dashboard.name, dashboard_path(dashboard.name), dashboard.title, 0)
    note_asked(desk, visit, datetime.now(UTC))


def _file(look: Look, path: str, end: str) -> str:
    """The address of the dashboard as a file, with its filters as they are."""
    form, _, own = end.partition("?")
    filters = look.address().partition("?")[2]
    query = "&".join(part for part in (own, filters) if part)
    return f"{path}/download/{form}" + (f"?{query}" if query else "")
