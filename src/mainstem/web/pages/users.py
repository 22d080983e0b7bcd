"""`/users`: who may come in, and as what. For administrators.

Nobody sees or sets another's password: a new user, and one who forgot theirs, gets a one-time link. An
administrator cannot take their own role or access away, so that one is always left.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.forms import posted
from mainstem.web.auth.links import VALID_FOR, Purpose, make_link
from mainstem.web.auth.origin import origin_of
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.auth import Viewer
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord
    from mainstem.web.site import Site

_CHOICES = [(role.label, role.label) for role in Role]
_HELP = [
    (Role.VIEWER.label, "viewer", "Sees dashboards."),
    (Role.EXPLORER.label, "explorer", "Asks questions of their own, too."),
    (Role.DEVELOPER.label, "developer", "Changes what the project is made of, too."),
    (Role.ADMIN.label, "admin", "Manages users, too, and sees the audit log."),
]
_LOGIN = re.compile(r"[^\s<>\"'/\\]{1,200}")


def routes(site: Site) -> list[Route]:
    accounts = site.services.accounts

    async def show(request: Request, status: int = 200, **told: str) -> Response:
        told = {"problem": "", "login": "", "link": "", "link_for": "", **told}
        users = await accounts.run(accounts.users.all)
        hours = int(VALID_FOR.total_seconds() // 3600)
        return site.render(
            "users.html", status, users=users, role_choices=_CHOICES, role_help=_HELP, hours=hours, **told
        )

    def back(request: Request, told: str) -> Response:
        answer = RedirectResponse("/users", status_code=303)
        tell(request, answer, "ok", told)
        return answer

    def absolute(request: Request, path: str) -> str:
        return str(request.base_url).rstrip("/") + path

    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        return await show(request)

    @requires(Role.ADMIN, session=True)
    async def add(request: Request) -> Response:
        viewer, origin = _who(request)
        fields = await posted(request)
        login, role = fields.get("login", "").strip(), _role(fields.get("role", ""))
        if not _LOGIN.fullmatch(login):
            problem = "A login is an e-mail address or a name without spaces, up to 200 characters."
            return await show(request, 400, problem=problem, login=login)

        def make() -> str | None:
            with accounts.together():
                user = accounts.users.add(login, role.label, accounts.now())
                if user is None:
                    return None
                note(accounts, Action.USER_MADE, origin, viewer, user.login, role=role.label)
                return make_link(accounts, user, Purpose.PASSWORD, viewer, origin)

        link = await accounts.run(make)
        if link is None:
            return await show(request, 409, problem=f"There is a user “{login}” already.", login=login)
        return await show(request, link=absolute(request, link), link_for=login)

    @requires(Role.ADMIN, session=True)
    async def change_role(request: Request) -> Response:
        viewer, origin = _who(request)
        role = _role((await posted(request)).get("role", ""))

        def change() -> str:
            with accounts.together():
                user = _another(site, request)
                accounts.users.set_role(user.id, role.label)
                changed = {"from": user.role, "to": role.label}
                note(accounts, Action.USER_ROLE, origin, viewer, user.login, **changed)
                return user.login

        login = await accounts.run(change)
        return back(request, f"{login} is now {role.label}.")

    @requires(Role.ADMIN, session=True)
    async def disable(request: Request) -> Response:
        viewer, origin = _who(request)

        def change() -> str:
            with accounts.together():
                user = _another(site, request)
                accounts.users.set_disabled(user.id, accounts.now())
                accounts.sessions.end_all(user.id)
                note(accounts, Action.USER_DISABLED, origin, viewer, user.login)
                return user.login

        login = await accounts.run(change)
        return back(request, f"{login} is disabled and logged out everywhere.")

    @requires(Role.ADMIN, session=True)
    async def enable(request: Request) -> Response:
        viewer, origin = _who(request)

        def change() -> str:
            with accounts.together():
                user = _another(site, request)
                accounts.users.set_disabled(user.id, None)
                note(accounts, Action.USER_ENABLED, origin, viewer, user.login)
                return user.login

        login = await accounts.run(change)
        return back(request, f"{login} can log in again.")

    @requires(Role.ADMIN, session=True)
    async def reset(request: Request) -> Response:
        viewer, origin = _who(request)

        def make() -> tuple[str, str]:
            user = _named(site, request)
            return user.login, make_link(accounts, user, Purpose.PASSWORD, viewer, origin)

        login, link = await accounts.run(make)
        return await show(request, link=absolute(request, link), link_for=login)

    return [
        Route("/users", page),
        Route("/users", add, methods=["POST"]),
        Route("/users/{id}/role", change_role, methods=["POST"]),
        Route("/users/{id}/disable", disable, methods=["POST"]),
        Route("/users/{id}/enable", enable, methods=["POST"]),
        Route("/users/{id}/link", reset, methods=["POST"]),
    ]


def _who(request: Request) -> tuple[Viewer, Origin]:
    return request.state.viewer, origin_of(request)


def _role(label: str) -> Role:
    try:
        return Role.of(label)
    except ValueError as e:
        raise HTTPException(400, str(e)) from e


def _named(site: Site, request: Request) -> UserRecord:
    """The user of the address. Raises HTTPException 404."""
    try:
        user = site.services.accounts.users.by_id(uuid.UUID(request.path_params["id"]))
    except ValueError:
        user = None
    if user is None:
        raise HTTPException(404, "There is no such user.")
    return user


def _another(site: Site, request: Request) -> UserRecord:
    """The same, who is not the viewer. Raises HTTPException 409 when it is."""
    user = _named(site, request)
    if user.id == request.state.viewer.user_id:
        raise HTTPException(409, "You cannot change your own role or access; another administrator can.")
    return user
