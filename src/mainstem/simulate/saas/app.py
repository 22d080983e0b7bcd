"""The services of one process behind one ASGI application, and the way to control them.

A service is at `/<name>/…`, or by a Host with its name in it, for clients that know no path before their own.
Links in answers begin as the request did, or with `X-Forwarded-Host`. `/_control` is no service's:

    GET  /_control                     the clock, and what each service answered
    POST /_control/clock               {"advance": seconds} or {"move_to": "2026-01-01T00:00:00Z"}
    POST /_control/<name>/faults       a list of faults, added to the plan;  DELETE takes all away
    POST /_control/<name>/expire       tokens are valid no more
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from mainstem.simulate.saas.faults import Fault
from mainstem.simulate.saas.http import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.service import Service

CONTROL = "_control"


class SaasApp:
    """ASGI 3."""

    def __init__(self, services: Mapping[str, Service], clock: ControlledClock) -> None:
        self.services = dict(services)
        self._clock = clock

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = self._answer(scope, body)
        while answer.hangs and (await receive())["type"] != "http.disconnect":
            pass
        if not answer.hangs:
            await _send(answer, send)

    def _answer(self, scope: Mapping[str, Any], body: bytes) -> Answer:
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "localhost")
        first, _, rest = scope["path"].lstrip("/").partition("/")
        query = _query(scope["query_string"].decode())
        root = f"{scope.get('scheme', 'http')}://{host}"
        if first == CONTROL:
            return self._controlled(scope["method"], rest.split("/") if rest else [], body)
        if first in self.services:
            root = _forwarded(headers) or f"{root}/{first}"
            asked = Request(scope["method"], f"/{rest}", query, headers, body, root)
            return self.services[first].handle(asked)
        for name, service in self.services.items():
            if name in host.split(":")[0].split("."):
                asked = Request(scope["method"], scope["path"], query, headers, body, root)
                return service.handle(asked)
        return json_answer({"error": f"no service; there are {', '.join(self.services)}"}, 404)

    def _controlled(self, method: str, path: list[str], body: bytes) -> Answer:
        try:
            match method, path:
                case "GET", []:
                    pass
                case "POST", ["clock"]:
                    self._move(msgspec.json.decode(body))
                case "POST", [name, "faults"]:
                    self.services[name].faults.add(*msgspec.json.decode(body, type=list[Fault]))
                case "DELETE", [name, "faults"]:
                    self.services[name].faults.clear()
                case "POST", [name, "expire"]:
                    self.services[name].expire_tokens()
                case _:
                    return json_answer({"error": "no such control"}, 404)
        except (KeyError, ValueError, msgspec.MsgspecError) as e:
            return json_answer({"error": str(e)}, 400)
        return json_answer(
            {
                "now": self._clock.now(),
                "services": {name: dict(service.calls) for name, service in self.services.items()},
            }
        )

    def _move(self, asked: Any) -> None:
        """The clocks of services too that have one of their own."""
        clocks = {id(clock): clock for clock in (self._clock, *(one.clock for one in self.services.values()))}
        for clock in clocks.values():
            if "advance" in asked:
                clock.advance(float(asked["advance"]))
            else:
                clock.move_to(datetime.fromisoformat(asked["move_to"]))


def _query(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _forwarded(headers: Mapping[str, str]) -> str | None:
    host = headers.get("x-forwarded-host")
    return None if host is None else f"{headers.get('x-forwarded-proto', 'https')}://{host}"


async def _send(answer: Answer, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    if answer.sent_bytes is not None:
        body = answer.body[: answer.sent_bytes]
        await send({"type": "http.response.body", "body": body, "more_body": True})
        return  # the server sees that bytes are missing, and ends the connection
    await send({"type": "http.response.body", "body": answer.body})
