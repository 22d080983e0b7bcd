"""`/explore/{model}/{explore}`: ask an explore. The page comes at once; its answer is asked for by the page.

Every control is a button of one form that holds the question; what was pressed is worked in here, and the
browser is led to the address of the question that comes of it.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import available_timezones

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.errors import MainstemError, QueryError
from mainstem.query.request import DEFAULT_LIMIT
from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.auth import Role, requires
from mainstem.web.explore import address_of, address_with, explore_path, read_question
from mainstem.web.explore.changes import changed
from mainstem.web.explore.checking import check_draft, filtered_kinds
from mainstem.web.explore.custom import Draft, draft_of, is_of_draft, read_draft, with_field
from mainstem.web.explore.editor import editor_values
from mainstem.web.explore.kept import Asked, note_asked, read_kept
from mainstem.web.explore.look import CHOICES, look_of
from mainstem.web.explore.look_form import is_of_form
from mainstem.web.explore.look_settings import settings_of, settled
from mainstem.web.explore.picker import headings, own_fields, picks
from mainstem.web.explore.quick import QUICK, with_quick
from mainstem.web.explore.starts import ready_made, suggested
from mainstem.web.explore.words import title_of
from mainstem.web.explore_fields import explore_path as documented
from mainstem.web.explore_fields import fields_of
from mainstem.web.export import FILE_FORMATS
from mainstem.web.export.pictures import PICTURES
from mainstem.web.filters import question_filters, taken
from mainstem.web.pages.lookup import named_explore
from mainstem.web.publishing import standing_of
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.tile_view import tile_view, without_hidden

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.query.explorer import Explorer
    from mainstem.query.result import QueryResult
    from mainstem.semantics.model import Explore, Model
    from mainstem.web.explore import Question
    from mainstem.web.site import Site

_log = logging.getLogger(__name__)

PATH = "/explore/{model}/{explore}"
_HEADINGS = {
    400: "This cannot be asked",
    503: "The warehouse cannot answer now",
    500: "This could not be answered",
}
_COMMAND = "do"
_QUICK, _LOOK = "quick:", "look:"
_RECENT = 8
_MORE_ROWS = (5_000, 50_000)
_LIMITS = (50, 500, 1000, 5000)
_TIMEZONES = tuple(sorted(available_timezones()))


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def page(request: Request) -> Response:
        model, explore = named_explore(site, request)
        pairs, filter_drafts = taken(request.query_params.multi_items())
        own = {name: value for name, value in pairs if name == _COMMAND or is_of_draft(name)}
        kept = [pair for pair in pairs if pair[0] not in own and not is_of_form(pair[0])]
        question, problems = read_question(model.name, explore.name, kept)
        if own.get(_COMMAND) == _LOOK:
            question, own[_COMMAND] = question.with_look(vis=settled(question.vis, pairs)), "run:"
        explorer = site.explorer_for(request.state.viewer)
        fields = explorer.fields(model.name, explore.name)
        filters = question_filters(
            model, explore, question, fields, filter_drafts, filtered_kinds(explorer, question)
        )
        question = filters.question
        draft = read_draft(question, own)
        if _COMMAND in own or filters.sent:  # a form without the button that was pressed asks as it stands
            led = _pressed(explorer, question, own.get(_COMMAND, "run:"), draft)
            return RedirectResponse(filters.address(led), 303)
        standing = await standing_of(site.services)
        if standing is not None and standing.current is None:
            return site.render("nothing_published.html", standing=standing)
        return site.render(
            "explore_ask.html",
            standing=standing,
            problems=problems,
            filters=filters,
            **await _kept(site, explorer, model, explore, question),
            **_asking(explorer, model, explore, question, draft),
        )

    @requires(Role.EXPLORER)
    async def answer(request: Request) -> Response:
        model, explore = named_explore(site, request)
        question, _ = read_question(model.name, explore.name, request.query_params.multi_items())
        explorer = site.explorer_for(request.state.viewer)
        try:
            values = await site.turns.run(
                lambda: _noted(site, question, _answered(explorer, explore, question)),
                request.is_disconnected,
            )
        except ViewerLeft:
            return Response(status_code=499)
        except Exception as e:  # noqa: BLE001 -- the boundary of one answer: the page around it stays
            return _failed(site, explorer, question, e)
        return site.render("explore_answer.html", question=question, **values)

    return [
        Route(PATH, page),
        Route(PATH + "/answer", answer),
    ]


def _pressed(explorer: Explorer, question: Question, command: str, draft: Draft | None) -> str:
    """The address that the pressed button leads to. Raises HTTPException 400 for a button there is not.

    What is half written stays beside the question, whatever else is pressed.
    """
    verb, _, argument = command.partition(":")
    match f"{verb}:":
        case "new:":
            return address_with(question, Draft(kind=argument))
        case "change:":
            return address_with(question, draft_of(question, argument))
        case "close:":
            return address_of(question)
        case "save:" if draft is not None:
            made = check_draft(explorer, question, draft).made
            return address_of(with_field(question, made)) if made else address_with(question, draft)
    try:
        if f"{verb}:" == _QUICK:
            kind, _, name = argument.partition(":")
            fields = explorer.fields(question.request.model, question.request.explore)
            own = {one.name: one.label or one.name for one in question.request.dynamic_fields}
            label = own.get(name) or (fields[name].label if name in fields else name)
            return address_with(with_quick(question, kind, name, label, fields), draft)
        return address_with(changed(question, command), draft)
    except ValueError as e:
        raise HTTPException(400, str(e)) from e


def _asking(
    explorer: Explorer, model: Model, explore: Explore, question: Question, draft: Draft | None
) -> dict[str, Any]:
    every = list(fields_of(explorer, model, explore, hidden=True))
    offered = [field for field in every if not field.hidden]
    labels = {field.name: field.label for field in every}
    labels |= {one.name: one.label or one.name for one in question.request.dynamic_fields}
    address = address_of(question)
    path, _, query = address.partition("?")
    answer = f"{path}/answer?{query}" if query else ""
    asked = question.request
    return {
        "model": model,
        "explore": explore,
        "question": question,
        "hidden": _hidden_inputs(question),
        "path": path,
        "address": address,
        "answer_url": answer if asked.fields or asked.dynamic_fields else "",
        "documented": documented(model.name, explore.name),
        "headings": headings(offered, question),
        "labels": labels,
        "choices": CHOICES,
        "limits": _LIMITS,
        "timezones": _TIMEZONES,
        "own_fields": own_fields(question),
        "ready_made": ready_made(model.name, explore),
        "suggested": suggested(model.name, explore, offered),
        "editor": editor_values(explorer, question, draft, offered) if draft else None,
        "check_path": f"{path}/check",
        "downloads": [
            (label, f"{path}/download/{name}?{query}")
            for name, label in (
                *((form.name, form.label) for form in FILE_FORMATS.values()),
                *((name, name.upper()) for name in PICTURES),
            )
        ],
        "all_rows": f"{path}/download/csv?{query}&{urlencode({'rows': 'all'})}",
        "lookml_url": f"{path}/lookml?{query}",
    }


async def _kept(
    site: Site, explorer: Explorer, model: Model, explore: Explore, question: Question
) -> dict[str, Any]:
    """Favourites, and what was asked before, of who asks."""
    desk, names = site.services.questions, (model.name, explore.name)
    favourites, explores = await read_kept(
        desk, lambda one, user: (one.favourite_fields(user, *names), one.favourite_explores(user)), ((), ())
    )
    is_new = not question.request.fields and not question.request.dynamic_fields
    recent = await read_kept(desk, lambda one, user: one.recent(user, _RECENT, *names), ()) if is_new else ()
    offered = fields_of(explorer, model, explore)
    path = explore_path(*names)
    query = urlsplit(address_of(question)).query
    return {
        "keeps": desk is not None,
        "favourites": favourites,
        "favourite_picks": picks([one for one in offered if one.name in favourites], question),
        "is_favourite": names in explores,
        "recent": recent,
        "star_url": f"{path}/favourites?{query}" if desk is not None else "",
        "about_path": f"{path}/about",
    }


def _hidden_inputs(question: Question) -> list[tuple[str, str]]:
    """The parts of the question that no control of the form shows, as they stand in its address."""
    shown = ("limit", "column_limit", "total", "row_total", "query_timezone", "filter_expression")
    pairs = parse_qsl(urlsplit(address_of(question)).query, keep_blank_values=True)
    return [(name, value) for name, value in pairs if name not in shown and not name.startswith("f[")]


def _answered(explorer: Explorer, explore: Explore, question: Question) -> dict[str, Any]:
    result = explorer.run(question.request)
    fields = explorer.fields(question.request.model, question.request.explore)
    title = title_of(question, fields)
    kind, name = look_of(question, result)
    try:
        drawn = question.with_look(visualization=name).element(kind, explore.label)
        view, problem = tile_view(drawn, result, question), ""
    except QueryError as e:  # the answer is right, and cannot be drawn so
        kind, _ = look_of(question.with_look(visualization="table"), result)
        view, problem = tile_view(question.element(kind, explore.label), result, question), str(e)
    return {
        "view": view,
        "problem": problem,
        "cached": result.cached,
        "age": _age(result.age) if result.age is not None else "",
        "size": _size(result.bytes) if result.bytes else "",
        "warnings": result.warnings,
        "columns": _columns(question, result),
        "sorts": _sorts(question),
        "title": title,
        "kind": kind.value,
        "look": settings_of(kind, without_hidden(result, question.hidden_fields), question.vis),
        "more_rows": [count for count in _MORE_ROWS if count > (question.request.limit or DEFAULT_LIMIT)],
        "empty_url": f"{explore_path(question.request.model, question.request.explore)}/empty?"
        f"{urlsplit(address_of(question)).query}",
        "quick": QUICK,
        "is_pivoted": bool(question.request.pivots),
        "facts": explorer.describe_request(question.request),
    }


def _noted(site: Site, question: Question, values: dict[str, Any]) -> dict[str, Any]:
    """The values of an answer, once its question is kept among those that were asked."""
    asked = question.request
    kept = Asked(asked.model, asked.explore, address_of(question), values["title"], values["view"].rows)
    note_asked(site.services.questions, kept, datetime.now(UTC))
    return values


def _age(seconds: float) -> str:
    units = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))
    for size, name in units:
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {name}"
    return f"{int(seconds)} s"


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(count // 1000, 1)} kB"


def _sorts(question: Question) -> dict[str, tuple[str, int]]:
    """Column → which way, and its place among those that the answer is sorted by, from 1."""
    return {
        sort.split()[0]: ("desc" if "desc" in sort.split()[1:] else "asc", n)
        for n, sort in enumerate(question.request.sorts, start=1)
    }


def _columns(question: Question, result: QueryResult) -> list[dict[str, Any]]:
    """The heads of the table's columns, with what can be done to each."""
    asked = question.request
    sorts = _sorts(question)
    dynamic = {one.name for one in asked.dynamic_fields}
    down = [c.name for c in result.columns if c.kind is ColumnKind.DIMENSION and not c.pivoted]
    return [
        {
            "name": column.name,
            "label": column.field_label,
            "kind": column.kind.value,
            "sort": sorts[column.name][0] if column.name in sorts else "",
            "place": sorts[column.name][1] if column.name in sorts and len(sorts) > 1 else 0,
            "dynamic": column.name in dynamic,
            "pivoted": column.pivoted,
            "hidden": column.name in question.hidden_fields,
            "quick": column.kind is not ColumnKind.DIMENSION and column.type is OutputType.NUMBER,
            "subtotal": column.name in asked.subtotals,
            "can_subtotal": column.name in down[:-1],
        }
        for column in result.columns
    ]


def _failed(site: Site, explorer: Explorer, question: Question, error: Exception) -> Response:
    status = status_of(error)
    if isinstance(error, MainstemError):
        heading, message = _HEADINGS[status], str(error)
    else:
        _log.error("%s failed", address_of(question), exc_info=error)
        heading, message = "Something broke", "The server's log has the details."
    return site.render(
        "explore_failed.html",
        status,
        heading=heading,
        message=message,
        missing=_missing(explorer, question),
        own=[one for one in question.request.dynamic_fields if one.name in message],
    )


def _missing(explorer: Explorer, question: Question) -> tuple[str, ...]:
    """What the question names and the explore does not have, or not for who asks."""
    asked = question.request
    known = set(explorer.fields(asked.model, asked.explore)) | {one.name for one in asked.dynamic_fields}
    return tuple(name for name in dict.fromkeys((*asked.fields, *asked.filters)) if name not in known)
