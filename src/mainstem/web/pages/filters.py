"""Filters of explores and dashboards while they are set: a control as its form holds it, the values there
are to choose from, and a custom condition read as it is typed.

Values come through the explorer like any other question, so they show nothing a tile could not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.cohorts.keeping import may_know
from mainstem.errors import MainstemError, QueryError
from mainstem.filters.calculations import Field, parse, walk
from mainstem.query.cohorts import unit_of
from mainstem.query.request import Request as Query
from mainstem.web.auth import Role, requires
from mainstem.web.explore import read_question
from mainstem.web.explore.checking import filtered_kinds
from mainstem.web.filters import (
    Place,
    board_control,
    control,
    filter_values,
    question_control,
    subject_of,
    suggested,
    taken,
)
from mainstem.web.filters.cohort import offered
from mainstem.web.filters.settling import Settled
from mainstem.web.filters.subject import known_choices
from mainstem.web.pages.lookup import named_dashboard, named_explore
from mainstem.web.services import ViewerLeft, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.semantics.dashboard import Dashboard, DashboardFilter
    from mainstem.semantics.model import ViewField
    from mainstem.web.filters import Subject, Suggested
    from mainstem.web.site import Site

_EXPLORE = "/explore/{model}/{explore}"
_BOARD = "/dashboards/{name}/filters/{filter:path}"


def routes(site: Site) -> list[Route]:
    @requires(Role.VIEWER)
    async def board_widget(request: Request) -> Response:
        dashboard, name = named_dashboard(site, request), request.path_params["filter"]
        pairs = request.query_params.multi_items()
        found = board_control(
            dashboard, name, pairs, _number(request), site.explorer_for(request.state.viewer)
        )
        if found is None:
            raise HTTPException(404, f"The dashboard “{dashboard.title}” has no filter named “{name}”.")
        said = "said" in request.query_params
        return site.render("filter_one.html", control=found, said=said, inline=found.subject.inline)

    @requires(Role.VIEWER)
    async def board_values(request: Request) -> Response:
        dashboard = named_dashboard(site, request)
        given = dashboard.filter_named(request.path_params["filter"])
        if given is None or not (given.model and given.explore and given.field):
            raise HTTPException(404, "There is no such filter over a field.")
        explorer = site.explorer_for(request.state.viewer)
        try:
            field = explorer.field(given.model, given.explore, given.field)
        except QueryError as e:
            return _unlisted(site, e)
        heard = _heard(dashboard, given, filter_values(dashboard, request.query_params.multi_items()))
        where = given.model, given.explore, given.field
        subject = subject_of(explorer, given)
        return await _values(site, request, where, field, subject, heard, _narrowing(dashboard, heard))

    @requires(Role.EXPLORER)
    async def question_widget(request: Request) -> Response:
        model, explore = named_explore(site, request)
        others, drafts = taken(request.query_params.multi_items())
        key = request.path_params["field"]
        question, _ = read_question(
            model.name, explore.name, [pair for pair in others if pair[0] not in ("at", "said")]
        )
        explorer = site.explorer_for(request.state.viewer)
        found = question_control(
            model,
            explore,
            question,
            explorer.fields(model.name, explore.name),
            key,
            drafts.get(key),
            _number(request),
            filtered_kinds(explorer, question),
        )
        return site.render(
            "filter_one.html", control=found, said="said" in request.query_params, inline=False
        )

    @requires(Role.EXPLORER)
    async def question_values(request: Request) -> Response:
        model, explore = named_explore(site, request)
        name = request.path_params["field"]
        try:
            field = site.explorer_for(request.state.viewer).field(model.name, explore.name, name)
        except QueryError as e:
            return _unlisted(site, e)
        return await _values(site, request, (model.name, explore.name, name), field, None, {})

    @requires(Role.EXPLORER)
    async def condition(request: Request) -> Response:
        model, explore = named_explore(site, request)
        text = request.query_params.get("filter_expression", "").strip()
        explorer = site.explorer_for(request.state.viewer)
        problem = _condition_problem(explorer, model.name, explore.name, text) if text else ""
        return site.render("filter_condition.html", problem=problem, blank=not text)

    return [
        Route(_BOARD + "/values", board_values),
        Route(_BOARD, board_widget),
        Route(_EXPLORE + "/filters/{field}", question_widget),
        Route(_EXPLORE + "/values/{field}", question_values),
        Route(_EXPLORE + "/condition", condition),
    ]


async def _values(
    site: Site,
    request: Request,
    where: tuple[str, str, str],
    field: ViewField,
    subject: Subject | None,
    heard: Mapping[str, str],
    narrowing: str = "",
) -> Response:
    words = request.query_params.get("q", "").strip()
    explorer = site.explorer_for(request.state.viewer)
    listed = tuple(label for label, _ in _listed(field, subject))

    def ask() -> Suggested:
        limit = site.settings.suggestions
        if "cohorts" in request.query_params:
            return _cohorts(site, explorer, field, words, limit)
        return suggested(explorer, *where, field, listed=listed, words=words, heard=heard, limit=limit)

    try:
        values = await site.turns.run(ask, request.is_disconnected)
    except ViewerLeft:
        return Response(status_code=499)
    except MainstemError as e:
        return _unlisted(site, e)
    chosen = None
    if subject is not None and request.query_params.get("as") == "choices":
        choices = tuple((one.label, one.expression) for one in values.found)
        expression = ",".join(request.query_params.getlist("v"))
        place = Place(_number(request), "", "")
        chosen = control(replace(subject, choices=choices), place, Settled(expression))
    return site.render(
        "filter_values.html",
        found=values.found,
        of_cohorts="cohorts" in request.query_params,
        more=values.more,
        words=words,
        narrowing=narrowing,
        problem="",
        control=chosen,
    )


def _cohorts(site: Site, explorer: Explorer, field: ViewField, words: str, limit: int) -> Suggested:
    """Those that whoever asks may know of, of the unit that the field is the key of."""
    keeper = site.services.cohorts
    kept = [one for one in keeper.shelf.all() if may_know(one, explorer)] if keeper else []
    return offered(kept, unit_of(field) or "", words, limit)


def _listed(field: ViewField, subject: Subject | None) -> tuple[tuple[str, str], ...]:
    return subject.choices if subject is not None else known_choices(field)


def _unlisted(site: Site, error: MainstemError) -> Response:
    return site.render(
        "filter_values.html",
        status_of(error),
        found=(),
        of_cohorts=False,
        more=False,
        words="",
        problem=str(error),
        control=None,
    )


def _heard(dashboard: Dashboard, given: DashboardFilter, values: Mapping[str, str]) -> dict[str, str]:
    """The filters that narrow what this one offers, by their fields."""
    found = {}
    for name in given.listens_to_filters:
        other = dashboard.filter_named(name)
        if other is not None and other.field:
            found[other.field] = values[name]
    return found


def _narrowing(dashboard: Dashboard, heard: Mapping[str, str]) -> str:
    """The filters that narrow what is offered, as people read them: `Status: customer`."""
    set_ones = (one for one in dashboard.filters if one.field and heard.get(one.field, "").strip())
    return ", ".join(f"{one.title}: {heard[one.field]}" for one in set_ones if one.field)


def _condition_problem(explorer: Explorer, model: str, explore: str, text: str) -> str:
    """Why it cannot be asked; empty where it can."""
    try:
        fields = tuple(dict.fromkeys(node.name for node in walk(parse(text)) if isinstance(node, Field)))
        if not fields:
            return "It names no field: write one as ${view.field}."
        explorer.compile(Query(model=model, explore=explore, fields=fields, filter_expression=text))
    except QueryError as e:
        return str(e)
    return ""


def _number(request: Request) -> int:
    text = request.query_params.get("at", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
