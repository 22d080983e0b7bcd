"""`/dags`: every DAG, what is wrong first, and whether a runner is there to run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.orchestration.following import following
from mainstem.web.orchestration.overview import STANDINGS, Asked, counts_of, dag_rows, failure_words
from mainstem.web.orchestration.paths import DAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.manifest import DagRun
    from mainstem.web.orchestration import KnownDag, OrchestrationDesk
    from mainstem.web.site import Site

SEES = Role.VIEWER
ACTS = Role.DEVELOPER
_RECENT_RUNS = 14


def desk_of(site: Site) -> OrchestrationDesk:
    """Raises HTTPException 404 where the server was put together without runs."""
    if site.services.orchestration is None:
        raise HTTPException(404, "This server knows of no DAGs.")
    return site.services.orchestration


def named_dag(desk: OrchestrationDesk, dag_id: str) -> KnownDag:
    """Raises HTTPException 404."""
    for known in desk.reading.dags():
        if known.dag_id == dag_id:
            return known
    raise HTTPException(404, f"There is no DAG named “{dag_id}”.")


def named_run(desk: OrchestrationDesk, dag_id: str, run_id: str) -> DagRun:
    """Raises HTTPException 404."""
    run = desk.reading.dag_run(dag_id, run_id)
    if run is None:
        raise HTTPException(404, f"The DAG {dag_id} has no run “{run_id}”.")
    return run


def why_of(desk: OrchestrationDesk) -> Callable[[DagRun], str]:
    """What failed in a run, in a few words."""

    def why(run: DagRun) -> str:
        return failure_words(desk.reading.task_instances(run.dag_id, [run.run_id]).get(run.run_id, ()))

    return why


def routes(site: Site) -> list[Route]:
    def found(request: Request) -> Response:
        desk, now = desk_of(site), desk_of(site).now()
        asked = Asked(
            *(request.query_params.get(name, "").strip() for name in ("q", "state", "tag", "owner"))
        )
        runners = desk.reading.runners()
        rows = dag_rows(
            desk.reading.dags(), desk.reading.recent_runs(_RECENT_RUNS), runners, now, why_of(desk)
        )
        return site.render(
            "orchestration/dags.html",
            rows=[row for row in rows if asked.matches(row)],
            total=len(rows),
            counts=counts_of(rows),
            standings=STANDINGS,
            asked=asked,
            tags=sorted({tag for row in rows for tag in row.known.dag.tags}),
            owners=sorted({row.known.dag.owner for row in rows if row.known.dag.owner}),
            runners=runners,
            refused=desk.reading.refused(),
            now=now,
            here=f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path,
        )

    @requires(SEES)
    async def dags(request: Request) -> Response:
        return following(request, await to_thread.run_sync(found, request))

    return [Route(DAGS, dags)]
