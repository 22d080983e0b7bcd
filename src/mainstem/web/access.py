"""Who is asking: the one place every request passes before it reaches a page.

There is no login: everyone who reaches the port is the same anonymous viewer, which is why the server
listens on loopback unless told otherwise. Pages read `request.state.viewer` and decide nothing themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Viewer:
    """The person, or the absence of one, that a page is made for."""

    name: str | None


ANONYMOUS = Viewer(name=None)


class Access:
    """Sets `viewer` on the state of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["viewer"] = ANONYMOUS
        await self._app(scope, receive, send)
