"""`/cohorts`: those that are kept; `/cohorts/new`: a funnel, a retention or paths, and keeping whom it finds.

The address of the builder is its whole state: every control is one of a form that holds it, and what was
pressed leads to the address that comes of it.
"""

from __future__ import annotations

import logging
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.cohorts import counted, members, sources
from mainstem.cohorts.definition import decode_pick
from mainstem.cohorts.keeping import NewCohort, definition_of, may_know, may_see_size, pick_of
from mainstem.cohorts.question import conditions_of
from mainstem.cohorts.uncounted import read as read_uncounted
from mainstem.cohorts.uncounted import uncounted
from mainstem.errors import MainstemError, QueryError
from mainstem.filters.membership import parse_membership
from mainstem.query.cohorts import unit_of
from mainstem.semantics.model import Dimension
from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.cohorts.address import PATH, Draft, DraftCondition, draft_of, read_draft
from mainstem.web.cohorts.view import shown, size_drawing
from mainstem.web.cohorts.words import condition_text, definition_text, pick_text, plural
from mainstem.web.publishing import standing_of
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from mainstem.cohorts import Definition, Pick, Source
    from mainstem.cohorts.keeping import Keeper, KeptCohort
    from mainstem.query.explorer import Explorer, Explorers
    from mainstem.web.auth import Viewer
    from mainstem.web.site import Site

_log = logging.getLogger(__name__)

_HISTORY = 60
_PICKED = "pick"
_LEAST = {"funnel": 2, "retention": 2, "paths": 1}
_HEADINGS = {
    400: "This cannot be asked",
    503: "The warehouse cannot answer now",
    500: "This could not be answered",
}


