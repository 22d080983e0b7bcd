"""Who is let in where an API token of any user does, or a token that an OAuth client was given; and whether
claims are signed by whom they should be."""

from __future__ import annotations

import secrets
from base64 import b64decode, urlsafe_b64decode
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from mainstem.simulate.saas.http import Request


class TokenDoor:
    def __init__(self, client: tuple[str, str], api_token: str, *, path: str, user_ends: str = "") -> None:
        """`path` is where tokens are got, and open to all; a user that an API token comes with ends with
        `user_ends`."""
        self._client = client
        self._api_token = api_token
        self._path = path
        self._user_ends = user_ends
        self._tokens: set[str] = set()

    def lets_in(self, request: Request) -> bool:
        if request.path == self._path:
            return True
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            user, _, password = b64decode(given).decode().partition(":")
            return user.endswith(self._user_ends) and password == self._api_token
        return kind.lower() == "bearer" and given in self._tokens

    def give(self, request: Request) -> str | None:
        """A token for the client that asks, by form or JSON; None for another."""
        given = request.json() if "json" in request.headers.get("content-type", "") else request.form()
        if (given.get("client_id"), given.get("client_secret")) != self._client:
            return None
        token = secrets.token_hex(16)
        self._tokens.add(token)
        return token

    def close(self) -> None:
        """Every token given out so far is valid no more."""
        self._tokens.clear()


def claims_of(assertion: str, public_key: str) -> dict[str, Any] | None:
    """What a JWT says, if the key's owner signed it (RS256); `public_key` is PEM."""
    from cryptography.exceptions import InvalidSignature  # 40 ms, for this one grant
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    signed, _, signature = assertion.rpartition(".")
    key = load_pem_public_key(public_key.encode())
    if not isinstance(key, RSAPublicKey):
        return None
    try:
        key.verify(_bytes(signature), signed.encode(), PKCS1v15(), SHA256())
        found: dict[str, Any] = msgspec.json.decode(_bytes(signed.partition(".")[2]))
    except (InvalidSignature, ValueError):
        return None
    return found


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
