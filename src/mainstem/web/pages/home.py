"""`/`: the first dashboard, or what to do when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.filter_bar import dashboard_path
from mainstem.web.pages.lookup import dashboards

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def home(request: Request) -> Response:
        found = dashboards(site)
        if not found:
            return site.render("empty.html")
        return RedirectResponse(dashboard_path(found[0].name), status_code=302)

    return [Route("/", home)]
