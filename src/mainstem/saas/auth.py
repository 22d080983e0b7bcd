"""Who we are to a service: what goes into each request, and getting a new token when one is refused.

A secret is a `Secret` from the settings to the request. A token that was got on the way is made one too, so
that it is struck from all that is logged.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.config import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.saas.clock import Clock

_EARLY = timedelta(seconds=60)
"""Before a token ends, a new one is got: a request takes a while, and clocks differ."""


class Auth(ABC):
    @abstractmethod
    def headers(self) -> Mapping[str, str]:
        """Of the next request. Secrets stand in them: they are never shown."""

    def parameters(self) -> Mapping[str, str]:
        """Of the next request's query, for services that want a key there."""
        return {}

    def renew(self, refused: Mapping[str, str]) -> bool:
        """After a request with the headers `refused` got 401: whether there is something else to try."""
        return False


class NoAuth(Auth):
    def headers(self) -> Mapping[str, str]:
        return {}


@dataclass(frozen=True)
class Bearer(Auth):
    token: Secret

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token.reveal()}"}


@dataclass(frozen=True)
class Basic(Auth):
    user: str
    password: Secret

    def headers(self) -> Mapping[str, str]:
        pair = f"{self.user}:{self.password.reveal()}".encode()
        return {"Authorization": f"Basic {Secret(b64encode(pair).decode()).reveal()}"}


@dataclass(frozen=True)
class ApiKey(Auth):
    """A key in a header, or in the query where `in_query`."""

    name: str
    key: Secret
    in_query: bool = False

    def headers(self) -> Mapping[str, str]:
        return {} if self.in_query else {self.name: self.key.reveal()}

    def parameters(self) -> Mapping[str, str]:
        return {self.name: self.key.reveal()} if self.in_query else {}


@dataclass(frozen=True)
class Token:
    """A token for some time."""

    value: Secret
    expires_at: datetime | None = None
    """None where the service does not say: it is used until it is refused."""


class Renewing(Auth):
    """A bearer token that ends: got when it is first needed, before it ends, and when it is refused.

    `get` is asked for a new one; several threads that find the same token refused ask once.
    """

    def __init__(self, get: Callable[[], Token], clock: Clock) -> None:
        self._get = get
        self._clock = clock
        self._token: Token | None = None
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            if self._token is None or self._ends_soon(self._token):
                self._token = self._get()
            return _bearer(self._token)

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if self._token is None or _bearer(self._token) == dict(refused):
                self._token = self._get()
        return True

    def _ends_soon(self, token: Token) -> bool:
        return token.expires_at is not None and self._clock.now() >= token.expires_at - _EARLY


def _bearer(token: Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.value.reveal()}"}
