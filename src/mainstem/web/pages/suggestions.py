"""`/dashboards/{name}/filters/{filter}/suggestions`: values a string filter can take, out of the data.

The values come through the explorer like any other query, so they show nothing a tile could not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.errors import MainstemError
from mainstem.filters import exact_text
from mainstem.query.request import Request as Query
from mainstem.web.auth import Role, requires
from mainstem.web.filter_bar import filter_values, options_for
from mainstem.web.pages.lookup import named_dashboard
from mainstem.web.services import ViewerLeft

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.query.result import QueryResult
    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def suggestions(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        given = dashboard.filter_named(request.path_params["filter"])
        if given is None or not (given.model and given.explore and given.field):
            raise HTTPException(404, "There is no such filter over a field.")
        query = Query(
            model=given.model,
            explore=given.explore,
            fields=(given.field,),
            sorts=(given.field,),
            limit=site.settings.suggestions,
        )
        try:
            result = await site.turns.run(lambda: site.services.explorer.run(query), request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            return site.render("suggestions.html", 500, options=(), problem=str(e), more=False)
        values = filter_values(dashboard, request.query_params.multi_items())
        options = options_for(dashboard, given, values, _choices(result))
        return site.render("suggestions.html", options=options, problem=None, more=result.limit_reached)

    return [Route("/dashboards/{name}/filters/{filter}/suggestions", suggestions)]


def _choices(result: QueryResult) -> list[tuple[str, str]]:
    found = []
    for value, *_ in result.rows:
        if value is None:
            found.append(("NULL", "NULL"))
        else:
            found.append((str(value) or "(empty)", exact_text(str(value))))
    return found
