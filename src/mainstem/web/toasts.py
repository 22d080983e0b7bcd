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
"""Of a text."""
_LARGEST_COOKIE = 3500
"""Bytes; browsers keep 4096 with name and attributes."""
_EVENT = "mainstem:toasts"


def tell(request: Request, response: Response, kind: Kind, text: str) -> None:
    """Show `text` with this response: at once when htmx asked for it, else on the next page."""
    toast: Toast = (kind, text[:_MOST_CHARACTERS])
    if is_htmx(request) and not 300 <= response.status_code < 400:
        response.headers["hx-trigger"] = raised([toast], response.headers.get("hx-trigger", ""))
        return
    # Of two cookies of one name in an answer the last one holds, so it carries the earlier toast along.
    told = request.state.toasts_told = [
        *getattr(request.state, "toasts_told", waiting_toasts(request)),
        toast,
    ]
    response.set_cookie(
        COOKIE,
        _packed(told),
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


def raised(toasts: list[Toast], written: str = "") -> str:
    """An `HX-Trigger` header that raises them in the page, beside what `written` raises already.

    It is ASCII, as headers are.
    """
    if written.startswith("{"):
        events = json.loads(written)
    else:
        events = {name.strip(): "" for name in written.split(",") if name.strip()}
    told = [{"kind": kind, "text": text} for kind, text in toasts]
    earlier = events.get(_EVENT, {"toasts": []})["toasts"]
    return json.dumps({**events, _EVENT: {"toasts": [*earlier, *told]}})


def end_waiting(headers: MutableHeaders) -> None:
    """The page has shown them: take the cookie away."""
    headers.append("set-cookie", f"{COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=lax")


def _packed(toasts: list[Toast]) -> str:
    """The value of the cookie; the oldest are left out where it would be too large."""
    packed = base64.urlsafe_b64encode(msgspec.json.encode(toasts)).decode()
    return packed if len(packed) <= _LARGEST_COOKIE or len(toasts) == 1 else _packed(toasts[1:])


def is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"
