"""`/activations`: what models would change in other services, what was written, what was not, and why.

Rows of plans hold values that no access filter has been over: they are for developers alone. Planning and
applying are asked of the activation's DAGs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.errors import UsageError
from mainstem.web.activations import ACTIVATIONS, activation_path, plan_path
from mainstem.web.activations.words import (
    BADGES,
    OPS,
    ORDER,
    POLICIES,
    STANDINGS,
    STATES,
    comes_next,
    reason,
)
from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.orchestration.desk import run_dags
from mainstem.web.orchestration.following import following
from mainstem.web.orchestration.paths import run_path
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.activations import ActivationDesk, SeenActivation
    from mainstem.web.orchestration import KnownDag
    from mainstem.web.site import Site

SEES = Role.VIEWER
ACTS = Role.DEVELOPER
OVERRIDES = Role.ADMIN
PATH = ACTIVATIONS + "/{name}"
PLAN = PATH + "/plans/{plan}"
_DIGITS = 18
_LISTED_RUNS, _SHOWN_RUNS, _SAMPLE, _PAGE, _HISTORY = 1, 20, 5, 50, 50
_WORDS: Mapping[str, Any] = {
    "standings": STANDINGS,
    "badges": BADGES,
    "op_words": OPS,
    "state_words": STATES,
    "policy_words": POLICIES,
    "reason": reason,
    "comes_next": comes_next,
    "path": activation_path,
    "plan_path": plan_path,
}


def desk_of(site: Site) -> ActivationDesk:
    """Raises HTTPException 404 where the server was put together without activations."""
    if site.services.activations is None:
        raise HTTPException(404, "This server knows of no activations.")
    return site.services.activations


def routes(site: Site) -> list[Route]:
    def dags() -> dict[str, KnownDag]:
        return run_dags(site.services.orchestration)

    def seen(request: Request) -> SeenActivation:
        name = request.path_params["name"]
        one = desk_of(site).one(name, _SHOWN_RUNS)
        if one is None:
            raise HTTPException(404, f"There is no activation named “{name}”.")
        return one

    def listed(request: Request) -> Response:
        found = desk_of(site).now(_LISTED_RUNS)
        rows = sorted(found.activations, key=lambda one: (ORDER.index(one.standing), one.title or one.name))
        return site.render("activations.html", rows=rows, found=found, dags=dags(), **_WORDS)

    def shown(request: Request) -> Response:
        one, desk = seen(request), desk_of(site)
        may_see = request.state.viewer.may(ACTS)
        plan = one.plan if may_see else None
        samples = {
            op: desk.rows(plan.id, ops=[op], limit=_SAMPLE) if plan and plan.counts.get(op) else []
            for op in ("create", "update", "delete")
        }
        left_out = desk.rows(plan.id, ops=["pass"], limit=_SAMPLE) if plan else []
        last = one.last if may_see else None
        failing = desk.rows(last.plan_id, states=["refused", "unknown"], limit=_PAGE) if last else []
        return site.render(
            "activation.html",
            one=one,
            plan_dag=dags().get(one.plan_dag),
            apply_dag=dags().get(one.apply_dag),
            samples=samples,
            left_out=left_out,
            failing=failing,
            may_see=may_see,
            **_WORDS,
        )

    def planned(request: Request) -> Response:
        one, query, number = seen(request), request.query_params, _number(request)
        plan = desk_of(site).plan(one.name, number)
        if plan is None:
            raise HTTPException(404, f"{one.name} has no plan {number}, or it was forgotten.")
        op, state, key = query.get("op", ""), query.get("state", ""), query.get("key", "").strip()
        after = int(query["after"]) if query.get("after", "").isdigit() else -1
        rows = desk_of(site).rows(
            plan.id,
            ops=[op] if op in OPS else [],
            states=[state] if state in STATES else [],
            key=key,
            after=after,
            limit=_PAGE + 1,
        )
        kept = {name: value for name, value in (("op", op), ("state", state), ("key", key)) if value}
        here = plan_path(one.name, number)
        last = rows[_PAGE - 1].number if len(rows) > _PAGE else None
        further = "" if last is None else f"{here}?{urlencode({**kept, 'after': last})}"
        history = desk_of(site).history(one.name, rows[0].key, _HISTORY) if key and len(rows) == 1 else []
        return site.render(
            "activation_plan.html",
            one=one,
            plan=plan,
            rows=rows[:_PAGE],
            asked={"op": op, "state": state, "key": key},
            further=further,
            is_later=after >= 0,
            here=here,
            history=history,
            **_WORDS,
        )

    @requires(SEES)
    async def activations(request: Request) -> Response:
        return following(request, await to_thread.run_sync(listed, request))

    @requires(SEES)
    async def activation(request: Request) -> Response:
        return following(request, await to_thread.run_sync(shown, request))

    @requires(ACTS)
    async def plan(request: Request) -> Response:
        return await to_thread.run_sync(planned, request)

    @requires(ACTS)
    async def apply(request: Request) -> Response:
        fields, viewer = await posted(request), request.state.viewer
        despite = [one for one in fields.get("despite", "").split(",") if one]
        number = _number(request)
        if despite and not viewer.may(OVERRIDES):
            raise HTTPException(403, "Guards are set aside by administrators.")

        def act() -> str:
            one = seen(request)
            if site.services.orchestration is None or one.apply_dag not in dags():
                raise UsageError(f"no runner has read {one.apply_dag} yet; mainstem up starts one")
            desk_of(site).approve(one.name, number, viewer.login, despite)
            run = site.services.orchestration.asking.trigger(one.apply_dag, None, viewer.login)
            target = f"{one.name} plan {number}"
            details = {"despite": ", ".join(despite)} if despite else {}
            note(site.services.accounts, Action.PLAN_APPROVED, origin_of(request), viewer, target, **details)
            return run_path(one.apply_dag, run.run_id)

        back = activation_path(request.path_params["name"])
        answer = RedirectResponse(back, status_code=303)
        try:
            run = await to_thread.run_sync(act)
        except UsageError as e:
            tell(request, answer, "failed", str(e))
            return answer
        answer = RedirectResponse(run, status_code=303)
        tell(request, answer, "ok", f"Plan {number} is being applied.")
        return answer

    return [
        Route(ACTIVATIONS, activations),
        Route(PATH, activation),
        Route(PLAN, plan),
        Route(PLAN + "/apply", apply, methods=["POST"]),
    ]


def _number(request: Request) -> int:
    """Of the plan. Raises HTTPException 404 for what is no number."""
    written: str = request.path_params["plan"]
    if not written.isascii() or not written.isdigit() or len(written) > _DIGITS:
        raise HTTPException(404, f"There is no plan {written}.")
    return int(written)
