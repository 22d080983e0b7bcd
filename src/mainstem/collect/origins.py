"""Which web origins may send with a source's keys.

A browser says from which site a request comes, and no page can make it lie: so a key copied from one site's
pages is of no use on another's. It protects against nobody else, since a program can send any header; a
request without the header, as servers send it, is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import EventRejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.collect.request import Request
    from mainstem.collect.sources import Gate

FORBIDDEN_ORIGIN = "origin is not allowed"


def origin_gate(origins: Iterable[str]) -> Gate:
    """Refuses, with 403, a request from an origin that is not among `origins`.

    Those are `https://example.com`, or `https://*.example.com` for every name below it and not itself.
    """
    named = {origin.lower().encode() for origin in origins}
    whole = frozenset(origin for origin in named if b"://*." not in origin)
    below = tuple(tuple(origin.split(b"*", 1)) for origin in named - whole)

    def gate(request: Request, _events: int) -> None:
        origin = request.headers.get(b"origin")
        if origin is None or origin in whole:
            return
        origin = origin.lower()
        if origin not in whole and not any(_is_below(origin, scheme, host) for scheme, host in below):
            raise EventRejected(403, FORBIDDEN_ORIGIN)

    return gate


def _is_below(origin: bytes, scheme: bytes, host: bytes) -> bool:
    """Whether `origin` is `scheme`, at least one character of a name, and `host`, which begins with a dot."""
    name = origin[len(scheme) : -len(host)]
    return origin.startswith(scheme) and origin.endswith(host) and bool(name) and b"/" not in name
