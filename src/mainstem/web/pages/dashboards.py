"""`/dashboards`: the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    async def dashboard_list(request: Request) -> Response:
        found = [(dashboard_path(dashboard.name), dashboard) for dashboard in dashboards(site)]
        return site.render("dashboards.html", dashboards=found) if found else site.render("empty.html")

    return [Route("/dashboards", dashboard_list)]
