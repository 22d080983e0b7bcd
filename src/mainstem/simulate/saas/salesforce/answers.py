"""How an org answers, whatever it is asked: rows as JSON, files, errors by code, the calls that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.salesforce.soql import SoqlError
from mainstem.simulate.saas.salesforce.values import RowError, shown
from mainstem.simulate.saas.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.faults import Fault
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.limits import Allowed
    from mainstem.simulate.saas.salesforce.door import Door
    from mainstem.simulate.saas.salesforce.org import Org, Row
    from mainstem.simulate.saas.salesforce.schema import Object

_ADDRESS = 16_384
"""Bytes that an address may have."""
_STATUSES = {"INVALID_CROSS_REFERENCE_KEY": 404, "ENTITY_IS_DELETED": 404, "NOT_FOUND": 404}


class OrgAnswers(Service):
    """What is common to its routes, which inheritors have."""

    def __init__(
        self, clock: ControlledClock, org: Org, door: Door, limits: Iterable[Allowed] | None
    ) -> None:
        self.org = org
        self.door = door
        super().__init__(clock, limits=limits)

    def _routed(self, request: Request, faults: dict[str, Fault]) -> Answer:
        if len(request.path) + len(urlencode(request.query)) > _ADDRESS:
            return self._error(414, "URI_TOO_LONG", "The URI is longer than the server takes")
        try:
            return super()._routed(request, faults)
        except RowError as e:
            return self._refused(e.code, e.message, e.fields)
        except SoqlError as e:
            return self._refused(e.code, str(e))
        except msgspec.DecodeError as e:
            return self._refused("JSON_PARSER_ERROR", str(e))

    def authorised(self, request: Request) -> Answer | None:
        if request.path.startswith(("/services/oauth2/", "/services/Soap/")) or self.door.lets_in(request):
            return None
        return self._error(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def expire_tokens(self) -> None:
        self.door.close()

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        if is_quota or self.left()[0] <= 0:
            return self._error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        answer = self._error(429, "TOO_MANY_REQUESTS", "Too many requests")
        answer.headers["Retry-After"] = str(int(seconds) + 1)
        return answer

    def failed(self, status: int) -> Answer:
        return self._error(status, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")

    def not_found(self) -> Answer:
        return self._error(404, "NOT_FOUND", "The requested resource does not exist")

    def _ok(self, body: object, status: int = 200) -> Answer:
        return json_answer(body, status, self._limit_info())

    def _limit_info(self) -> dict[str, str]:
        left, allowed = self.left()
        return {"Sforce-Limit-Info": f"api-usage={allowed - left}/{allowed}"}

    def _error(self, status: int, code: str, message: str, fields: Iterable[str] = ()) -> Answer:
        body: dict[str, Any] = {"message": message, "errorCode": code}
        if fields:
            body["fields"] = list(fields)
        return json_answer([body], status, self._limit_info())

    def _refused(self, code: str, message: str, fields: Iterable[str] = ()) -> Answer:
        return self._error(_STATUSES.get(code, 400), code, message, fields)

    def _csv(self, text: str, headers: Mapping[str, str]) -> Answer:
        kind = {"Content-Type": "text/csv; charset=UTF-8"}
        return Answer(200, text.encode(), {**kind, **self._limit_info(), **headers})

    def _named(self, name: str) -> Object:
        found = self.org.object(name)
        if found is None:
            raise RowError("NOT_FOUND", "The requested resource does not exist")
        return found

    def _root(self, version: str) -> str:
        return f"/services/data/v{version}"

    def _attributes(self, version: str, name: str, row: Row) -> dict[str, str]:
        return {"type": name, "url": f"{self._root(version)}/sobjects/{name}/{row['Id']}"}

    def _shown(self, version: str, of: Object, row: Row, fields: Iterable[str]) -> dict[str, Any]:
        """A row as JSON; paths become objects within it."""
        found: dict[str, Any] = {"attributes": self._attributes(version, of.name, row)}
        for path in fields:
            at, names = found, path.split(".")
            if names[0].lower() == of.name.lower() and len(names) > 1:
                names = names[1:]
            value = shown(self.org.look(of, row, ".".join(names)))
            for name in names[:-1]:
                at = at.setdefault(name, {})
            field = of.field(names[-1]) if len(names) == 1 else None
            at[field.name if field else names[-1]] = value
        return found
