"""`/dags/{dag}/runs/{run}` and the tasks of it: what became of each, each try, and its log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import requires
from mainstem.web.orchestration.following import following
from mainstem.web.orchestration.grid import in_order
from mainstem.web.orchestration.paths import task_path
from mainstem.web.orchestration.timeline import spans_of
from mainstem.web.orchestration.words import run_label
from mainstem.web.pages.dag import PATH, graph_of
from mainstem.web.pages.dags import SEES, desk_of, named_dag, named_run
from mainstem.web.pages.task_log import opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.manifest import Dag, DagRun, Task, TaskInstance
    from mainstem.web.orchestration import Try
    from mainstem.web.site import Site

RUN = PATH + "/runs/{run}"
TASK = RUN + "/tasks/{task}"


def routes(site: Site) -> list[Route]:
    def common(request: Request) -> dict[str, Any]:
        """The run, its DAG as it was made from, and what became of each task."""
        desk = desk_of(site)
        known = named_dag(desk, request.path_params["dag"])
        run = named_run(desk, known.dag_id, request.path_params["run"])
        dag = desk.reading.dag_of(run) or known.dag
        found = desk.reading.task_instances(known.dag_id, [run.run_id]).get(run.run_id, ())
        return {
            "entry": known,
            "dag": dag,
            "run": run,
            "label": run_label(run),
            "instances": {ti.task_id: ti for ti in found},
            "now": desk.now(),
            "here": request.url.path,
        }

    def one_run(request: Request) -> Response:
        found = common(request)
        tasks = in_order(found["dag"].tasks)
        return site.render(
            "orchestration/run.html",
            graph=graph_of(found["dag"]),
            tasks=tasks,
            gone=sorted(set(found["instances"]) - {task.task_id for task in tasks}),
            spans=spans_of(found["run"], found["instances"].values(), found["now"]),
            neighbours=_neighbours(desk_of(site).reading.dag_runs(found["entry"].dag_id, 200), found["run"]),
            **found,
        )

    def one_task(request: Request) -> Response:
        found = common(request)
        desk, run, dag = desk_of(site), found["run"], found["dag"]
        task_id = request.path_params["task"]
        task = next((task for task in dag.tasks if task.task_id == task_id), None)
        instance: TaskInstance | None = found["instances"].get(task_id)
        if task is None and instance is None:
            raise HTTPException(404, f"The run {run.run_id} of {dag.dag_id} has no task “{task_id}”.")
        tries = desk.reading.tries(dag.dag_id, run.run_id, task_id)
        chosen = _chosen_try(tries, request.query_params.get("try"))
        path = task_path(dag.dag_id, run.run_id, task_id)
        return site.render(
            "orchestration/task.html",
            task=task,
            task_id=task_id,
            instance=instance,
            tries=tries,
            chosen=chosen,
            upstream=_named(dag, task.depends_on if task else ()),
            downstream=[other for other in dag.tasks if task_id in other.depends_on],
            look=None if chosen is None else opened(desk, dag.dag_id, run.run_id, task_id, chosen, request),
            path=path,
            **found,
        )

    @requires(SEES)
    async def run_page(request: Request) -> Response:
        return following(request, await to_thread.run_sync(one_run, request))

    @requires(SEES)
    async def task_page(request: Request) -> Response:
        return following(request, await to_thread.run_sync(one_task, request))

    return [Route(RUN, run_page), Route(TASK, task_page)]


def _chosen_try(tries: Sequence[Try], asked: str | None) -> Try | None:
    """The one that is asked for; else the newest. None before the first."""
    for one in tries:
        if str(one.try_number) == asked:
            return one
    if asked:
        raise HTTPException(404, f"There is no try {asked} of this task.")
    return tries[-1] if tries else None


def _named(dag: Dag, names: Sequence[str]) -> list[Task]:
    return [task for task in dag.tasks if task.task_id in names]


def _neighbours(runs: Sequence[DagRun], run: DagRun) -> tuple[DagRun | None, DagRun | None]:
    """The run before and the run after it, of those that are listed, the newest first."""
    for at, one in enumerate(runs):
        if one.run_id == run.run_id:
            return (
                runs[at + 1] if at + 1 < len(runs) else None,
                runs[at - 1] if at else None,
            )
    return None, None
