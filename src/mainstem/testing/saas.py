"""Simulated services in a thread of a test: one server, a service of its own for each test."""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter

from mainstem.simulate.saas import ControlledClock, SaasApp, SaasServer
from mainstem.testing.connectors import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import requests

    from mainstem.simulate.saas import Service


class SimulatedHost(HTTPAdapter):
    """Mounted on a service's own host, so that a client that knows no other runs unchanged on `base_url`."""

    def __init__(self, host: str, base_url: str) -> None:
        """`host` with its scheme: `https://acme.zendesk.com`."""
        super().__init__()
        self._host = host
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        asked = request.url or ""
        request.url = asked.replace(self._host, self._base_url, 1)
        request.headers["X-Forwarded-Host"] = self._host.removeprefix("https://")
        response = super().send(request, *args, **kwargs)
        request.url = response.url = asked
        return response


class SaasHost:
    """Where services are while a test runs."""

    def __init__(self, app: SaasApp, address: str) -> None:
        self._app = app
        self.address = address
        self._number = 0

    @contextmanager
    def hosting(self, service: Service) -> Iterator[str]:
        """The base address of `service`, which nobody else has."""
        self._number += 1
        name = f"{service.name}-{self._number}"
        self._app.services[name] = service
        try:
            yield f"{self.address}/{name}"
        finally:
            del self._app.services[name]


def moves_clock(address: str) -> Callable[[datetime], None]:
    """What moves the clock of simulated services at `address` along, from another process than theirs."""

    def moved(moment: datetime) -> None:
        body = json.dumps({"move_to": moment.isoformat()}).encode()
        urllib.request.urlopen(f"{address}/_control/clock", body, 10).close()  # noqa: S310 # ours

    return moved


@contextmanager
def saas_host() -> Iterator[SaasHost]:
    app = SaasApp({}, ControlledClock(NOON))
    with SaasServer(app) as server:
        yield SaasHost(app, server.address)
