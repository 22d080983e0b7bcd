"""`/search`: the list beneath the search box for htmx, a page of its own for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.search import search
from mainstem.web.toasts import is_htmx

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site

_LONGEST = 200
"""Characters of a question that are looked at."""
_MOST_BENEATH_THE_BOX = 6
_MOST_ON_A_PAGE = 100


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def found(request: Request) -> Response:
        text = request.query_params.get("q", "").strip()[:_LONGEST]
        beneath = is_htmx(request)
        most = _MOST_BENEATH_THE_BOX if beneath else _MOST_ON_A_PAGE
        groups = search(site.services, request.state.viewer, text, most)
        return site.render("search_found.html" if beneath else "search.html", text=text, groups=groups)

    return [Route("/search", found)]
