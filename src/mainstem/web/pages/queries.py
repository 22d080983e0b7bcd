"""`/queries`: who asked the warehouse what, and what it took. For administrators: SQL holds filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.queries import Wanted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.queries import By, QueryDesk
    from mainstem.web.site import Site

PATH = "/queries"
_ON_A_PAGE = 100
_MOST_GROUPS = 100
_DAYS = {"1": "Past day", "7": "Past 7 days", "30": "Past 30 days", "": "All that is kept"}
_VIA = ("web", "api", "command line", "dbt")
_VIEWS: dict[str, tuple[str, By | None, str]] = {
    "": ("Newest", None, ""),
    "slowest": ("Slowest", None, ""),
    "frequent": ("Most frequent", "query", "runs"),
    "users": ("By user", "user", "seconds"),
    "dashboards": ("By dashboard", "dashboard", "seconds"),
    "explores": ("By explore", "explore", "seconds"),
}
"""Each view: its tab, what it adds up by, and in which order."""
_KEYS = ("login", "dashboard", "explore", "via", "hash")


def routes(site: Site) -> list[Route]:
    def desk() -> QueryDesk:
        if site.services.queries is None:
            raise HTTPException(404, "This server keeps no query log.")
        return site.services.queries

    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        query = request.query_params
        view = query.get("view", "") if query.get("view", "") in _VIEWS else ""
        days = query.get("days", "7") if query.get("days", "7") in _DAYS else "7"
        asked = {key: query.get(key, "").strip() for key in _KEYS}
        wanted = Wanted(
            since=datetime.now(UTC) - timedelta(days=int(days)) if days else None,
            failed=query.get("failed") == "yes",
            **{key: value or None for key, value in asked.items()},
        )
        parameters = {"days": days, **{k: v for k, v in asked.items() if v}}
        if wanted.failed:
            parameters["failed"] = "yes"
        found = await to_thread.run_sync(_found, desk(), view, wanted, _number(query.get("before")))
        return site.render(
            "queries.html",
            view=view,
            tabs=[
                (label, _href({**parameters, "view": key}), key == view)
                for key, (label, *_) in _VIEWS.items()
            ],
            by=_VIEWS[view][1],
            asked=asked,
            days=days,
            day_choices=_DAYS,
            via_choices=_VIA,
            failed=wanted.failed,
            narrowed=lambda **more: _href({**parameters, **more}),
            without_hash=_href({k: v for k, v in {**parameters, "view": view}.items() if k != "hash"}),
            is_first=query.get("before") is None,
            newest=_href({**parameters, "view": view}),
            **found,
            older=_href({**parameters, "before": str(found["runs"][-1].id)}) if found["more"] else None,
        )

    return [Route(PATH, page)]


def _found(desk: QueryDesk, view: str, wanted: Wanted, before: int | None) -> dict[str, Any]:
    """Runs or groups, and whether there are older runs."""
    _, by, order = _VIEWS[view]
    if by is not None:
        return {"runs": [], "groups": desk.grouped(by, _MOST_GROUPS, wanted, order), "more": False}
    if view == "slowest":
        return {"runs": desk.slowest(_ON_A_PAGE, wanted), "groups": [], "more": False}
    runs = desk.newest(_ON_A_PAGE + 1, wanted, before)
    return {"runs": runs[:_ON_A_PAGE], "groups": [], "more": len(runs) > _ON_A_PAGE}


def _href(parameters: dict[str, str]) -> str:
    return f"{PATH}?{urlencode({k: v for k, v in parameters.items() if v or k == 'days'})}"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
