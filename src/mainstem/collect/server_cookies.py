"""Set the browser SDKs' own cookies from the server, because browsers cut short those that scripts set.

It answers one `Set-Cookie` per entry of the request, readable by scripts, for the SDK reads it back. Only
names that those SDKs use are set, and nothing of the request gets into a header unchecked: this is no way
to plant a session, or a header, on somebody else's site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import msgspec

from mainstem.collect.body import NOT_JSON, read_body
from mainstem.collect.replies import BAD_COOKIES, INVALID_JSON, NO_HEADER_KEY, make_reply
from mainstem.collect.sender import header_key, sender_by_key
from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.collect.request import Outcome, Request, Route
    from mainstem.collect.sources import SourceTable

PATHS = ("/rsaRequest", "/rsaRequest/")
MAX_BODY_BYTES = 64 * 1024
MAX_COOKIES = 32
MAX_COOKIE_BYTES = 4096
"""Name, value and attributes; browsers keep no more."""

_NAME = re.compile(r"(?:rl|ajs)_[A-Za-z0-9_.-]+")
_PATH = re.compile(r"/[A-Za-z0-9_.~%/-]*")
_DOMAIN = re.compile(r"\.?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_UNTOUCHED = "!'()*-._~"
"""What JavaScript's encodeURIComponent leaves as it is beside letters and digits; SDKs decode likewise."""
_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}


class Options(msgspec.Struct, frozen=True, rename="camel"):
    """Attributes of every cookie of one request, as rudder-js sends them."""

    max_age: float | None = None
    """Milliseconds; None, or a cookie for the session only."""
    path: str = "/"
    domain: str | None = None
    same_site: str | None = None
    secure: bool = False


class Cookie(msgspec.Struct, frozen=True):
    name: str
    value: str


class _Data(msgspec.Struct, frozen=True):
    options: Options
    cookies: list[Cookie]


class CookieRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a request for cookies."""

    req_type: Literal["setCookies"]
    data: _Data


_decode = msgspec.json.Decoder(CookieRequest).decode


def cookie_routes(sources: SourceTable) -> Iterator[Route]:
    def answer(request: Request) -> Outcome:
        _admit(sources, request)
        try:
            asked = _decode(read_body(request.headers, request.body, MAX_BODY_BYTES))
        except msgspec.ValidationError as e:
            raise EventRejected(400, BAD_COOKIES) from e
        except NOT_JSON as e:
            raise EventRejected(400, INVALID_JSON) from e
        return make_reply(200, b"ok", headers=("Cache-Control: no-store", *cookie_lines(asked)))

    for path in PATHS:
        yield b"POST", path, answer


def _admit(sources: SourceTable, request: Request) -> None:
    """The key must stand in the header: no page of another site can send that without asking first."""
    key = header_key(request.headers.get(b"authorization", b""))
    if key is None:
        raise EventRejected(401, NO_HEADER_KEY)
    for gate in sender_by_key(sources, key).gates:
        gate(request, 0)


def cookie_lines(asked: CookieRequest) -> tuple[str, ...]:
    """The `Set-Cookie` headers, in order. Raises EventRejected 400, for all, where one cannot be set."""
    if len(asked.data.cookies) > MAX_COOKIES:
        raise EventRejected(400, BAD_COOKIES)
    attributes = "".join(_attributes(asked.data.options))
    return tuple(_line(cookie, attributes) for cookie in asked.data.cookies)


def _attributes(options: Options) -> Iterator[str]:
    if not _PATH.fullmatch(options.path):
        raise EventRejected(400, BAD_COOKIES)
    yield f"; Path={options.path}"
    if options.domain:
        if not _DOMAIN.fullmatch(options.domain):
            raise EventRejected(400, BAD_COOKIES)
        yield f"; Domain={options.domain}"
    if options.max_age is not None:
        if not abs(options.max_age) < 1e15:
            raise EventRejected(400, BAD_COOKIES)
        yield f"; Max-Age={int(options.max_age / 1000)}"
    if options.same_site:
        same_site = _SAME_SITE.get(options.same_site.lower())
        if same_site is None:
            raise EventRejected(400, BAD_COOKIES)
        yield f"; SameSite={same_site}"
    if options.secure:
        yield "; Secure"


def _line(cookie: Cookie, attributes: str) -> str:
    if not _NAME.fullmatch(cookie.name):
        raise EventRejected(400, BAD_COOKIES)
    line = f"{cookie.name}={quote(cookie.value, safe=_UNTOUCHED)}{attributes}"
    if len(line) > MAX_COOKIE_BYTES:
        raise EventRejected(400, BAD_COOKIES)
    return f"Set-Cookie: {line}"
