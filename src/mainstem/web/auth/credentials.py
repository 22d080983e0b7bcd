"""Sessions, API tokens and one-time links are random text; only its digest is ever kept.

256 random bits need no slow hash: nobody guesses one, and whoever reads a digest cannot turn it back.
"""

from __future__ import annotations

import hashlib
import secrets

API_PREFIX = "mst_"
"""API tokens begin with it, so that scanners of repositories know one when they see it."""


def new_session() -> str:
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    return API_PREFIX + secrets.token_urlsafe(32)


def new_link() -> str:
    return secrets.token_urlsafe(32)


def digest(credential: str) -> bytes:
    """32 bytes of SHA-256, to keep and to find it by."""
    return hashlib.sha256(credential.encode()).digest()
