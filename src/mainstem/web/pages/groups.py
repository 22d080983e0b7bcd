"""`/groups` and `/groups/{id}`: who is in a group, which models it opens, which values it gives. For
administrators.

Everybody's group is always there: no one is outside of it, and it cannot be removed.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.auth.attributes import give_group, group_named, of_group
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.pages.attribute_form import attribute_form
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import GroupRecord
    from mainstem.web.auth.viewer import Viewer
    from mainstem.web.site import Site

_LONGEST_NAME = 100


def routes(site: Site) -> list[Route]:
    accounts = site.services.accounts

    def named(request: Request) -> GroupRecord:
        try:
            group = group_named(accounts, uuid.UUID(request.path_params["id"]))
        except ValueError:
            group = None
        if group is None:
            raise HTTPException(404, "There is no such group.")
        return group

    async def show_all(status: int = 200, problem: str = "", name: str = "") -> Response:
        groups = await accounts.run(accounts.groups.all)
        return site.render("groups.html", status, groups=groups, problem=problem, name=name)

    async def show(request: Request, status: int = 200, problem: str = "", wrong: str = "") -> Response:
        group = await accounts.run(lambda: named(request))
        users = await accounts.run(accounts.users.all)
        models = site.explorer_for(request.state.viewer).project.models
        known = sorted((model.label, model.name) for model in models.values())
        gone = sorted(set(group.models or ()) - set(models))
        return site.render(
            "group.html",
            status,
            group=group,
            members=[user for user in users if user.id in group.members],
            others=[(user.login, user.login) for user in users if user.id not in group.members],
            attributes=of_group(accounts.attributes, group),
            models=[*known, *((f"{name} (no longer there)", name) for name in gone)],
            problem=problem,
            wrong=wrong,
        )

    def back(request: Request, told: str, path: str = "") -> Response:
        answer = RedirectResponse(path or f"/groups/{request.path_params['id']}", status_code=303)
        tell(request, answer, "ok", told)
        return answer

    @requires(Role.ADMIN)
    async def group_list(request: Request) -> Response:
        return await show_all()

    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        return await show(request)

    @requires(Role.ADMIN, session=True)
    async def add(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)
        name = (await posted(request)).get("name", "").strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            return await show_all(400, f"A group has a name of up to {_LONGEST_NAME} characters.", name)

        def make() -> uuid.UUID | None:
            with accounts.together():
                made = accounts.groups.add(name, accounts.now())
                if made is not None:
                    note(accounts, Action.GROUP_MADE, origin, viewer, name)
                return made

        made = await accounts.run(make)
        if made is None:
            return await show_all(409, f"There is a group “{name}” already.", name)
        return back(request, f"{name} is there. It opens no model yet.", f"/groups/{made}")

    @requires(Role.ADMIN, session=True)
    async def remove(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def take() -> str:
            with accounts.together():
                group = named(request)
                if not accounts.groups.remove(group.id):
                    raise HTTPException(409, "Everybody's group cannot be removed.")
                note(accounts, Action.GROUP_REMOVED, origin, viewer, group.name)
                return group.name

        return back(request, f"{await accounts.run(take)} is removed.", "/groups")

    @requires(Role.ADMIN, session=True)
    async def open_models(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        every = fields.get("which") == "every"
        models = sorted(name.removeprefix("model-") for name in fields if name.startswith("model-"))

        def change() -> None:
            with accounts.together():
                group = named(request)
                accounts.groups.open(group.id, None if every else models)
                told = "every model" if every else ", ".join(models) or "none"
                note(accounts, Action.GROUP_MODELS, origin, viewer, group.name, models=told)

        await accounts.run(change)
        return back(request, "The models are set.")

    def give(request: Request, name: str, value: str, viewer: Viewer, origin: Origin) -> None:
        give_group(accounts, named(request), name, value, viewer, origin)

    @requires(Role.ADMIN, session=True)
    async def change_members(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        joins = fields.get("do") != "leave"

        def change() -> str:
            with accounts.together():
                group, user = named(request), accounts.users.by_login(fields.get("login", "").strip())
                if user is None:
                    raise HTTPException(404, "There is no such user.")
                if group.everybody:
                    raise HTTPException(409, "Everybody is in this group.")
                (accounts.groups.join if joins else accounts.groups.leave)(group.id, user.id)
                action = Action.GROUP_JOINED if joins else Action.GROUP_LEFT
                note(accounts, action, origin, viewer, user.login, group=group.name)
                return user.login

        login = await accounts.run(change)
        return back(request, f"{login} is in the group." if joins else f"{login} is no longer in the group.")

    @requires(Role.ADMIN, session=True)
    async def earlier(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def move() -> None:
            with accounts.together():
                group = named(request)
                order = [one.id for one in accounts.groups.all() if not one.everybody]
                if group.id in order[1:]:
                    place = order.index(group.id)
                    order[place - 1 : place + 1] = [group.id, order[place - 1]]
                    accounts.groups.order(order)
                    note(accounts, Action.GROUP_MOVED, origin, viewer, group.name)

        await accounts.run(move)
        return RedirectResponse("/groups", status_code=303)

    path = "/groups/{id}"
    return [
        Route("/groups", group_list),
        Route("/groups", add, methods=["POST"]),
        Route(path, page),
        Route(path + "/remove", remove, methods=["POST"]),
        Route(path + "/models", open_models, methods=["POST"]),
        Route(path + "/attributes", attribute_form(accounts, give, show, back), methods=["POST"]),
        Route(path + "/members", change_members, methods=["POST"]),
        Route(path + "/earlier", earlier, methods=["POST"]),
    ]
