"""Who is let in: tokens of an OAuth client, and what becomes of one that ended.

The same token is given out until it ends. One that was given once is `expired`, any other `invalid`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.marketo.answers import error

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request

_LASTS = 3600


class Door:
    client = ("mainstem", "simulated")

    def __init__(self, clock: ControlledClock) -> None:
        self._clock = clock
        self._token = ""
        self._ends: datetime = clock.now()
        self._given: set[str] = set()

    def refuses(self, request: Request) -> Answer | None:
        token = (
            request.query.get("access_token") or request.headers.get("authorization", "")[len("Bearer ") :]
        )
        if token == self._token and token and self._clock.now() < self._ends:
            return None
        return error(602 if token in self._given else 601)

    def give(self, request: Request) -> Answer:
        given = {**request.query, **(request.form() if request.method == "POST" else {})}
        if (given.get("client_id"), given.get("client_secret")) != self.client:
            body = {"error": "invalid_client", "error_description": "No client with requested id"}
            return json_answer(body, 401)
        if given.get("grant_type") != "client_credentials":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        now = self._clock.now()
        if not self._token or now >= self._ends:
            self._token, self._ends = secrets.token_hex(16), now + timedelta(seconds=_LASTS)
            self._given.add(self._token)
        left = int((self._ends - now).total_seconds())
        scope = "api@simulated.example"
        return json_answer(
            {"access_token": self._token, "token_type": "bearer", "expires_in": left, "scope": scope}
        )

    def close(self) -> None:
        """The token that was given out last is valid no more."""
        self._token = ""
