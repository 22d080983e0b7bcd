"""What stands beside the question on the page of an explore: help while a field is written, what a field is,
favourites, earlier questions, which filter left nothing, and the question as LookML.

Each is a piece of that page, asked for when it is needed; none of them asks the warehouse but the search for
the filter that left no row.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.errors import MainstemError, QueryError
from mainstem.web.auth import Role, current_viewer, requires
from mainstem.web.auth.forms import posted
from mainstem.web.explore import address_of, explore_path, read_question
from mainstem.web.explore.as_lookml import as_lookml
from mainstem.web.explore.changes import changed
from mainstem.web.explore.checking import check_draft
from mainstem.web.explore.custom import is_of_draft, read_draft
from mainstem.web.explore.kept import QuestionDesk, read_kept
from mainstem.web.explore.loosening import loosened
from mainstem.web.explore.picker import picks
from mainstem.web.explore.words import title_of
from mainstem.web.explore_fields import field_path, fields_of
from mainstem.web.pages.lookup import named_explore
from mainstem.web.services import ViewerLeft

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.web.explore import Question
    from mainstem.web.site import Site

_PATH = "/explore/{model}/{explore}"
_RECENT = 50


def routes(site: Site) -> list[Route]:
    def asked(request: Request, model: str, explore: str) -> Question:
        """The question in the address, without what else is there."""
        pairs = request.query_params.multi_items()
        kept = [pair for pair in pairs if pair[0] != "do" and not is_of_draft(pair[0])]
        return read_question(model, explore, kept)[0]

    def desk() -> QuestionDesk:
        if site.services.questions is None:
            raise HTTPException(404, "This server keeps no questions.")
        return site.services.questions

    @requires(Role.EXPLORER)
    async def check(request: Request) -> Response:
        model, explore = named_explore(site, request)
        explorer = site.explorer_for(request.state.viewer)
        question = asked(request, model.name, explore.name)
        draft = read_draft(question, dict(request.query_params.multi_items()))
        if draft is None:
            raise HTTPException(400, "No field is being written.")
        return site.render("explore_checked.html", checked=check_draft(explorer, question, draft))

    @requires(Role.EXPLORER)
    async def about(request: Request) -> Response:
        model, explore = named_explore(site, request)
        explorer = site.explorer_for(request.state.viewer)
        name = request.path_params["field"]
        found = next((f for f in fields_of(explorer, model, explore, hidden=True) if f.name == name), None)
        if found is None:
            raise HTTPException(404, f"The explore “{explore.label}” has no field named “{name}”.")
        try:
            sql, problem = explorer.describe_field(model.name, explore.name, name).sql, ""
        except QueryError as e:
            sql, problem = "", str(e)
        return site.render(
            "explore_about.html",
            model=model,
            explore=explore,
            field=found,
            sql=sql,
            problem=problem,
            href=field_path(model.name, explore.name, name),
        )

    @requires(Role.EXPLORER)
    async def empty(request: Request) -> Response:
        model, explore = named_explore(site, request)
        explorer = site.explorer_for(request.state.viewer)
        question = asked(request, model.name, explore.name)
        fields = explorer.fields(model.name, explore.name)
        try:
            found = await site.turns.run(lambda: loosened(explorer, question), request.is_disconnected)
        except ViewerLeft:
            return Response(status_code=499)
        except MainstemError as e:
            return site.render("explore_loosened.html", found=(), problem=str(e))
        return site.render(
            "explore_loosened.html",
            found=[(one, fields[one.name].label if one.name in fields else one.name) for one in found],
            without=lambda name: address_of(changed(question, f"filter:{name}")),
            problem="",
        )

    @requires(Role.EXPLORER)
    async def lookml(request: Request) -> Response:
        model, explore = named_explore(site, request)
        explorer = site.explorer_for(request.state.viewer)
        question = asked(request, model.name, explore.name)
        fields = explorer.fields(model.name, explore.name)
        title = title_of(question, fields)
        return site.render(
            "explore_lookml.html",
            explore=explore,
            title=title,
            address=address_of(question),
            text=as_lookml(question, title, "table", fields),
            origin=explore.origin,
        )

    @requires(Role.EXPLORER)
    async def favourite(request: Request) -> Response:
        model, explore = named_explore(site, request)
        explorer = site.explorer_for(request.state.viewer)
        user_id, field = current_viewer().user_id, (await posted(request)).get("field", "")
        offered = list(fields_of(explorer, model, explore))
        if user_id is None or (field and field not in {one.name for one in offered}):
            raise HTTPException(400, f"The explore “{explore.label}” has no field named “{field}”.")
        kept = desk()
        await to_thread.run_sync(
            lambda: kept.toggle(user_id, model.name, explore.name, field, datetime.now(UTC))
        )
        if not field:
            return RedirectResponse(address_of(asked(request, model.name, explore.name)), 303)
        nothing: frozenset[str] = frozenset()
        names = await read_kept(
            kept, lambda one, user: one.favourite_fields(user, model.name, explore.name), nothing
        )
        question = asked(request, model.name, explore.name)
        path = explore_path(model.name, explore.name)
        return site.render(
            "explore_favourites.html",
            favourite_picks=picks([one for one in offered if one.name in names], question),
            star_url=f"{path}/favourites?{request.url.query}",
            about_path=f"{path}/about",
        )

    @requires(Role.EXPLORER)
    async def recent(request: Request) -> Response:
        asked_before = await read_kept(
            site.services.questions, lambda one, user: one.recent(user, _RECENT), ()
        )
        explorer = site.explorer_for(request.state.viewer)
        labels = {(m.name, e.name): e.label for m, e in explorer.explores()}
        seen = [
            (one, labels[one.model, one.explore])
            for one in asked_before
            if (one.model, one.explore) in labels
        ]
        return site.render("explore_recent.html", questions=seen)

    @requires(Role.EXPLORER)
    async def forget(request: Request) -> Response:
        kept, user_id = desk(), current_viewer().user_id
        if user_id is not None:
            await to_thread.run_sync(lambda: kept.forget(user_id))
        return RedirectResponse("/questions", 303)

    return [
        Route(_PATH + "/check", check),
        Route(_PATH + "/about/{field}", about),
        Route(_PATH + "/empty", empty),
        Route(_PATH + "/lookml", lookml),
        Route(_PATH + "/favourites", favourite, methods=["POST"]),
        Route("/questions", recent),
        Route("/questions/forget", forget, methods=["POST"]),
    ]
