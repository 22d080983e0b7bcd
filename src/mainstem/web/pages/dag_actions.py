"""What developers do about DAGs and runs: trigger, pause, clear, mark, backfill.

Whatever may touch many runs is shown before it is done: the same address shows it to who asks and does it to
who posts. Each act is written to the audit log.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.errors import UsageError
from mainstem.web.auth import requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.auth.redirects import safe_next
from mainstem.web.orchestration import Backfilling, Clearing, MarkState, Reprocess
from mainstem.web.orchestration.paths import dag_path, run_path, task_path
from mainstem.web.orchestration.words import run_label, zone_of
from mainstem.web.pages.dag import PATH
from mainstem.web.pages.dags import ACTS, desk_of, named_dag, named_run
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.orchestration import KnownDag
    from mainstem.web.site import Site

RUN = PATH + "/runs/{run}"
_MOST_TICKS = 500
"""Of a backfill that is asked for on a page; the command line has no such limit."""


def routes(site: Site) -> list[Route]:
    async def done(
        request: Request, act: Callable[[], str], action: Action, target: str, to: str, **details: str
    ) -> Response:
        """Do it, write it down, and go `to`. `act` gives what is told. Raises UsageError."""
        viewer, origin = request.state.viewer, origin_of(request)

        def acted() -> str:
            told = act()
            note(site.services.accounts, action, origin, viewer, target, **details)
            return told

        answer = RedirectResponse(to, status_code=303)
        tell(request, answer, "ok", await to_thread.run_sync(acted))
        return answer

    async def or_told(request: Request, doing: Any, back: str) -> Response:
        """What `doing` answers; where it cannot be done, a toast on the page that it was asked for on."""
        try:
            answer: Response = await doing
        except UsageError as e:
            answer = RedirectResponse(back, status_code=303)
            tell(request, answer, "failed", str(e))
        return answer

    async def known_of(request: Request) -> KnownDag:
        desk = desk_of(site)
        return await to_thread.run_sync(lambda: named_dag(desk, request.path_params["dag"]))

    @requires(ACTS)
    async def pause(request: Request) -> Response:
        known, fields = await known_of(request), await posted(request)
        is_paused, by = fields.get("paused") == "yes", request.state.viewer.login
        back = safe_next(fields.get("next", "")) if fields.get("next") else dag_path(known.dag_id)

        def act() -> str:
            desk_of(site).asking.pause(known.dag_id, is_paused, by)
            return (
                f"{known.dag_id} is paused: nothing of it starts by itself."
                if is_paused
                else (f"{known.dag_id} runs by its schedule again.")
            )

        action = Action.DAG_PAUSED if is_paused else Action.DAG_UNPAUSED
        return await or_told(request, done(request, act, action, known.dag_id, back), back)

    @requires(ACTS)
    async def trigger(request: Request) -> Response:
        known, fields = await known_of(request), await posted(request)
        at, by = _moment(fields.get("logical_date", "")), request.state.viewer.login
        try:
            run = await to_thread.run_sync(lambda: desk_of(site).asking.trigger(known.dag_id, at, by))
        except UsageError as e:
            answer = RedirectResponse(dag_path(known.dag_id), status_code=303)
            tell(request, answer, "failed", str(e))
            return answer
        said = f"A run of {known.dag_id} was asked for" + (
            ": it waits until the DAG is switched on." if known.is_paused else "."
        )
        to = run_path(known.dag_id, run.run_id)
        return await done(request, lambda: said, Action.RUN_TRIGGERED, f"{known.dag_id} {run.run_id}", to)

    async def clear_page(request: Request, problem: str | None = None) -> Response:
        desk, known = desk_of(site), await known_of(request)
        run = await to_thread.run_sync(lambda: named_run(desk, known.dag_id, request.path_params["run"]))
        wanted = _clearing(known.dag_id, run.run_id, request.query_params)
        try:
            found = await to_thread.run_sync(lambda: desk.asking.would_clear(wanted))
        except UsageError as e:
            found, problem = [], str(e)
        return site.render(
            "orchestration/clear.html",
            409 if problem else 200,
            entry=known,
            run=run,
            label=run_label(run),
            wanted=wanted,
            found=found,
            problem=problem,
            here=request.url.path,
            back=_back(wanted),
        )

    @requires(ACTS)
    async def clear(request: Request) -> Response:
        if request.method == "GET":
            return await clear_page(request)
        desk, fields = desk_of(site), await posted(request)
        wanted = _clearing(request.path_params["dag"], request.path_params["run"], fields)
        by = request.state.viewer.login

        def act() -> str:
            cleared = desk.asking.clear(wanted, by)
            return f"{len(cleared)} task{'' if len(cleared) == 1 else 's'} cleared: they run again."

        details = {"tasks": ",".join(wanted.task_ids)} if wanted.task_ids else {}
        target = f"{wanted.dag_id} {wanted.run_id}"
        doing = done(
            request, act, Action.RUN_CLEARED, target, run_path(wanted.dag_id, wanted.run_id), **details
        )
        return await or_told(request, doing, _back(wanted))

    @requires(ACTS)
    async def mark(request: Request) -> Response:
        desk, fields = desk_of(site), await posted(request)
        dag_id, run_id = request.path_params["dag"], request.path_params["run"]
        task_id, by = fields.get("task") or None, request.state.viewer.login
        state = _one_of(fields.get("state", ""), MarkState)

        def act() -> str:
            desk.asking.mark(dag_id, run_id, task_id, state, by)  # type: ignore[arg-type] # one of its values
            return f"{task_id or 'The run'} was marked {state}."

        to = task_path(dag_id, run_id, task_id) if task_id else run_path(dag_id, run_id)
        details = {"state": state} | ({"task": task_id} if task_id else {})
        return await or_told(
            request, done(request, act, Action.RUN_MARKED, f"{dag_id} {run_id}", to, **details), to
        )

    @requires(ACTS)
    async def backfill(request: Request) -> Response:
        desk, known = desk_of(site), await known_of(request)
        if request.method == "GET":
            return await backfill_page(request, known)
        wanted, errors = _backfilling(known, await posted(request))
        if wanted is None:
            raise HTTPException(400, " ".join(errors.values()))
        by = request.state.viewer.login

        def act() -> str:
            made = [tick for tick in desk.asking.backfill(wanted, by) if tick.action in ("create", "clear")]
            return f"{len(made)} run{'' if len(made) == 1 else 's'} will be run."

        details = {"first": wanted.from_date.isoformat(), "last": wanted.to_date.isoformat()}
        to = dag_path(known.dag_id)
        doing = done(request, act, Action.RUN_BACKFILLED, known.dag_id, to, **details)
        return await or_told(request, doing, dag_path(known.dag_id, "backfill"))

    async def backfill_page(request: Request, known: KnownDag) -> Response:
        query = request.query_params
        wanted, errors = _backfilling(known, query) if "from" in query else (None, {})
        ticks: list[Any] = []
        if wanted is not None:
            try:
                asking = desk_of(site).asking
                ticks = list(await to_thread.run_sync(lambda: asking.would_backfill(wanted)))
            except UsageError as e:
                errors = {"": str(e)}
        if len(ticks) > _MOST_TICKS:
            errors = {
                "to": f"{len(ticks)} ticks are too many for a page; `mainstem dags backfill` takes them."
            }
        return site.render(
            "orchestration/backfill.html",
            entry=known,
            zone=zone_of(known.dag),
            values={name: query.get(name, "") for name in ("from", "to", "reprocess", "backward")},
            wanted=wanted,
            ticks=ticks[:_MOST_TICKS],
            made=sum(tick.action in ("create", "clear") for tick in ticks),
            errors=errors,
        )

    return [
        Route(f"{PATH}/pause", pause, methods=["POST"]),
        Route(f"{PATH}/trigger", trigger, methods=["POST"]),
        Route(f"{PATH}/backfill", backfill, methods=["GET", "POST"]),
        Route(f"{RUN}/clear", clear, methods=["GET", "POST"]),
        Route(f"{RUN}/mark", mark, methods=["POST"]),
    ]


def _back(wanted: Clearing) -> str:
    """Where a clearing was asked for."""
    if len(wanted.task_ids) == 1:
        return task_path(wanted.dag_id, wanted.run_id, wanted.task_ids[0])
    return run_path(wanted.dag_id, wanted.run_id)


def _clearing(dag_id: str, run_id: str, fields: Mapping[str, str]) -> Clearing:
    """As the form says; before it was sent once, with everything downstream."""
    is_first = "asked" not in fields
    return Clearing(
        dag_id,
        run_id,
        tuple(filter(None, fields.get("tasks", "").split(","))),
        upstream=fields.get("upstream") == "yes",
        downstream=is_first or fields.get("downstream") == "yes",
        future=fields.get("future") == "yes",
        past=fields.get("past") == "yes",
        only_failed=fields.get("only_failed") == "yes",
    )


def _backfilling(known: KnownDag, fields: Mapping[str, str]) -> tuple[Backfilling | None, dict[str, str]]:
    """What the form asks for, or what is wrong with it by field. Days are of the DAG's own time zone."""
    zone, found, errors = ZoneInfo(zone_of(known.dag)), dict[str, datetime](), dict[str, str]()
    for name, at in (("from", time.min), ("to", time.max)):
        try:
            found[name] = datetime.combine(date.fromisoformat(fields.get(name, "")), at, zone)
        except ValueError:
            errors[name] = f"“{fields.get(name, '')}” is no day: write it as 2026-01-31."
    if errors:
        return None, errors
    if found["from"] > found["to"]:
        return None, {"to": "It ends before it begins."}
    reprocess = _one_of(fields.get("reprocess") or "none", Reprocess)
    return Backfilling(
        known.dag_id,
        found["from"].astimezone(UTC),
        found["to"].astimezone(UTC),
        reprocess,  # type: ignore[arg-type] # one of its values
        backward=fields.get("backward") == "yes",
    ), {}


def _one_of(text: str, values: Any) -> str:
    """Raises HTTPException 400."""
    if text not in get_args(values):
        raise HTTPException(400, f"“{text}” is none of {', '.join(get_args(values))}.")
    return text


def _moment(text: str) -> datetime | None:
    """In UTC, as a field of a form has it; None for nothing. Raises HTTPException 400."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as e:
        raise HTTPException(400, f"“{text}” is no moment: write it as 2026-01-31T12:00.") from e
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
