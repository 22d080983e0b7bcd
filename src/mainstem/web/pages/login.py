"""`/login`, `/login/link/{token}` and `/logout`: the way in and the way out.

What is told about a failed login is the same whatever failed. A one-time link is spent by being used, not
by being looked at: previews and prefetches of it change nothing.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mainstem.web.auth import cookies, open_to_all
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.csrf import token_for
from mainstem.web.auth.forms import posted
from mainstem.web.auth.guard import check_form
from mainstem.web.auth.links import Purpose, look_at, spend
from mainstem.web.auth.origin import origin_of
from mainstem.web.auth.password_login import TOO_MANY, check_password
from mainstem.web.auth.passwords import SHORTEST, problem_with
from mainstem.web.auth.redirects import HOME, safe_next
from mainstem.web.auth.sessions import begin_session, end_session

if TYPE_CHECKING:
    from starlette.requests import Request

    from mainstem.web.auth.stores import LinkRecord, UserRecord
    from mainstem.web.site import Site

_PREFETCHED = ("sec-purpose", "purpose", "x-moz")


def routes(site: Site) -> list[Route]:
    accounts, lifetime = site.services.accounts, site.settings.session_lifetime

    def form(request: Request, template: str, status: int = 200, **values: object) -> Response:
        """A form for somebody who is not logged in, tied to this browser."""
        seed = cookies.visit(request) or secrets.token_urlsafe(32)
        answer = site.render(template, status, form_token=token_for(seed), **values)
        if seed != cookies.visit(request):
            cookies.set_visit(request, answer, seed)
        return answer

    async def let_in(request: Request, user: UserRecord, then: str) -> Response:
        replaced, origin = cookies.session_token(request), origin_of(request)
        token = await accounts.run(lambda: begin_session(accounts, user, origin, lifetime, replaced))
        answer = RedirectResponse(then, status_code=303)
        cookies.set_session(request, answer, token, int(lifetime.whole.total_seconds()))
        return answer

    @open_to_all
    async def login_form(request: Request) -> Response:
        then = safe_next(request.query_params.get("next"))
        if request.state.viewer.role is not None:
            return RedirectResponse(then, status_code=303)
        return form(request, "login.html", then=then, login="", problem=None)

    @open_to_all
    async def log_in(request: Request) -> Response:
        await check_form(request, cookies.visit(request))
        fields = await posted(request)
        login, password = fields.get("login", ""), fields.get("password", "")
        then, origin = safe_next(fields.get("next")), origin_of(request)
        found = await accounts.run_hashing(lambda: check_password(accounts, login, password, origin))
        if isinstance(found, str):
            status = 429 if found == TOO_MANY else 403
            return form(request, "login.html", status, then=then, login=login, problem=found)
        return await let_in(request, found, then)

    async def good_link(request: Request) -> tuple[LinkRecord, UserRecord] | None:
        token = request.path_params["token"]
        return await accounts.run(lambda: look_at(accounts, token))

    def spent(request: Request) -> Response:
        return site.render("login_link_spent.html", 410)

    @open_to_all
    async def link(request: Request) -> Response:
        if request.method == "HEAD" or any("prefetch" in request.headers.get(h, "") for h in _PREFETCHED):
            return Response(status_code=204)
        found = await good_link(request)
        if found is None:
            return spent(request)
        if found[0].purpose == Purpose.LOGIN:
            return await use_login_link(request)
        return form(request, "login_link.html", login=found[1].login, shortest=SHORTEST, problem=None)

    async def use_login_link(request: Request) -> Response:
        token, origin = request.path_params["token"], origin_of(request)

        def use() -> UserRecord | None:
            with accounts.together():
                found = spend(accounts, token)
                if found is None:
                    return None
                note(accounts, Action.LOGIN, origin, found[1], by="one-time link")
                return found[1]

        user = await accounts.run(use)
        return await let_in(request, user, HOME) if user else spent(request)

    @open_to_all
    async def set_password(request: Request) -> Response:
        await check_form(request, cookies.visit(request))
        fields, found = await posted(request), await good_link(request)
        if found is None or found[0].purpose != Purpose.PASSWORD:
            return spent(request)
        password, login = fields.get("password", ""), found[1].login
        if problem := problem_with(password, fields.get("again", ""), login):
            return form(request, "login_link.html", 400, login=login, shortest=SHORTEST, problem=problem)
        token, origin = request.path_params["token"], origin_of(request)

        def use() -> UserRecord | None:
            hashed = accounts.passwords.hash(password)
            with accounts.together():
                used = spend(accounts, token)
                if used is None:
                    return None
                user = used[1]
                accounts.users.set_password(user.id, hashed)
                accounts.sessions.end_all(user.id)
                note(accounts, Action.PASSWORD_SET, origin, user, by="one-time link")
                note(accounts, Action.LOGIN, origin, user, by="one-time link")
                return user

        user = await accounts.run_hashing(use)
        return await let_in(request, user, HOME) if user else spent(request)

    @open_to_all
    async def log_out(request: Request) -> Response:
        token, viewer, origin = cookies.session_token(request), request.state.viewer, origin_of(request)
        if token and viewer.session_id is not None:
            await check_form(request, token)

            def leave() -> None:
                with accounts.together():
                    end_session(accounts, token, lifetime)
                    note(accounts, Action.LOGOUT, origin, viewer)

            await accounts.run(leave)
        answer = RedirectResponse("/login", status_code=303)
        cookies.end_session(request, answer)
        return answer

    return [
        Route("/login", login_form),
        Route("/login", log_in, methods=["POST"]),
        Route("/login/link/{token}", link),
        Route("/login/link/{token}", set_password, methods=["POST"]),
        Route("/logout", log_out, methods=["POST"]),
    ]