def routes(site: Site) -> list[Route]:
    @requires(Role.EXPLORER)
    async def listed(request: Request) -> Response:
        keeper, viewer = _keeper(site), request.state.viewer
        explorer = site.explorer_for(viewer)
        every = await _asked(site, request, keeper.shelf.all)
        known = [_listed(one, viewer, site.services.explorers) for one in every if may_know(one, explorer)]
        return site.render("cohorts.html", cohorts=known, plural=plural)

    @requires(Role.EXPLORER)
    async def build(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        every = sources(explorer)
        pairs = request.query_params.multi_items()
        draft = _begun(read_draft(pairs), every)
        pressed = request.query_params.get("do")
        if pressed is not None:
            return RedirectResponse(_moved(draft, pressed).address, 303)
        standing = await standing_of(site.services)
        if standing is not None and standing.current is None:
            return site.render("nothing_published.html", standing=standing)
        query = urlencode([pair for pair in pairs if pair[0] != "do"])
        asks = _is_ready(draft)
        return site.render(
            "cohort_build.html",
            standing=standing,
            **_form(draft, every, explorer),
            answer_url=f"{PATH}/answer?{query}" if asks else "",
        )

    @requires(Role.EXPLORER)
    async def answer(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        try:
            values = await site.turns.run(lambda: _answered(request, explorer), request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        except Exception as e:  # noqa: BLE001 -- the boundary of one answer: the page around it stays
            return _failed(site, e)
        return site.render("cohort_answer.html", keeps=site.services.cohorts is not None, **values)

    @requires(Role.EXPLORER, session=True)
    async def save(request: Request) -> Response:
        keeper, viewer = _keeper(site), request.state.viewer
        explorer = site.explorer_for(viewer)
        fields = await posted(request)
        address = fields.get("address", "")
        try:
            draft, pick = _picked(address, explorer)
            definition = draft.definition(sources(explorer))
            new = NewCohort(
                fields.get("title", ""),
                fields.get("description", ""),
                fields.get("kind") == "dynamic",
                definition,
                pick,
            )
            kept = await site.turns.run(
                lambda: keeper.make(new, viewer.login or "", explorer, viewer.asking), request.is_disconnected
            )
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            back = RedirectResponse(address if address.startswith(f"{PATH}?") else PATH, 303)
            tell(request, back, "failed", f"Not saved: {e}")
            return back
        await _note(site, request, Action.COHORT_MADE, kept.name)
        there = RedirectResponse(f"/cohorts/{kept.name}", 303)
        tell(request, there, "ok", f"Saved “{kept.title}”.")
        return there

    @requires(Role.EXPLORER)
    async def one(request: Request) -> Response:
        cohort, explorer = await _named(site, request)
        keeper = _keeper(site)
        counts = await _asked(site, request, lambda: keeper.shelf.counts(cohort.name, _HISTORY))
        sees = may_see_size(cohort, request.state.viewer.asking, site.services.explorers)
        told = _told(cohort, counts if sees else (), explorer, request.state.viewer)
        return site.render("cohort.html", sees=sees, **told)

    @requires(Role.EXPLORER, session=True)
    async def recount(request: Request) -> Response:
        cohort, explorer = await _named(site, request)
        _mine(cohort, request.state.viewer)
        back = RedirectResponse(f"/cohorts/{cohort.name}", 303)
        try:
            found = await site.turns.run(
                lambda: _keeper(site).count(cohort, explorer, request.state.viewer.asking),
                request.is_disconnected,
            )
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            tell(request, back, "failed", f"Not counted: {e}")
            return back
        size = found.size if found else 0
        tell(request, back, "ok", f"Counted: {plural(cohort.unit, size)}.")
        return back

    @requires(Role.EXPLORER, session=True)
    async def describe(request: Request) -> Response:
        cohort, _ = await _named(site, request)
        _mine(cohort, request.state.viewer)
        fields = await posted(request)
        title = " ".join(fields.get("title", "").split()) or cohort.title
        description = fields.get("description", "").strip()
        await _asked(site, request, lambda: _keeper(site).shelf.describe(cohort.name, title, description))
        return RedirectResponse(f"/cohorts/{cohort.name}", 303)

    @requires(Role.EXPLORER, session=True)
    async def remove(request: Request) -> Response:
        cohort, _ = await _named(site, request)
        _mine(cohort, request.state.viewer)
        await _asked(site, request, lambda: _keeper(site).shelf.remove(cohort.name))
        await _note(site, request, Action.COHORT_REMOVED, cohort.name)
        back = RedirectResponse("/cohorts", 303)
        tell(request, back, "ok", f"Removed “{cohort.title}”.")
        return back

    return [
        Route("/cohorts", listed),
        Route(PATH, build),
        Route(f"{PATH}/answer", answer),
        Route("/cohorts/save", save, methods=["POST"]),
        Route("/cohorts/{name}", one),
        Route("/cohorts/{name}/count", recount, methods=["POST"]),
        Route("/cohorts/{name}/describe", describe, methods=["POST"]),
        Route("/cohorts/{name}/remove", remove, methods=["POST"]),
    ]


def _keeper(site: Site) -> Keeper:
    if site.services.cohorts is None:
        raise HTTPException(404, "This server keeps no cohorts.")
    return site.services.cohorts


async def _asked(site: Site, request: Request, question: Any) -> Any:
    try:
        return await site.turns.run(question, request.is_disconnected)
    except ViewerLeft as e:
        raise HTTPException(499) from e


async def _named(site: Site, request: Request) -> tuple[KeptCohort, Explorer]:
    """Raises HTTPException 404, also for one that the asker may not know of."""
    name = request.path_params["name"]
    explorer = site.explorer_for(request.state.viewer)
    cohort = await _asked(site, request, lambda: _keeper(site).shelf.find(name))
    if cohort is None or not may_know(cohort, explorer):
        raise HTTPException(404, f"There is no cohort named “{name}”.")
    return cohort, explorer


def _mine(cohort: KeptCohort, viewer: Viewer) -> None:
    if cohort.owner != viewer.login and not viewer.may(Role.ADMIN):
        raise HTTPException(403, f"“{cohort.title}” is {cohort.owner}'s; they and administrators change it.")


async def _note(site: Site, request: Request, action: Action, name: str) -> None:
    accounts = site.services.accounts
    viewer, origin = request.state.viewer, origin_of(request)
    await accounts.run(lambda: note(accounts, action, origin, viewer, name))


def _listed(cohort: KeptCohort, viewer: Viewer, explorers: Explorers) -> dict[str, Any]:
    sees = may_see_size(cohort, viewer.asking, explorers)
    return {"cohort": cohort, "size": cohort.size if sees else None, "sees": sees}


def _begun(draft: Draft, every: Sequence[Source]) -> Draft:
    """With a model, a unit and as many steps as its kind needs, where it has none."""
    models = list(dict.fromkeys(one.model for one in every))
    model = draft.get("model") or (models[0] if models else "")
    units = units_of(every, model)
    unit = draft.get("unit") or (units[0] if units else "")
    draft = draft.with_settings(model=model, unit=unit, kind=draft.kind)
    steps = list(draft.of("s"))
    fitting = [one for one in every if one.model == model and unit in one.units]
    while len(steps) < _LEAST[draft.kind]:
        steps.append(DraftCondition(fitting[0].explore if fitting else ""))
    return draft.with_part("s", steps)


def units_of(every: Sequence[Source], model: str) -> list[str]:
    return list(dict.fromkeys(unit for one in every if one.model == model for unit in one.units))


def _is_ready(draft: Draft) -> bool:
    """Whether somebody has said what to ask; a form nobody touched asks nothing."""
    return all(not step.is_blank or _is_whole(step) for step in draft.of("s")) and any(
        not step.is_blank for step in draft.of("s")
    )


def _is_whole(step: DraftCondition) -> bool:
    return bool(step.explore) and bool(step.event)


def _moved(draft: Draft, pressed: str) -> Draft:
    """Raises HTTPException 400 for a button there is not."""
    command, _, where = pressed.partition(":")
    part, number = where[:1], where[1:]
    conditions = list(draft.of(part))
    place = int(number) - 1 if number.isdigit() else -1
    last = conditions[-1].explore if conditions else (draft.of("s")[0].explore if draft.of("s") else "")
    match command:
        case "run":
            return draft
        case "add":
            conditions.append(DraftCondition(last))
        case "drop" if 0 <= place < len(conditions):
            del conditions[place]
        case "up" if 0 < place < len(conditions):
            conditions[place - 1], conditions[place] = conditions[place], conditions[place - 1]
        case "kind":
            return draft.with_settings(kind=where)
        case _:
            raise HTTPException(400, f"There is no button {pressed!r}.")
    return draft.with_part(part, conditions)


def _form(draft: Draft, every: Sequence[Source], explorer: Explorer) -> dict[str, Any]:
    model, unit = draft.get("model"), draft.get("unit")
    fitting = [one for one in every if one.model == model and unit in one.units]
    fields = {one.explore: _filterable(explorer, one) for one in fitting}
    return {
        "draft": draft,
        "units": units_of(every, model),
        "models": list(dict.fromkeys(one.model for one in every)),
        "sources": {one.explore: one for one in fitting},
        "fields": fields,
        "plural": plural,
        "path": PATH,
        "kinds": [
            (kind, label, draft.with_settings(kind=kind).address)
            for kind, label in (("funnel", "Funnel"), ("retention", "Retention"), ("paths", "Paths"))
        ],
    }


def _filterable(explorer: Explorer, source: Source) -> list[tuple[str, str]]:
    """(name, label) of what its rows can be filtered and split by."""
    return [
        (name, f"{field.label}" if not field.view_label else f"{field.view_label}: {field.label}")
        for name, field in explorer.fields(source.model, source.explore).items()
        if isinstance(field, Dimension) and not field.hidden and field.can_filter
    ]


def _answered(request: Request, explorer: Explorer) -> dict[str, Any]:
    every = sources(explorer)
    draft = _begun(read_draft(request.query_params.multi_items()), every)
    definition = draft.definition(every)
    said = _said(definition, every, explorer)
    result = explorer.run_composed(counted(definition, explorer))
    left_out = read_uncounted(definition, explorer.run_composed(uncounted(definition, explorer)))
    labels = [said[id(step)] for step in conditions_of(definition)]
    steps = labels[: len(getattr(definition, "steps", ()))] if draft.kind == "funnel" else []
    picked = request.query_params.get(_PICKED)
    pick = _read_pick(picked) if picked else None
    if pick is not None:
        members(definition, pick, explorer)  # raises for one that means nobody
    address = draft.address
    return {
        "shown": shown(definition, result, steps, address),
        "definition_said": definition_text(definition, said),
        "unit": definition.unit,
        "plural": plural,
        "uncounted": [(one, said[id(one.condition)]) for one in left_out],
        "result": result,
        "pick": pick,
        "pick_said": pick_text(definition, pick, said) if pick else "",
        "pick_address": f"{address}&{urlencode({_PICKED: picked})}" if picked else "",
        "address": address,
        "breakdown": draft.get("breakdown"),
    }


def _said(definition: Definition, every: Sequence[Source], explorer: Explorer) -> dict[int, str]:
    """What each condition is called, by its `id`."""
    by_name = {one.explore: one for one in every if one.model == definition.model}
    labels: dict[str, str] = {}
    for name in dict.fromkeys(one.explore for one in conditions_of(definition)):
        if name in by_name:
            labels |= {field: one.label for field, one in explorer.fields(definition.model, name).items()}
    return {
        id(one): condition_text(one, by_name.get(one.explore), labels) for one in conditions_of(definition)
    }


def _read_pick(text: str) -> Pick:
    try:
        return decode_pick(text)
    except (msgspec.DecodeError, msgspec.ValidationError) as e:
        raise QueryError(f"what was picked cannot be read: {e}") from e


def _picked(address: str, explorer: Explorer) -> tuple[Draft, Pick]:
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    picked = dict(pairs).get(_PICKED, "")
    if not picked:
        raise QueryError("nobody was picked")
    return _begun(read_draft(pairs), sources(explorer)), _read_pick(picked)


def _failed(site: Site, error: Exception) -> Response:
    status = status_of(error)
    if isinstance(error, MainstemError):
        heading, message = _HEADINGS[status], str(error)
    else:
        _log.error("a cohort's question failed", exc_info=error)
        heading, message = "Something broke", "The server's log has the details."
    return site.render("cohort_failed.html", status, heading=heading, message=message)


def _told(cohort: KeptCohort, counts: Sequence[Any], explorer: Explorer, viewer: Viewer) -> dict[str, Any]:
    every = sources(explorer)
    definition = definition_of(cohort)
    said = _said(definition, every, explorer)
    drawing = None
    if len(counts) > 1:
        points = [(f"{one.as_of.astimezone(UTC):%Y-%m-%d %H:%M}", one.size) for one in reversed(counts)]
        drawing = size_drawing(points, cohort.unit)
    return {
        "cohort": cohort,
        "counts": counts,
        "drawing": drawing,
        "definition_said": definition_text(definition, said),
        "pick_said": pick_text(definition, pick_of(cohort), said),
        "builder": draft_of(definition, every).address,
        "explores": _usable(cohort, explorer),
        "used": _used(cohort.name, explorer),
        "mine": cohort.owner == viewer.login or viewer.may(Role.ADMIN),
        "plural": plural,
    }


def _usable(cohort: KeptCohort, explorer: Explorer) -> list[tuple[str, str]]:
    """(label, address) of each explore that can be filtered by it."""
    found: list[tuple[str, str]] = []
    for model, explore in explorer.explores():
        if explore.hidden:
            continue
        key = next(
            (
                name
                for name, field in explorer.fields(model.name, explore.name).items()
                if isinstance(field, Dimension) and unit_of(field) == cohort.unit and not field.hidden
            ),
            None,
        )
        if key is not None:
            query = urlencode({"fields": key, f"f[{key}]": f"in cohort {cohort.name}"})
            found.append((explore.label, f"/explore/{model.name}/{explore.name}?{query}"))
    return found


def _used(name: str, explorer: Explorer) -> list[tuple[str, str]]:
    """(dashboard, address) of each whose filters or tiles name it."""

    def names(filters: Mapping[str, str]) -> bool:
        asked = (parse_membership(text) for text in filters.values() if text)
        return any(one is not None and name in one.names for one in asked)

    return [
        (dashboard.title, f"/dashboards/{dashboard.name}")
        for dashboard in explorer.project.dashboards.values()
        if any(names(element.filters) for element in dashboard.elements)
        or names({one.name: one.default_value for one in dashboard.filters})
    ]
