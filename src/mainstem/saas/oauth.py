"""Getting tokens by OAuth 2 (RFC 6749): client credentials (4.4), refresh tokens (6), and JWTs (RFC 7523).

A token endpoint is asked through the account's own session, so its calls count and its 429 are waited for.
It keeps nothing: a rotated refresh token is handed to `rotated`, which has to keep it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.config import Secret
from mainstem.errors import ApiRefused, CredentialsRefused
from mainstem.saas.auth import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.saas.session import ApiSession


_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class _Answer(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float | None = None
    refresh_token: str | None = None


def client_credentials(
    session: ApiSession, url: str, client_id: str, client_secret: Secret, scope: str = ""
) -> Callable[[], Token]:
    """What gets a token for a client that speaks for itself. `session` has no auth of its own.

    The callable raises CredentialsRefused, ApiUnavailable.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret.reveal(),
    }
    if scope:
        form["scope"] = scope
    return lambda: _token(session, _ask(session, url, form))


def refresh_token(
    session: ApiSession,
    url: str,
    client_id: str,
    client_secret: Secret,
    token: Secret,
    rotated: Callable[[Secret], None] = lambda secret: None,
) -> Callable[[], Token]:
    """What gets a token with a refresh token, which the service may exchange for another each time."""
    latest = [token]

    def get() -> Token:
        form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client_secret.reveal(),
            "refresh_token": latest[0].reveal(),
        }
        answer = _ask(session, url, form)
        if answer.refresh_token and answer.refresh_token != latest[0].reveal():
            latest[0] = Secret(answer.refresh_token)
            rotated(latest[0])
        return _token(session, answer)

    return get


def jwt_bearer(
    session: ApiSession, url: str, client_id: str, assertion: Callable[[], str]
) -> Callable[[], Token]:
    """What gets a token for claims that the client signed; `assertion` makes new ones each time."""

    def get() -> Token:
        form = {"grant_type": _JWT, "assertion": Secret(assertion()).reveal()}
        return _token(session, _ask(session, url, form, client_id))

    return get


def _ask(session: ApiSession, url: str, form: Mapping[str, str], client_id: str = "") -> _Answer:
    try:
        response = session.post(url, data=dict(form))
    except ApiRefused as e:  # RFC 6749, 5.2: 400 invalid_client, invalid_grant …
        raise CredentialsRefused(f"no token for {client_id or form['client_id']!r}: {e}") from e
    try:
        return msgspec.json.decode(response.content, type=_Answer)
    except msgspec.MsgspecError as e:
        raise CredentialsRefused(f"what {url} answered holds no access_token") from e


def _token(session: ApiSession, answer: _Answer) -> Token:
    ends = None
    if answer.expires_in is not None:
        ends = session.clock.now() + timedelta(seconds=answer.expires_in)
    return Token(Secret(answer.access_token), ends)
