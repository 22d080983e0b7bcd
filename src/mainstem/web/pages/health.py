"""`/health`: whether this server answers and what it serves. It asks the warehouse nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from mainstem.web.auth import open_to_all

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @open_to_all
    async def health(request: Request) -> Response:
        dashboards = len(site.services.explorers.project.dashboards)
        return JSONResponse({"status": "ok", "version": site.services.version, "dashboards": dashboards})

    return [Route("/health", health)]
