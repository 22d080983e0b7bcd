"""`/why`: why the number of a tile, or of an explore's question, changed between two moments.

The page comes at once; what it takes to know is asked for by the page, as a piece of it.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mainstem.errors import InputError, MainstemError
from mainstem.web.auth import Role, requires
from mainstem.web.boards.asking import look_at
from mainstem.web.cell_text import format_cell
from mainstem.web.explore import Question, address_of
from mainstem.web.explore.drill import filter_for
from mainstem.web.pages.truth import asked_question, asked_tile
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.truth import dbt_path, question_truth_path, tile_truth_path
from mainstem.web.truth.changes import SHORT, WORDS, Asked, drawing, sentence, shown, signed
from mainstem.web.truth.paths import WHY
from mainstem.web.truth.telling import Tellings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from mainstem.query.changes import ChangedRow, Explanation
    from mainstem.query.explorer import Explorer
    from mainstem.query.result import OutputColumn
    from mainstem.web.site import Site
    from mainstem.web.truth.changes import ChangesDesk, Moment

_NAME = "named"
"""What a page calls the answer that it waits for."""
_OWN = ("from", "to", "measure", _NAME)


def routes(site: Site) -> list[Route]:
    def desk() -> ChangesDesk:
        if site.services.changes is None:
            raise HTTPException(404, "This server keeps no earlier states: nothing is published here.")
        return site.services.changes

    tellings = Tellings()

    def named(request: Request) -> tuple[str, str]:
        return str(request.state.viewer.user_id), request.query_params.get(_NAME, "")

    async def page(request: Request, title: str, truth: str, trail: list[tuple[str, str]]) -> Response:
        moments = await to_thread.run_sync(desk().moments)
        chosen, problem = _chosen(moments, request)
        name = secrets.token_urlsafe(9)
        asked = [*request.query_params.multi_items(), (_NAME, name)]
        kept = [(n, v) for n, v in request.query_params.multi_items() if n not in _OWN]
        return site.render(
            "why.html",
            title=title,
            trail=trail,
            truth_href=truth,
            moments=moments,
            chosen=chosen,
            problem=problem,
            hidden=kept,
            path=request.url.path,
            answer=f"{request.url.path}/answer?{urlencode(asked)}",
            telling=None,
            steps=_steps_address(name),
        )

    async def answer(request: Request, asked: Asked, explorer: Explorer) -> Response:
        asking = request.state.viewer.asking

        def make() -> dict[str, Any]:
            chosen, problem = _chosen(desk().moments(), request)
            if chosen is None:
                raise HTTPException(400, problem)
            columns = {column.name: column for column in explorer.compile(asked.request).columns}
            with tellings.of(*named(request)) as tell:
                found = desk().explain(asking, asked, *chosen, tell)
            return _shown(found, columns, request) | {"row_href": _row_addresses(found, asked, explorer)}

        try:
            values = await site.turns.run(make, request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            heading = "This cannot be told" if isinstance(e, InputError) else "This cannot be told now"
            return site.render("why_failed.html", status_of(e), heading=heading, message=str(e))
        return site.render("why_answer.html", dbt_path=dbt_path, **values)

    def asked_of(request: Request) -> tuple[Asked, Explorer]:
        tile = asked_tile(site, request)
        look = look_at(tile.explorer, tile.dashboard, tile.seen)
        asked = Asked(tile.question.request, tile.dashboard.name, tile.element.name, look.values)
        return asked, tile.explorer

    @requires(Role.VIEWER)
    async def steps(request: Request) -> Response:
        telling = tellings.now(*named(request))
        return site.render("why_steps.html", telling=telling, steps=_steps_address(named(request)[1]))

    @requires(Role.VIEWER)
    async def tile_page(request: Request) -> Response:
        tile = asked_tile(site, request)
        board = f"/dashboards/{quote(tile.dashboard.name, safe='')}"
        if tile.seen:
            board = f"{board}?{urlencode(tile.seen)}"
        trail = [("Dashboards", "/dashboards"), (tile.dashboard.title, board), ("Why it changed", "")]
        truth = tile_truth_path(tile.dashboard.name, tile.element.name, tile.seen)
        return await page(request, tile.element.title or tile.element.name, truth, trail)

    @requires(Role.VIEWER)
    async def tile_answer(request: Request) -> Response:
        return await answer(request, *asked_of(request))

    @requires(Role.EXPLORER)
    async def question_page(request: Request) -> Response:
        question = asked_question(site, request)
        trail = [("Explores", "/explores"), (question.request.explore, address_of(question)), ("Why", "")]
        return await page(request, question.request.explore, question_truth_path(question), trail)

    @requires(Role.EXPLORER)
    async def question_answer(request: Request) -> Response:
        question = asked_question(site, request)
        return await answer(request, Asked(question.request), site.explorer_for(request.state.viewer))

    return [
        Route(WHY, tile_page),
        Route(f"{WHY}/answer", tile_answer),
        Route(f"{WHY}/steps", steps),
        Route(f"{WHY}/question", question_page),
        Route(f"{WHY}/question/answer", question_answer),
    ]


def _steps_address(name: str) -> str:
    return f"{WHY}/steps?{urlencode({_NAME: name})}"


def _chosen(moments: Sequence[Moment], request: Request) -> tuple[tuple[Moment, Moment] | None, str]:
    """The two that `from` and `to` name: a publication's number, or a date, for what was shown then."""
    if len(moments) < 2:
        return None, (
            "There is one moment alone so far whose tables can still be read. Once another build is "
            "published, what changed between them is told here."
        )
    now = _named(moments, request.query_params.get("to", "")) or moments[0]
    earlier = [one for one in moments if one.shown_at < now.shown_at]
    then = _named(moments, request.query_params.get("from", "")) or (earlier[0] if earlier else None)
    if then is None or then.shown_at >= now.shown_at:
        return None, "The first moment has to be before the second: choose another."
    return (then, now), ""


