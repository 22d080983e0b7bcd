"""`/`: the dashboard that `home_dashboard` names, else the first that who asks may see; what to do
when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.filters import dashboard_path
from mainstem.web.pages.lookup import dashboards

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def first_page(request: Request) -> Response:
        found = dashboards(site, request)
        if not found:
            return site.render("empty.html")
        named = site.settings.home_dashboard
        home = next((one for one in found if one.name == named), found[0])
        return RedirectResponse(dashboard_path(home.name), status_code=302)

    return [Route("/", first_page)]
