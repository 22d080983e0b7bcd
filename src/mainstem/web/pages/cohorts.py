"""`/cohorts`: those that are kept; `/cohorts/new`: a funnel, a retention or paths, and keeping whom it finds.

The address of the builder is its whole state: every control is one of a form that holds it, and what was
pressed leads to the address that comes of it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.cohorts import sources
from mainstem.cohorts.keeping import NewCohort, may_know, may_see_size
from mainstem.errors import MainstemError
from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.cohorts.address import PATH, read_draft
from mainstem.web.cohorts.answering import answered, picked_at
from mainstem.web.cohorts.building import begun, form_of, is_ready, moved
from mainstem.web.cohorts.kept import listed_of, told_of
from mainstem.web.cohorts.words import plural
from mainstem.web.publishing import standing_of
from mainstem.web.services import ViewerLeft, status_of
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.cohorts.keeping import Keeper, KeptCohort
    from mainstem.query.explorer import Explorer
    from mainstem.web.auth import Viewer
    from mainstem.web.site import Site

_log = logging.getLogger(__name__)

_HISTORY = 60
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
        known = [listed_of(one, viewer, site.services.explorers) for one in every if may_know(one, explorer)]
        return site.render("cohorts.html", cohorts=known, plural=plural)

    @requires(Role.EXPLORER)
    async def build(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        every = sources(explorer)
        pairs = request.query_params.multi_items()
        draft = begun(read_draft(pairs), every)
        pressed = request.query_params.get("do")
        if pressed is not None:
            return RedirectResponse(moved(draft, pressed).address, 303)
        standing = await standing_of(site.services)
        if standing is not None and standing.current is None:
            return site.render("nothing_published.html", standing=standing)
        query = urlencode([pair for pair in pairs if pair[0] != "do"])
        asks = is_ready(draft)
        return site.render(
            "cohort_build.html",
            standing=standing,
            **form_of(draft, every, explorer),
            answer_url=f"{PATH}/answer?{query}" if asks else "",
        )

    @requires(Role.EXPLORER)
    async def answer(request: Request) -> Response:
        explorer = site.explorer_for(request.state.viewer)
        pairs = request.query_params.multi_items()
        try:
            values = await site.turns.run(lambda: answered(pairs, explorer), request.is_disconnected)
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
            draft, pick = picked_at(address, explorer)
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
        told = told_of(cohort, counts if sees else (), explorer, request.state.viewer)
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


def _failed(site: Site, error: Exception) -> Response:
    status = status_of(error)
    if isinstance(error, MainstemError):
        heading, message = _HEADINGS[status], str(error)
    else:
        _log.error("a cohort's question failed", exc_info=error)
        heading, message = "Something broke", "The server's log has the details."
    return site.render("cohort_failed.html", status, heading=heading, message=message)
