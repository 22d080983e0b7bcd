"""`/users/{id}`: what one user is shown, and why; and looking at pages as they do. For administrators.

Whoever looks as another can change nothing, and is told so on every page.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.auth.attributes import give_user, of_user
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.auth.standing import opened_models
from mainstem.web.pages.attribute_form import attribute_form
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord
    from mainstem.web.auth.viewer import Viewer
    from mainstem.web.site import Site


def routes(site: Site) -> list[Route]:
    accounts = site.services.accounts

    def named(request: Request) -> UserRecord:
        try:
            user = accounts.users.by_id(uuid.UUID(request.path_params["id"]))
        except ValueError:
            user = None
        if user is None:
            raise HTTPException(404, "There is no such user.")
        return user

    async def show(request: Request, status: int = 200, problem: str = "", wrong: str = "") -> Response:
        def read() -> dict[str, object]:
            with accounts.together():
                user = named(request)
                standing = accounts.standings.of(user.id)
                asking = accounts.asking_of(user, Role.of(user.role))
                groups = accounts.groups.all()
            return {
                "user": user,
                "attributes": of_user(accounts.attributes, user.login, standing),
                "groups": [(group, group.everybody or user.id in group.members) for group in groups],
                "sees_everything": asking.sees_everything,
                "opened": opened_models(standing),
            }

        found = await accounts.run(read)
        project = site.explorer_for(request.state.viewer).project
        models = sorted((model.label, model.name) for model in project.models.values())
        return site.render("user.html", status, problem=problem, wrong=wrong, models=models, **found)

    def back(request: Request, told: str) -> Response:
        answer = RedirectResponse(f"/users/{request.path_params['id']}", status_code=303)
        tell(request, answer, "ok", told)
        return answer

    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        return await show(request)

    def give(request: Request, name: str, value: str, viewer: Viewer, origin: Origin) -> None:
        give_user(accounts, named(request), name, value, viewer, origin)

    @requires(Role.ADMIN, session=True)
    async def set_groups(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)

        def change() -> None:
            with accounts.together():
                user = named(request)
                for group in accounts.groups.all():
                    wanted, is_in = f"group-{group.id}" in fields, user.id in group.members
                    if group.everybody or wanted == is_in:
                        continue
                    (accounts.groups.join if wanted else accounts.groups.leave)(group.id, user.id)
                    action = Action.GROUP_JOINED if wanted else Action.GROUP_LEFT
                    note(accounts, action, origin, viewer, user.login, group=group.name)

        await accounts.run(change)
        return back(request, "The groups are set.")

    @requires(Role.ADMIN, session=True)
    async def see_as(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def begin() -> str:
            with accounts.together():
                user = named(request)
                if user.id == viewer.user_id or user.disabled_at is not None:
                    raise HTTPException(409, "Pages are seen as another user who can log in.")
                accounts.sessions.see_as(viewer.session_id, user.id)
                note(accounts, Action.SEEN_AS, origin, viewer, user.login)
                return user.login

        await accounts.run(begin)
        return RedirectResponse("/", status_code=303)

    @requires(Role.VIEWER, session=True, while_seen=True)
    async def stop(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def end() -> None:
            with accounts.together():
                admin = accounts.users.by_login(viewer.seen_by)
                accounts.sessions.see_as(viewer.session_id, None)
                note(accounts, Action.SEEN_AS_ENDED, origin, admin, viewer.login)

        if viewer.seen_by is None:
            return RedirectResponse("/", status_code=303)
        await accounts.run(end)
        return RedirectResponse(f"/users/{viewer.user_id}", status_code=303)

    return [
        Route("/users/{id}", page),
        Route("/users/{id}/attributes", attribute_form(accounts, give, show, back), methods=["POST"]),
        Route("/users/{id}/groups", set_groups, methods=["POST"]),
        Route("/users/{id}/see-as", see_as, methods=["POST"]),
        Route("/see-as/stop", stop, methods=["POST"]),
    ]
