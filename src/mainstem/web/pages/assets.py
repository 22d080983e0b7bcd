"""`/assets`: what tasks make and what is made of it, who made it new last, drawn and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import requires
from mainstem.web.orchestration.following import following
from mainstem.web.orchestration.lineage import around, asset_rows, drawn
from mainstem.web.orchestration.paths import ASSETS
from mainstem.web.pages.dags import SEES, desk_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site

_MOST_DRAWN = 120
"""Assets; a drawing of more is looked at by nobody."""


def routes(site: Site) -> list[Route]:
    def found(request: Request) -> Response:
        desk = desk_of(site)
        dags = desk.reading.dags()
        every = asset_rows(dags, desk.reading.assets())
        words = request.query_params.get("q", "").strip()
        name = request.query_params.get("asset", "")
        if name and name not in {row.name for row in every}:
            raise HTTPException(404, f"There is no asset named “{name}”.")
        rows = around(every, name) if name else every
        rows = [row for row in rows if all(word in row.searched for word in words.casefold().split())]
        return site.render(
            "orchestration/assets.html",
            rows=rows,
            total=len(every),
            name=name,
            words=words,
            lineage=drawn(rows, dags) if 0 < len(rows) <= _MOST_DRAWN else None,
            most=_MOST_DRAWN,
        )

    @requires(SEES)
    async def assets(request: Request) -> Response:
        return following(request, await to_thread.run_sync(found, request))

    return [Route(ASSETS, assets)]
