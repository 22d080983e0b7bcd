"""Short words after something was done, from the handler that did it to the page that comes next.

To htmx they travel as an `HX-Trigger` header; over a redirect, in a cookie that the next page takes away.
They are shown as text and decide nothing, so the cookie is neither signed nor secret.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from starlette.datastructures import MutableHeaders
    from starlette.requests import Request
    from starlette.responses import Response

Kind = Literal["ok", "info", "warning", "failed"]
Toast = tuple[Kind, str]

COOKIE = "mainstem_toasts"
_SECONDS_TO_NEXT_PAGE = 60
_MOST_CHARACTERS = 500
"""Of a text; a cookie holds 4 KB."""
_MOST_WAITING = 3


def tell(request: Request, response: Response, kind: Kind, text: str) -> None:
    """Show `text` with this response: at once when htmx asked for it, else on the next page."""
    toast: Toast = (kind, text[:_MOST_CHARACTERS])
    if is_htmx(request) and not 300 <= response.status_code < 400:
        response.headers["hx-trigger"] = raised([toast])
        return
    waiting = [*waiting_toasts(request), toast][-_MOST_WAITING:]
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(msgspec.json.encode(waiting)).decode(),
        max_age=_SECONDS_TO_NEXT_PAGE,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def waiting_toasts(request: Request) -> list[Toast]:
    """What an earlier response left for this page; nothing for a cookie that is not ours."""
    written = request.cookies.get(COOKIE)
    if written is None:
        return []
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(written), type=list[Toast])
    except (binascii.Error, ValueError):
        return []


def raised(toasts: list[Toast]) -> str:
    """An `HX-Trigger` header that raises them in the page; ASCII, as headers are."""
    told = [{"kind": kind, "text": text} for kind, text in toasts]
    return json.dumps({"mainstem:toasts": {"toasts": told}})


def end_waiting(headers: MutableHeaders) -> None:
    """The page has shown them: take the cookie away."""
    headers.append("set-cookie", f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=lax")


def is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
