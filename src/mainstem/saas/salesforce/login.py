"""How an org is entered with the settings given, what its answers mean, and what it says of its quota.

A refresh token that Salesforce exchanges for another is kept in the folder given. It opens no connection.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from mainstem.config import Secret
from mainstem.errors import ConfigError
from mainstem.saas.auth import Auth, Bearer, NoAuth, Renewing
from mainstem.saas.budget import Quota
from mainstem.saas.jwt import signed
from mainstem.saas.oauth import client_credentials, jwt_bearer, refresh_token
from mainstem.saas.session import READS
from mainstem.saas.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response

    from mainstem.saas.budget import Account
    from mainstem.saas.clock import Clock
    from mainstem.saas.opening import Opening
    from mainstem.saas.session import ApiSession

_TOKENS = "/services/oauth2/token"
_ENDS = timedelta(minutes=3)
"""Of a JWT: Salesforce takes none that ends later."""
_ASKED_AGAIN = timedelta(hours=1)
"""The day of a quota rolls: some of its calls come back every hour."""
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


class SalesforceLogin(Protocol):
    """Settings by which an org is found and entered. Those of connectors and those of destinations extend a
    Struct each, and a Struct cannot extend two: each writes these out."""

    @property
    def base_url(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> Secret | None: ...
    @property
    def refresh_token(self) -> Secret | None: ...
    @property
    def username(self) -> str: ...
    @property
    def private_key(self) -> Secret | None: ...
    @property
    def audience(self) -> str: ...
    @property
    def access_token(self) -> Secret | None: ...


@dataclass(frozen=True)
class Entrance:
    """An org and who we are to it."""

    opening: Opening
    base_url: str
    account: Account
    auth: Auth = field(default_factory=NoAuth)

    def session(self, repeats: frozenset[str] = READS) -> ApiSession:
        """A new one; all of an entrance share their token. `repeats` are the methods that may be sent
        twice."""
        return self.opening.session(
            self.base_url,
            self.account,
            self.auth,
            judge=judge,
            quota_of=lambda response: quota(response, self.opening.clock),
            repeats=repeats,
        )


def entrance(opening: Opening, where: str) -> Entrance:
    """Raises ConfigError, at `where`, for an org that cannot be entered with these settings."""
    settings: SalesforceLogin = opening.settings
    if not settings.base_url and not settings.domain:
        raise ConfigError(
            where, "lacks its domain", 'domain = "acme", of https://acme.my.salesforce.com (My Domain)'
        )
    base_url = settings.base_url or f"https://{settings.domain}.my.salesforce.com"
    account = opening.account(f"salesforce:{settings.domain or urlsplit(base_url).netloc}")
    outside = Entrance(opening, base_url, account)
    # A POST gets a token: twice does no harm.
    return replace(outside, auth=_auth(settings, where, opening.folder, outside.session(READS | {"POST"})))


def _auth(settings: SalesforceLogin, where: str, folder: Path, plain: ApiSession) -> Auth:
    """`plain` is a session without an auth, which tokens are asked for by."""
    if settings.access_token is not None:
        return Bearer(settings.access_token)
    client_id, secret = settings.client_id, settings.client_secret
    if client_id and settings.private_key is not None and settings.username:
        key, clock = settings.private_key, plain.clock

        def assertion() -> str:
            ends = int((clock.now() + _ENDS).timestamp())
            claims = {"iss": client_id, "sub": settings.username, "aud": settings.audience, "exp": ends}
            return signed(claims, key)

        return Renewing(jwt_bearer(plain, _TOKENS, client_id, assertion), clock)
    if client_id and secret is not None and settings.refresh_token is not None:
        kept = _Kept(folder, settings.refresh_token)
        get = refresh_token(plain, _TOKENS, client_id, secret, kept.latest(), kept.keep)
        return Renewing(get, plain.clock)
    if client_id and secret is not None:
        return Renewing(client_credentials(plain, _TOKENS, client_id, secret), plain.clock)
    raise ConfigError(
        where,
        "lacks credentials",
        "client_id with private_key and username; client_id and client_secret, with or without "
        "refresh_token; or access_token",
    )


class _Kept:
    """The token that took the place of the one in the settings, until there is another in them."""

    def __init__(self, folder: Path, given: Secret) -> None:
        self._given = given
        self._file = folder / f"refresh_token.{sha256(given.reveal().encode()).hexdigest()[:12]}"

    def latest(self) -> Secret:
        return Secret(self._file.read_text()) if self._file.exists() else self._given

    def keep(self, token: Secret) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(token.reveal())
        new.replace(self._file)


def judge(response: Response) -> Verdict | None:
    """A spent day is told with 403; so are too many calls at a time, which is over in a moment."""
    if response.status_code == 403 and "REQUEST_LIMIT_EXCEEDED" in response.text:
        return Verdict.WAIT if "ConcurrentRequests" in response.text else Verdict.QUOTA
    if response.status_code == 400 and "QUERY_TIMEOUT" in response.text:
        return Verdict.RETRY
    return None


def quota(response: Response, clock: Clock) -> Quota | None:
    found = _USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
    if found is None:
        return None
    used, total = int(found[1]), int(found[2])
    return Quota(max(total - used, 0), total, clock.now() + _ASKED_AGAIN)
