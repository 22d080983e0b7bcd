"""Requests that change something must come from a page of ours that this viewer was sent.

Two proofs, both needed: a token that only such a page holds (made from the session, so it is nobody
else's and no longer valid than it), and what browsers say about where a request comes from.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.datastructures import Headers

HEADER = "x-csrf-token"
FIELD = "csrf_token"
"""The name in forms; htmx sends the header."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def token_for(seed: str) -> str:
    """The token for forms. It tells nothing of the seed. Empty for an empty seed, which is no proof."""
    return hmac.new(seed.encode(), b"mainstem csrf", hashlib.sha256).hexdigest() if seed else ""


def is_token_of(seed: str, given: str) -> bool:
    return bool(seed) and hmac.compare_digest(token_for(seed).encode(), given.encode())


def is_from_here(headers: Headers) -> bool:
    """False when the browser says that another site made this request. Programs say nothing."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
