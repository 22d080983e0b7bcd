"""Who is let in: service accounts by their keys, users by a refresh token that they gave a client.

A service account is known by the public key that is put down for it. A token it signs for itself is taken
as one that was given out, as Google takes it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas.door import claims_of
from mainstem.simulate.saas.http import Answer, json_answer

if TYPE_CHECKING:
    from mainstem.simulate.saas.http import Request

TOKENS = "/token"
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SCOPE = "https://www.googleapis.com/auth/analytics"
_LASTS = 3600


class Door:
    client = ("mainstem", "simulated")
    refresh_token = "simulated-refresh"  # noqa: S105 # of a service that does not exist

    def __init__(self) -> None:
        self.accounts: dict[str, str] = {}
        """Public keys as PEM by the addresses of service accounts."""
        self._tokens: set[str] = set()
        self._signed: set[str] = set()
        self._ended: set[str] = set()

    def lets_in(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or token in self._ended:
            return False
        return token in self._tokens or self._is_signed(token)

    def close(self) -> None:
        """Every token so far is valid no more."""
        self._ended |= self._signed
        self._tokens.clear()
        self._signed.clear()

    def give(self, request: Request) -> Answer:
        form = request.form()
        grant = form.get("grant_type")
        if grant == _JWT:
            wrong = self._wrong_assertion(form.get("assertion", ""))
        elif grant == "refresh_token":
            wrong = self._wrong_refresh(form)
        else:
            wrong = ("unsupported_grant_type", f"Invalid grant_type: {grant}")
        if wrong is not None:
            return json_answer({"error": wrong[0], "error_description": wrong[1]}, 400)
        token = f"ya29.{secrets.token_hex(16)}"
        self._tokens.add(token)
        return json_answer({"access_token": token, "expires_in": _LASTS - 1, "token_type": "Bearer"})

    def _wrong_refresh(self, form: dict[str, str]) -> tuple[str, str] | None:
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return "invalid_client", "The OAuth client was not found."
        if form.get("refresh_token") != self.refresh_token:
            return "invalid_grant", "Token has been expired or revoked."
        return None

    def _wrong_assertion(self, assertion: str) -> tuple[str, str] | None:
        claims = self._claims(assertion)
        if claims is None:
            return "invalid_grant", "Invalid JWT Signature."
        if not str(claims.get("aud", "")).endswith(TOKENS):
            return "invalid_grant", "Invalid JWT: Failed audience check."
        if not 0 < int(claims.get("exp", 0)) - int(claims.get("iat", 0)) <= _LASTS:
            return "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)."
        if _SCOPE not in str(claims.get("scope", "")):
            return "invalid_scope", "Invalid OAuth scope or ID token audience provided."
        return None

    def _is_signed(self, token: str) -> bool:
        """By a service account, for the API itself."""
        if token.count(".") != 2 or self._claims(token) is None:
            return False
        self._signed.add(token)
        return True

    def _claims(self, assertion: str) -> dict[str, Any] | None:
        return next((found for key in self.accounts.values() if (found := claims_of(assertion, key))), None)