def _named(moments: Sequence[Moment], name: str) -> Moment | None:
    found = next((one for one in moments if one.id == name), None)
    if found is not None or not name:
        return found
    try:
        at = datetime.fromisoformat(name)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return next((one for one in moments if one.shown_at <= at), moments[-1])


def _row_addresses(found: Explanation, asked: Asked, explorer: Explorer) -> Callable[[ChangedRow], str]:
    """Where a row that is there now leads: its explore, with that row alone; empty where nothing names it."""
    custom = {one.name for one in asked.request.dynamic_fields}
    fields = tuple(name for name in found.row_fields if name not in custom)
    key = found.key_field
    if not found.rows or key not in fields:
        return lambda row: ""
    own = type(asked.request)(model=asked.request.model, explore=asked.request.explore, fields=fields)
    column = next(one for one in explorer.compile(own).columns if one.name == key)

    def address(row: ChangedRow) -> str:
        expression = filter_for(column, row.values[found.row_fields.index(key)])
        if row.what == "removed" or expression is None:
            return ""
        request = msgspec.structs.replace(own, filters={key: expression})
        return address_of(Question(request=request, visualization="table"))

    return address


def _shown(found: Explanation, columns: dict[str, OutputColumn], request: Request) -> dict[str, Any]:
    wanted = request.query_params.get("measure", "")
    change = next((one for one in found.numbers if one.measure == wanted), found.numbers[0])
    column = columns[change.measure]
    chart = drawing(change, column)
    causes = [cause for cause in WORDS if any(cause in one.parts for one in (*found.numbers, *found.groups))]
    pairs = [(n, v) for n, v in parse_qsl(request.url.query, keep_blank_values=True) if n != "measure"]
    path = request.url.path.removesuffix("/answer")

    def text(name: str, value: Any) -> str:
        if name in columns:
            return format_cell(value, columns[name])
        return "–" if value is None else str(value)

    return {
        "found": found,
        "change": change,
        "label": found.labels.get(change.measure, change.measure),
        "sentence": sentence(change, column),
        "before": shown(change.before, column),
        "after": shown(change.after, column),
        "spec": json.dumps(chart.spec, ensure_ascii=False) if chart else "",
        "description": chart.description if chart else "",
        "causes": causes,
        "words": WORDS,
        "short": SHORT,
        "part": lambda one, cause: (
            signed(one.parts[cause], columns[one.measure]) if cause in one.parts else ""
        ),
        "difference": lambda one: signed(one.difference, columns[one.measure]),
        "value": lambda one, which: shown(getattr(one, which), columns[one.measure]),
        "text": text,
        "groups": [one for one in found.groups if one.measure == change.measure],
        "others": [
            (
                found.labels.get(one.measure, one.measure),
                f"{path}?{urlencode([*pairs, ('measure', one.measure)])}",
            )
            for one in found.numbers
            if one is not change
        ],
    }
