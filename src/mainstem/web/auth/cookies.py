"""The two cookies: the session's, and one that ties a login form to the browser it was sent to.

Neither can be read by scripts. Over https both are `Secure` and take the `__Host-` prefix, so that no
neighbouring host can plant one. Over http their names carry the port: browsers keep one jar for all ports
of a host, and two projects on one machine must not log each other out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response


def session_token(request: HTTPConnection) -> str | None:
    return request.cookies.get(_name(request, "session"))


def set_session(request: HTTPConnection, response: Response, token: str, seconds: int) -> None:
    """Kept for `seconds`, the session's whole life, by a browser that is closed and opened again."""
    _set(request, response, "session", token, "lax", seconds)


def end_session(request: HTTPConnection, response: Response) -> None:
    _set(request, response, "session", "", "lax", 0)


def visit(request: HTTPConnection) -> str:
    """What ties login forms to this browser; empty before the first."""
    return request.cookies.get(_name(request, "visit"), "")


def set_visit(request: HTTPConnection, response: Response, value: str) -> None:
    _set(request, response, "visit", value, "strict", None)


def _name(request: HTTPConnection, what: str) -> str:
    if request.url.scheme == "https":
        return f"__Host-mainstem_{what}"
    server = request.scope.get("server")
    return f"mainstem_{what}_{server[1] if server else 0}"


def _set(
    request: HTTPConnection,
    response: Response,
    what: str,
    value: str,
    same_site: Literal["lax", "strict"],
    seconds: int | None,
) -> None:
    response.set_cookie(
        _name(request, what),
        value,
        max_age=seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite=same_site,
    )
