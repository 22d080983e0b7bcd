"""`/connectors` and `/connectors/{name}`: what is brought in from elsewhere, how fresh it is, what is wrong.

Syncing now is asked of the connector's DAG, whose trigger the page holds for those who may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.connectors import CONNECTORS, connector_path
from mainstem.web.connectors.standing import STANDINGS, connector_row, connector_rows
from mainstem.web.lake import size_of
from mainstem.web.orchestration.desk import run_dags
from mainstem.web.orchestration.following import following

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.connectors import ConnectorDesk
    from mainstem.web.site import Site

SEES = Role.VIEWER
PATH = CONNECTORS + "/{name}"
_LISTED_RUNS, _SHOWN_RUNS, _CHANGES = 14, 30, 50
CHANGE_WORDS = {
    "new_table": "New table",
    "new_column": "New column",
    "new_variant": "New type",
    "gone_column": "Not sent any more",
    "changed_type": "Other type at the source",
}


def desk_of(site: Site) -> ConnectorDesk:
    """Raises HTTPException 404 where the server was put together without connectors."""
    if site.services.connectors is None:
        raise HTTPException(404, "This server knows of no connectors.")
    return site.services.connectors


def routes(site: Site) -> list[Route]:
    def now() -> datetime:
        if site.services.orchestration is None:
            raise HTTPException(404, "This server knows of no runs.")
        return site.services.orchestration.now()

    def listed(request: Request) -> Response:
        found = desk_of(site).now(_LISTED_RUNS)
        return site.render(
            "connectors.html",
            rows=connector_rows(found.connectors, now()),
            found=found,
            dags=run_dags(site.services.orchestration),
            standings=STANDINGS,
            path=connector_path,
        )

    def shown(request: Request) -> Response:
        desk, name = desk_of(site), request.path_params["name"]
        seen = next((one for one in desk.now(_SHOWN_RUNS).connectors if one.name == name), None)
        if seen is None:
            raise HTTPException(404, f"There is no connector named “{name}”.")
        return site.render(
            "connector.html",
            row=connector_row(seen, now()),
            seen=seen,
            dag=run_dags(site.services.orchestration).get(seen.dag_id),
            changes=desk.changes(name, _CHANGES),
            change_words=CHANGE_WORDS,
            standings=STANDINGS,
            size=size_of,
            now=now(),
        )

    @requires(SEES)
    async def connectors(request: Request) -> Response:
        return following(request, await to_thread.run_sync(listed, request))

    @requires(SEES)
    async def connector(request: Request) -> Response:
        return following(request, await to_thread.run_sync(shown, request))

    return [Route(CONNECTORS, connectors), Route(PATH, connector)]
