"""`/dags/{dag}` and its views: the grid of runs, the graph of tasks, details, and what it is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
from anyio import to_thread
from starlette.routing import Route

from mainstem.manifest import AssetSchedule
from mainstem.web.auth import requires
from mainstem.web.orchestration.following import following
from mainstem.web.orchestration.graph import lay_out
from mainstem.web.orchestration.grid import grid_of, in_order
from mainstem.web.orchestration.overview import dag_rows
from mainstem.web.orchestration.paths import DAGS, dag_path
from mainstem.web.pages.dags import SEES, desk_of, named_dag, why_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.manifest import Dag
    from mainstem.web.orchestration import KnownDag
    from mainstem.web.orchestration.graph import Graph
    from mainstem.web.site import Site

PATH = DAGS + "/{dag}"
GRID_SIZES = (25, 50, 100)
_NEXT_TICKS = 5
_VIEWS = {"": "Grid", "graph": "Graph", "details": "Details", "code": "Code"}


def tabs_of(dag_id: str, current: str) -> list[tuple[str, str, bool]]:
    return [
        (label, dag_path(dag_id, view) if view else dag_path(dag_id), view == current)
        for view, label in _VIEWS.items()
    ]


def graph_of(dag: Dag) -> Graph:
    return lay_out(
        tuple(task.task_id for task in in_order(dag.tasks)),
        tuple((name, task.task_id) for task in dag.tasks for name in task.depends_on),
    )


def routes(site: Site) -> list[Route]:
    def common(request: Request, view: str) -> dict[str, Any]:
        desk, now = desk_of(site), desk_of(site).now()
        known = named_dag(desk, request.path_params["dag"])
        runs = desk.reading.dag_runs(known.dag_id, 14)
        (row,) = dag_rows(
            [replace(known, is_stale=False)], {known.dag_id: runs}, desk.reading.runners(), now, why_of(desk)
        )
        return {
            "entry": known,
            "dag": known.dag,
            "row": row,
            "now": now,
            "tabs": tabs_of(known.dag_id, view),
            "here": request.url.path,
        }

    def grid(request: Request) -> Response:
        found = common(request, "")
        desk, known = desk_of(site), found["entry"]
        size = next((n for n in GRID_SIZES if str(n) == request.query_params.get("runs")), GRID_SIZES[0])
        runs = desk.reading.dag_runs(known.dag_id, size)
        instances = desk.reading.task_instances(known.dag_id, [run.run_id for run in runs])
        return site.render(
            "orchestration/dag_grid.html",
            grid=grid_of(known.dag, runs, instances, found["now"]),
            size=size,
            sizes=GRID_SIZES,
            **found,
        )

    def graph(request: Request) -> Response:
        found = common(request, "graph")
        desk, known = desk_of(site), found["entry"]
        last = found["row"].last
        states = {}
        if last is not None:
            of_run = desk.reading.task_instances(known.dag_id, [last.run_id])
            states = {ti.task_id: ti for ti in of_run.get(last.run_id, ())}
        return site.render(
            "orchestration/dag_graph.html", graph=graph_of(known.dag), instances=states, run=last, **found
        )

    def details(request: Request) -> Response:
        found = common(request, "details")
        desk, known = desk_of(site), found["entry"]
        used = {use.pool.name: use for use in desk.reading.pools()}
        names = dict.fromkeys(task.pool for task in known.dag.tasks)
        return site.render(
            "orchestration/dag_details.html",
            ticks=desk.reading.next_ticks(known.dag_id, _NEXT_TICKS),
            pools=[(name, used.get(name)) for name in names],
            waits_for=_waits_for(known),
            outlets=sorted({name for task in known.dag.tasks for name in task.outlets}),
            tasks=in_order(known.dag.tasks),
            **found,
        )

    def code(request: Request) -> Response:
        found = common(request, "code")
        text = msgspec.json.format(msgspec.json.encode(found["dag"]), indent=2).decode()
        return site.render(
            "orchestration/dag_code.html",
            text=text,
            written_in=desk_of(site).reading.written_in(found["dag"].dag_id),
            **found,
        )

    def view(answer: Callable[[Request], Response]) -> Any:
        @requires(SEES)
        async def shown(request: Request) -> Response:
            return following(request, await to_thread.run_sync(answer, request))

        return shown

    return [
        Route(PATH, view(grid)),
        Route(f"{PATH}/graph", view(graph)),
        Route(f"{PATH}/details", view(details)),
        Route(f"{PATH}/code", view(code)),
    ]


def _waits_for(known: KnownDag) -> tuple[str, ...]:
    schedule = known.dag.schedule
    return schedule.assets if isinstance(schedule, AssetSchedule) else ()
