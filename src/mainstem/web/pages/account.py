"""`/account`: one's own password, sessions and API tokens.

A new API token is shown in the answer that makes it and nowhere again. Changing a password asks for the
old one and ends every other session.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from mainstem.web.auth import Role, cookies, requires
from mainstem.web.auth.attributes import NotValid, choose, of_viewer
from mainstem.web.auth.audit import Action, note
from mainstem.web.auth.credentials import digest, new_api_token
from mainstem.web.auth.forms import posted
from mainstem.web.auth.origin import origin_of
from mainstem.web.auth.passwords import SHORTEST, problem_with
from mainstem.web.auth.sessions import begin_session
from mainstem.web.auth.throttle import attempt_succeeded, begin_attempt
from mainstem.web.toasts import tell

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.auth import Viewer
    from mainstem.web.auth.origin import Origin
    from mainstem.web.auth.stores import UserRecord
    from mainstem.web.site import Site

_WRONG = "The current password is wrong."
_LONGEST_NAME = 100
_DAYS = {"30": 30, "90": 90, "365": 365, "": None}
"""How long a token may be asked to last; None is for ever."""


def routes(site: Site) -> list[Route]:
    accounts, lifetime = site.services.accounts, site.settings.session_lifetime

    async def show(request: Request, status: int = 200, **told: str) -> Response:
        viewer: Viewer = request.state.viewer
        now = accounts.now()

        def read() -> dict[str, object]:
            assert viewer.user_id is not None  # noqa: S101 # the guard lets nobody else in
            with accounts.together():
                return {
                    "user": accounts.users.by_id(viewer.user_id),
                    "sessions": accounts.sessions.of_user(viewer.user_id, now, lifetime.idle_since(now)),
                    "tokens": accounts.tokens.of_user(viewer.user_id, now),
                    "attributes": of_viewer(
                        accounts.attributes, viewer.login or "", accounts.standings.of(viewer.user_id)
                    ),
                }

        found = await accounts.run(read)
        no = ("password_problem", "token_problem", "new_token", "attribute_problem", "wrong_attribute")
        told = {**dict.fromkeys(no, ""), **told}
        choices = [(role.label, role.label) for role in Role if viewer.may(role)]
        return site.render("account.html", status, role_choices=choices, shortest=SHORTEST, **told, **found)

    def back(request: Request, told: str) -> Response:
        answer = RedirectResponse("/account", status_code=303)
        tell(request, answer, "ok", told)
        return answer

    @requires(Role.VIEWER, session=True)
    async def page(request: Request) -> Response:
        return await show(request)

    @requires(Role.VIEWER, session=True)
    async def change_password(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        new, again = fields.get("new", ""), fields.get("again", "")
        if problem := problem_with(new, again, viewer.login):
            return await show(request, 400, password_problem=problem)
        replaced = cookies.session_token(request)

        def change() -> str | None:
            user = accounts.users.by_id(viewer.user_id)
            if user is None or not _knows_password(site, user, fields.get("current", ""), origin):
                return None
            hashed = accounts.passwords.hash(new)
            with accounts.together():
                accounts.users.set_password(user.id, hashed)
                accounts.sessions.end_all(user.id)
                note(accounts, Action.PASSWORD_SET, origin, viewer)
                return begin_session(accounts, user, origin, lifetime, replaced)

        token = await accounts.run_hashing(change)
        if token is None:
            return await show(request, 403, password_problem=_WRONG)
        answer = back(request, "Your password is set. Your other sessions have ended.")
        cookies.set_session(request, answer, token, int(lifetime.whole.total_seconds()))
        return answer

    @requires(Role.VIEWER, session=True)
    async def end_one(request: Request) -> Response:
        viewer, origin, session_id = request.state.viewer, origin_of(request), _id(request)

        def end() -> None:
            with accounts.together():
                if accounts.sessions.end(session_id, viewer.user_id):
                    note(accounts, Action.SESSION_ENDED, origin, viewer)

        await accounts.run(end)
        return back(request, "The session has ended.")

    @requires(Role.VIEWER, session=True)
    async def end_others(request: Request) -> Response:
        viewer, origin = request.state.viewer, origin_of(request)

        def end() -> None:
            with accounts.together():
                ended = accounts.sessions.end_all(viewer.user_id, but=viewer.session_id)
                note(accounts, Action.SESSION_ENDED, origin, viewer, sessions=str(ended))

        await accounts.run(end)
        return back(request, "Your other sessions have ended.")

    @requires(Role.VIEWER, session=True)
    async def make_token(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        name, days = fields.get("name", "").strip(), fields.get("days", "90")
        role = _role(fields.get("role", ""), viewer)
        if not name or len(name) > _LONGEST_NAME or role is None or days not in _DAYS:
            problem = f"A token needs a name (up to {_LONGEST_NAME} characters) and a role that you have."
            return await show(request, 400, token_problem=problem)
        token, now, lasts = new_api_token(), accounts.now(), _DAYS[days]
        expires_at = None if lasts is None else now + timedelta(days=lasts)

        def make() -> None:
            with accounts.together():
                accounts.tokens.add(viewer.user_id, name, digest(token), role.label, now, expires_at)
                note(accounts, Action.TOKEN_MADE, origin, viewer, name, role=role.label)

        await accounts.run(make)
        return await show(request, new_token=token)

    @requires(Role.VIEWER, session=True)
    async def revoke_token(request: Request) -> Response:
        viewer, origin, token_id = request.state.viewer, origin_of(request), _id(request)

        def revoke() -> None:
            now = accounts.now()
            with accounts.together():
                names = {token.id: token.name for token in accounts.tokens.of_user(viewer.user_id, now)}
                if accounts.tokens.revoke(token_id, viewer.user_id, now):
                    note(accounts, Action.TOKEN_REVOKED, origin, viewer, names.get(token_id))

        await accounts.run(revoke)
        return back(request, "The token is revoked.")

    @requires(Role.VIEWER, session=True)
    async def choose_value(request: Request) -> Response:
        fields, viewer, origin = await posted(request), request.state.viewer, origin_of(request)
        name, value = fields.get("name", ""), fields.get("value", "")
        try:
            await accounts.run(lambda: choose(accounts, viewer, name, value, origin))
        except KeyError as e:
            raise HTTPException(404, "There is no attribute of that name that you may set.") from e
        except NotValid as e:
            return await show(request, 400, attribute_problem=str(e), wrong_attribute=name)
        return back(request, "Your choice is kept.")

    return [
        Route("/account", page),
        Route("/account/attributes", choose_value, methods=["POST"]),
        Route("/account/password", change_password, methods=["POST"]),
        Route("/account/sessions/end-others", end_others, methods=["POST"]),
        Route("/account/sessions/{id}/end", end_one, methods=["POST"]),
        Route("/account/tokens", make_token, methods=["POST"]),
        Route("/account/tokens/{id}/revoke", revoke_token, methods=["POST"]),
    ]


def _knows_password(site: Site, user: UserRecord, given: str, origin: Origin) -> bool:
    """A user without a password has none to know. Guesses are counted like those of a login."""
    accounts = site.services.accounts
    kept = accounts.users.password_hash(user.id)
    if kept is None:
        return True
    attempt = begin_attempt(accounts, user.login, origin.address)
    if attempt is None or not accounts.passwords.matches(kept, given):
        return False
    attempt_succeeded(accounts, attempt, user.login)
    return True


def _role(label: str, viewer: Viewer) -> Role | None:
    """The role of that name, when the viewer may give it away."""
    return next((role for role in Role if role.label == label and viewer.may(role)), None)


def _id(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.path_params["id"])
    except ValueError as e:
        raise HTTPException(404) from e
