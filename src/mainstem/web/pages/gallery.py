"""`/gallery`: every component of the frame, drawn, with the call that draws it beside it.

What answers below it exists to be shown: it keeps nothing and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.component_examples import draw, families
from mainstem.web.listing import Column, asked_listing
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.web.site import Site
    from mainstem.web.toasts import Kind

ROLE = Role.DEVELOPER
_TO_LOAD, _AT_ONCE = 1200, 400
_MODELS = ("stg_pages", "stg_tracks", "fct_daily_site_visitors")
_TOASTS: dict[str, tuple[Kind, str]] = {
    "ok": ("ok", "Saved."),
    "info": ("info", "The build was queued."),
    "warning": ("warning", "Saved, but two filters match no row."),
    "failed": ("failed", "Not saved: somebody else changed it meanwhile."),
}
_COLUMNS = (
    Column("name", "Name", sortable=True),
    Column("role", "Role", sortable=True),
    Column("logins", "Logins", numeric=True, sortable=True),
    Column("state", "State"),
    Column("actions", ""),
)
_NAMES = (
    "Ada",
    "Barbara",
    "Cecilia",
    "Dorothy",
    "Edith",
    "Frances",
    "Grace",
    "Hedy",
    "Ida",
    "Joan",
    "Katherine",
)
_PEOPLE: list[dict[str, Any]] = [
    {
        "name": name,
        "role": ("viewer", "explorer", "developer", "admin")[number % 4],
        "logins": number * 373 % 1400,
        "state": ("ok", "ok", "warning", "unknown")[number % 4],
    }
    for number, name in enumerate(_NAMES)
]


def routes(site: Site) -> list[Route]:
    @requires(ROLE)
    async def gallery(request: Request) -> Response:
        asked = asked_listing(request, _COLUMNS, "name", size=4)
        people = sorted(_PEOPLE, key=lambda person: person[asked.sort], reverse=asked.descending)
        samples = {"columns": _COLUMNS, "listing": asked.page_of(people)}
        drawn = [
            (family, [(example, draw(site.templates, example, **samples)) for example in family.examples])
            for family in families(site.templates)
        ]
        return site.render("gallery.html", families=drawn)

    @requires(ROLE)
    async def progress(request: Request) -> Response:
        loaded = min(_done(request) + _AT_ONCE, _TO_LOAD)
        return site.render("gallery_progress.html", loaded=loaded, to_load=_TO_LOAD)

    @requires(ROLE)
    async def building(request: Request) -> Response:
        step = min(_done(request) + 1, len(_MODELS))
        return site.render("gallery_building.html", step=step, models=_MODELS)

    @requires(ROLE)
    async def toast(request: Request) -> Response:
        found = _TOASTS.get(request.path_params["kind"])
        if found is None:
            raise HTTPException(404, "There is no such kind of toast.")
        response = Response(status_code=204)
        tell(request, response, *found)
        return response

    @requires(ROLE)
    async def form(request: Request) -> Response:
        response = RedirectResponse("/gallery", status_code=303)
        tell(request, response, "ok", "The form was sent. The gallery keeps nothing of it.")
        return response

    return [
        Route("/gallery", gallery),
        Route("/gallery/progress", progress),
        Route("/gallery/building", building),
        Route("/gallery/toast/{kind}", toast, methods=["POST"]),
        Route("/gallery/form", form, methods=["POST"]),
    ]


def _done(request: Request) -> int:
    """How far it has come, as the last answer's address says."""
    written = request.query_params.get("done", "0")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
