"""Who is asking: the one place every request passes before it reaches a page.

Promise: `request.state.viewer` is set for every request, from its API token, else its session, else
ANONYMOUS; a request with a token that lets nobody in is 401 whatever cookie it has. Who may see what is
decided by the guard on each page.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from mainstem.errors import TransientError
from mainstem.web.auth import cookies
from mainstem.web.auth.sessions import viewer_of_session, viewer_of_token
from mainstem.web.auth.viewer import ANONYMOUS, Viewer, set_current_viewer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mainstem.web.site import Site

_log = logging.getLogger(__name__)
_ASKS_NOBODY = ("/static/", "/health")
"""Paths that are the same for everybody: no database is asked who wants them."""


class Access:
    """Sets `viewer` on the state of each request, and for the templates that answer it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.viewer = ANONYMOUS
        set_current_viewer(ANONYMOUS)
        try:
            viewer = ANONYMOUS if request.url.path.startswith(_ASKS_NOBODY) else await self._viewer(request)
        except TransientError as e:
            _log.warning("nobody can be let in now: %s", e)
            await self._away(request)(scope, receive, send)
            return
        if viewer is None:
            refused = "This API token lets nobody in: it is wrong, has expired, or was revoked.\n"
            answer = PlainTextResponse(refused, 401, headers={"www-authenticate": "Bearer"})
            await answer(scope, receive, send)
            return
        request.state.viewer = viewer
        set_current_viewer(viewer)
        await self._app(scope, receive, send)

    async def _viewer(self, request: Request) -> Viewer | None:
        """None for credentials in the `Authorization` header that are not good."""
        accounts, lifetime = self._site.services.accounts, self._site.settings.session_lifetime
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            viewer = await accounts.run(lambda: viewer_of_token(accounts, given.strip()))
            return None if viewer is ANONYMOUS else viewer
        token = cookies.session_token(request)
        if not token:
            return ANONYMOUS
        return await accounts.run(lambda: viewer_of_session(accounts, token, lifetime))

    def _away(self, request: Request) -> ASGIApp:
        answer = self._site.render(
            "error.html",
            503,
            heading="Nobody can be let in now",
            message="The database of users does not answer. It is tried again with every request.",
        )
        answer.headers["retry-after"] = "5"
        return answer
