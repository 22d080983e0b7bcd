"""`/static/…`: assets by the content their path names, kept by browsers for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.web.auth import open_to_all

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @open_to_all
    async def static(request: Request) -> Response:
        asset = site.assets.at(request.path_params["path"])
        if asset is None:
            raise HTTPException(404, "There is no such file.")
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.gzipped, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"}
            )
        return Response(asset.body, media_type=asset.media_type, headers=headers)

    return [Route("/static/{path:path}", static)]
