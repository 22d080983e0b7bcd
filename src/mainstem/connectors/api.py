"""What connectors of services have in common that are asked over HTTP: one session, and how it is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mainstem.connectors.contract import Connector, Finding
from mainstem.errors import ApiRefused, ConfigError, CredentialsRefused
from mainstem.saas import Auth, Basic, Bearer, NoAuth, Renewing, client_credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

    from mainstem.config import Secret
    from mainstem.saas import ApiSession, Quota, Usage


class ApiConnector(Connector):
    """Closes its session, which counts what was spent."""

    def __init__(self, session: ApiSession) -> None:
        self._session = session

    @property
    def usage(self) -> Usage:
        return self._session.usage

    def quota(self) -> Quota | None:
        return self._session.quota()

    def close(self) -> None:
        self._session.close()

    def _allowed(self, what: str, path: str) -> Finding:
        """Whether `path` may be read."""
        try:
            response = self._session.get(path)
        except (CredentialsRefused, ApiRefused) as e:
            return Finding(what, False, str(e))
        return Finding(what, True, f"may be read{self._left(response)}")

    def _left(self, response: Response) -> str:
        """What an answer says of calls that are left, to stand behind a finding."""
        return ""


class Login(Protocol):
    """Settings of a service that takes an API token of a user, an OAuth client or an access token."""

    @property
    def email(self) -> str: ...
    @property
    def api_token(self) -> Secret | None: ...
    @property
    def access_token(self) -> Secret | None: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> Secret | None: ...


def auth_of(
    login: Login,
    where: str,
    session: Callable[[Auth], ApiSession],
    *,
    tokens: str,
    scope: str = "",
    user: str = "",
) -> Auth:
    """By what the settings hold. `tokens` is where an OAuth client gets its own; `user` is what an API token
    is sent with, the e-mail where it is left out. Raises ConfigError at `where` when they hold nothing."""
    if login.access_token is not None:
        return Bearer(login.access_token)
    if login.client_id and login.client_secret is not None:
        plain = session(NoAuth())
        get = client_credentials(plain, tokens, login.client_id, login.client_secret, scope)
        return Renewing(get, plain.clock)
    if login.email and login.api_token is not None:
        return Basic(user or login.email, login.api_token)
    raise ConfigError(
        where, "lacks credentials", "email and api_token; client_id and client_secret; or access_token"
    )
