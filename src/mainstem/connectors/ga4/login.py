"""How a property is entered with the settings given: by a service account, or for a user.

It keeps nothing: Google exchanges no refresh token for another.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.saas import Auth, Bearer, NoAuth, Renewing, jwt_bearer, refresh_token, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.connectors.ga4.settings import Ga4Settings
    from mainstem.saas import ApiSession

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
_TOKENS = "https://oauth2.googleapis.com/token"
_LASTS = timedelta(hours=1)


class _Key(msgspec.Struct, frozen=True):
    """The parts of a key's file that are needed."""

    client_email: str
    private_key: str
    token_uri: str = _TOKENS


def auth(settings: Ga4Settings, where: str, session: Callable[[Auth], ApiSession]) -> Auth:
    """`session` makes one with an auth; tokens are asked for by one without. Raises ConfigError."""
    if settings.access_token is not None:
        return Bearer(settings.access_token)
    plain = session(NoAuth())
    if settings.service_account is not None:
        key = _key(settings.service_account, where)
        url = f"{settings.base_url}/token" if settings.base_url else key.token_uri
        get = jwt_bearer(plain, url, key.client_email, lambda: _assertion(key, plain))
        return Renewing(get, plain.clock)
    secret, token = settings.client_secret, settings.refresh_token
    if settings.client_id and secret is not None and token is not None:
        url = f"{settings.base_url}/token" if settings.base_url else _TOKENS
        return Renewing(refresh_token(plain, url, settings.client_id, secret, token), plain.clock)
    raise ConfigError(
        where,
        "lacks credentials",
        "service_account; client_id, client_secret and refresh_token; access_token",
    )


def _key(written: Secret, where: str) -> _Key:
    try:
        return msgspec.json.decode(written.reveal(), type=_Key)
    except msgspec.MsgspecError as e:
        raise ConfigError(
            f"{where} service_account",
            f"is no key of a service account ({e})",
            'the JSON file that Google gives, with client_email and private_key: "file:key.json"',
        ) from None


def _assertion(key: _Key, session: ApiSession) -> str:
    now = session.clock.now()
    claims = {
        "iss": key.client_email,
        "scope": SCOPE,
        "aud": key.token_uri,
        "iat": int(now.timestamp()),
        "exp": int((now + _LASTS).timestamp()),
    }
    return signed(claims, Secret(key.private_key))
