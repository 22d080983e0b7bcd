"""Who may ask for a page, declared beside its route, and enforced before the page is made.

A page without a declaration does not get into the application (`app.build_app` refuses it): forgetting
one is found at start, never by a visitor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from mainstem.web.auth import csrf
from mainstem.web.auth.forms import posted
from mainstem.web.auth.redirects import safe_next

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from mainstem.web.auth.roles import Role
    from mainstem.web.auth.viewer import Viewer

    Page = Callable[[Request], Awaitable[Response]]

_DECLARED = "__mainstem_access__"


@dataclass(frozen=True)
class Declared:
    """What a page demands."""

    role: Role | None
    """None: it is open to everybody."""
    session: bool = False
    """A person who logged in: an API token will not do."""


def requires(role: Role, *, session: bool = False, while_seen: bool = False) -> Callable[[Page], Page]:
    """The page is for `role` and those above it; requests that change something carry a CSRF token.

    Nobody's request is led to the login; one of somebody else is 403. An administrator who looks as another
    user changes nothing, and reaches nothing that is for people alone, but for what is open `while_seen`.
    """

    def guard(page: Page) -> Page:
        @wraps(page)
        async def guarded(request: Request) -> Response:
            viewer: Viewer = request.state.viewer
            if viewer.role is None:
                return ask_to_log_in(request)
            if not viewer.may(role):
                raise HTTPException(403, f"This page is for the role {role.label} and above.")
            if session and viewer.session_id is None:
                raise HTTPException(403, "This is for people who have logged in, not for API tokens.")
            if viewer.seen_by is not None and not while_seen:
                refuse_while_seen(request, session=session)
            if viewer.session_id is not None:
                await check_form(request, viewer.csrf_seed)
            return await page(request)

        return _declare(guarded, Declared(role, session))

    return guard


def open_to_all(page: Page) -> Page:
    """The page asks for nobody: the login itself, assets, `/health`."""
    return _declare(page, Declared(None))


def declared(endpoint: Any) -> Declared | None:
    """What a route's endpoint was declared to demand; None when nothing was."""
    found = getattr(endpoint, _DECLARED, None)
    return found if isinstance(found, Declared) else None


def refuse_while_seen(request: Request, *, session: bool) -> None:
    """Raises HTTPException 403 for what is not just looking."""
    if session or request.method not in csrf.SAFE_METHODS:
        login = request.state.viewer.login
        raise HTTPException(403, f"You see pages as {login}: that is for looking. Stop it first.")


async def check_form(request: Request, seed: str) -> None:
    """Raises HTTPException 403 for a request that changes something and is not from a page of ours."""
    if request.method in csrf.SAFE_METHODS:
        return
    given = request.headers.get(csrf.HEADER) or (await posted(request)).get(csrf.FIELD, "")
    if not csrf.is_from_here(request.headers) or not csrf.is_token_of(seed, given):
        raise HTTPException(
            403, "This form is too old, or was not sent from a page of this server. Load the page again."
        )


def ask_to_log_in(request: Request) -> Response:
    """Browsers are led to the login and back; programs are told 401."""
    if request.headers.get("hx-request") == "true":
        seen = urlsplit(request.headers.get("hx-current-url", ""))
        path = f"{seen.path}?{seen.query}" if seen.query else seen.path
        return Response(status_code=401, headers={"hx-redirect": _login(path)})
    if "text/html" not in request.headers.get("accept", "") or "authorization" in request.headers:
        return PlainTextResponse(
            "Log in, or send an API token: Authorization: Bearer mst_…\n",
            status_code=401,
            headers={"www-authenticate": "Bearer"},
        )
    url = request.url
    wanted = f"{url.path}?{url.query}" if url.query else url.path
    return RedirectResponse(_login(wanted if request.method in csrf.SAFE_METHODS else ""), status_code=303)


def _login(wanted: str) -> str:
    wanted = safe_next(wanted)
    return "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"


def _declare(page: Page, what: Declared) -> Page:
    setattr(page, _DECLARED, what)
    return page
