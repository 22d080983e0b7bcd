"""What the frame around a page shows, for the time of one request: sections, and toasts that wait.

Promise: a toast that a page has shown is not shown again. Pages call nothing here: `site.render` is enough,
and the layouts in `templates/frame` read `shell()`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

from mainstem.web.auth import current_viewer
from mainstem.web.navigation import navigation
from mainstem.web.toasts import Toast, end_waiting, is_htmx, raised, waiting_toasts

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mainstem.web.navigation import Section


class Shell:
    """The frame of one response."""

    def __init__(self, path: str, waiting: list[Toast]) -> None:
        self.path = path
        self.has_shown_toasts = False
        self._waiting = waiting

    @property
    def sections(self) -> tuple[Section, ...]:
        """The navigation, for whoever asks."""
        return navigation(current_viewer().role, self.path)

    def take_toasts(self) -> list[Toast]:
        """Toasts that waited for this page. They are gone for the next one."""
        self.has_shown_toasts = bool(self._waiting)
        return self._waiting


_current: ContextVar[Shell] = ContextVar("mainstem_shell")


def current_shell() -> Shell:
    """The frame of the request being answered; templates call it as `shell()`."""
    return _current.get(None) or Shell("", [])


class Frame:
    """Gives each request its frame. Toasts leave with the response that shows them; htmx, which swaps a piece
    of the page and may leave out the place of toasts, is handed them in a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        waiting = waiting_toasts(request)
        shell = Shell(request.url.path, [] if is_htmx(request) else waiting)
        _current.set(shell)

        async def send_with_toasts(message: Message) -> None:
            if message["type"] == "http.response.start" and waiting:
                headers = MutableHeaders(scope=message)
                to_htmx = is_htmx(request) and not 300 <= message["status"] < 400
                if to_htmx:
                    headers["hx-trigger"] = raised(waiting, headers.get("hx-trigger", ""))
                    end_waiting(headers)
                elif shell.has_shown_toasts:
                    end_waiting(headers)
            await send(message)

        await self._app(scope, receive, send_with_toasts if waiting else send)
