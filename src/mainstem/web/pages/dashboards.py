"""`/dashboards`: the list, those that who asks marked as favourites first, with what is on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, current_viewer, requires
from mainstem.web.auth.forms import posted
from mainstem.web.explore.kept import read_kept
from mainstem.web.filters import dashboard_path
from mainstem.web.layout import COLUMNS, places
from mainstem.web.pages.lookup import dashboards, named_dashboard

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.semantics.dashboard import Dashboard
    from mainstem.web.site import Site

NO_MODEL = ""
"""What a dashboard is kept under among favourites and visits, which name a model and an explore."""
_SEEN = 200
_SHOWN_ROWS = 24


@dataclass(frozen=True)
class Listed:
    dashboard: Dashboard
    path: str
    is_favourite: bool
    seen_at: datetime | None
    boxes: tuple[tuple[float, float, float, float, str], ...]
    """Its tiles in small: x, y, width, height and what kind of tile."""
    high: float


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def dashboard_list(request: Request) -> Response:
        found = dashboards(site, request)
        if not found:
            return site.render("empty.html")
        desk = site.services.questions
        marked, visits = await read_kept(
            desk,
            lambda one, user: (
                [name for model, name in one.favourite_explores(user) if model == NO_MODEL],
                {visit.explore: visit.asked_at for visit in one.recent(user, _SEEN, NO_MODEL)},
            ),
            ([], {}),
        )
        sought = request.query_params.get("q", "").strip()
        listed = [_listed(one, marked, visits) for one in found if _matches(one, sought)]
        listed.sort(key=lambda one: not one.is_favourite)
        return site.render("dashboards.html", listed=listed, sought=sought, keeps=desk is not None)

    @requires(Role.VIEWER)
    async def favourite(request: Request) -> Response:
        await posted(request)
        dashboard, desk = named_dashboard(site, request), site.services.questions
        user_id = current_viewer().user_id
        if desk is None or user_id is None:
            raise HTTPException(404, "Nothing is kept of what people like here.")
        now = datetime.now(UTC)
        await to_thread.run_sync(lambda: desk.toggle(user_id, NO_MODEL, dashboard.name, "", now))
        return RedirectResponse("/dashboards", 303)

    return [
        Route("/dashboards", dashboard_list),
        Route("/dashboards/{name}/favourite", favourite, methods=["POST"]),
    ]


def _matches(dashboard: Dashboard, sought: str) -> bool:
    """Whether each word stands in its title, its description, or the title of a tile."""
    texts = (dashboard.title, dashboard.description or "", *(one.title for one in dashboard.elements))
    whole = " ".join(texts).casefold()
    return all(word in whole for word in sought.casefold().split())


def _listed(dashboard: Dashboard, marked: list[str], visits: dict[str, datetime]) -> Listed:
    placed = [place for place in places(dashboard) if place.row < _SHOWN_ROWS]
    high = max((min(place.row + place.height, _SHOWN_ROWS) for place in placed), default=1)
    return Listed(
        dashboard,
        dashboard_path(dashboard.name),
        dashboard.name in marked,
        visits.get(dashboard.name),
        tuple(
            (
                place.col + 0.3,
                place.row + 0.3,
                place.width - 0.6,
                min(place.height, _SHOWN_ROWS - place.row) - 0.6,
                _kind(place.element.type),
            )
            for place in placed
        ),
        max(high, COLUMNS / 3),
    )


def _kind(written: str) -> str:
    if written in ("text", "button"):
        return "text"
    if written in ("single_value", "looker_single_record"):
        return "value"
    return "table" if written in ("table", "looker_grid") else "chart"
