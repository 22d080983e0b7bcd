"""Google Analytics' Data API for one property: reports, its fields, and which of them go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from mainstem.simulate.saas.ga4.door import TOKENS, Door
from mainstem.simulate.saas.ga4.fields import DIMENSIONS, METRICS, are_apart, shown
from mainstem.simulate.saas.ga4.report import Asked, Found, Invalid, Shape, asked_of, run
from mainstem.simulate.saas.ga4.tokens import Allowed as Tokens
from mainstem.simulate.saas.ga4.tokens import Purse
from mainstem.simulate.saas.ga4.visits import Site
from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.service import Handler, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.faults import Fault
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.saas.limits import Allowed
    from mainstem.simulate.world import Change, Event

Object = dict[str, Any]
_MOST_REPORTS = 5
_PROPERTY = r"/v1(?:beta|alpha)/properties/(\d+)"
_LAG = (4.0, 30.0)


class Ga4Service(Service):
    """A property that counts what the company's website is visited."""

    name = "ga4"
    limits: ClassVar[tuple[Allowed, ...]] = ()
    property = "123456789"

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        zone: str = "Europe/Berlin",
        lag: tuple[float, float] = _LAG,
        tokens: Tokens | None = None,
        shape: Shape | None = None,
    ) -> None:
        """`lag`: hours after which an event is counted, at least and at most."""
        self.site = Site(seed, ZoneInfo(zone), lag)
        self.door = Door()
        self.shape = shape or Shape()
        self._purse = Purse(tokens or Tokens())
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        """It knows no row of any system: only what browsers tell it."""

    def observe(self, event: Event) -> None:
        self.site.absorb(event)

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("POST", TOKENS, self.door.give),
            ("GET", rf"{_PROPERTY}/metadata", self._metadata),
            ("POST", rf"{_PROPERTY}:runReport", self._run_report),
            ("POST", rf"{_PROPERTY}:batchRunReports", self._run_reports),
            ("POST", rf"{_PROPERTY}:checkCompatibility", self._check),
        ]

    def _routed(self, request: Request, faults: dict[str, Fault]) -> Answer:
        try:
            return super()._routed(request, faults)
        except Invalid as e:
            return _error(400, "INVALID_ARGUMENT", str(e))

    def authorised(self, request: Request) -> Answer | None:
        if request.path == TOKENS or self.door.lets_in(request):
            return None
        return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def expire_tokens(self) -> None:
        self.door.close()

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        if not is_quota:
            words = "Exhausted concurrent requests quota. Please send fewer requests concurrently."
            return _error(429, "RESOURCE_EXHAUSTED", words, {"Retry-After": str(int(seconds) + 1)})
        words = "Exhausted property tokens for a project per hour. These tokens will return in under an hour."
        if self._purse.seconds(self.clock.now()) > 3600:
            words = "Exhausted property tokens per day. These quota tokens will return in under 24 hours."
        return _error(429, "RESOURCE_EXHAUSTED", words)

    def failed(self, status: int) -> Answer:
        return _error(status, "INTERNAL", "Internal error encountered.")

    def not_found(self) -> Answer:
        return _error(404, "NOT_FOUND", "Requested entity was not found.")

    def _metadata(self, request: Request, number: str) -> Answer:
        if refused := self._denied(number):
            return refused
        return json_answer(
            {
                "name": f"properties/{number}/metadata",
                "dimensions": [shown(one) for one in DIMENSIONS.values()],
                "metrics": [shown(one) for one in dict.fromkeys(METRICS.values())],
            }
        )

    def _run_report(self, request: Request, number: str) -> Answer:
        return self._bought(number, lambda: self._report(request.json()))

    def _run_reports(self, request: Request, number: str) -> Answer:
        def reports() -> Object:
            asked = request.json().get("requests", [])
            if len(asked) > _MOST_REPORTS:
                raise Invalid(f"This request has {len(asked)} reports; {_MOST_REPORTS} are allowed.")
            found = [self._report(one) for one in asked]
            return {"reports": found, "kind": "analyticsData#batchRunReports"}

        return self._bought(number, reports)

    def _check(self, request: Request, number: str) -> Answer:
        """Every field of the property, and whether it could be added to those that are asked about."""
        if refused := self._denied(number):
            return refused
        body = request.json()
        asked = asked_of({**body, "metrics": body.get("metrics") or [{"name": "eventCount"}]})
        metrics = [METRICS[name] for name in asked.metrics]
        dimensions = [DIMENSIONS[name] for name in asked.dimensions]
        found: Object = {
            "dimensionCompatibilities": [
                {
                    "dimensionMetadata": shown(one),
                    "compatibility": _fit(any(are_apart(one, m) for m in metrics)),
                }
                for one in DIMENSIONS.values()
            ],
            "metricCompatibilities": [
                {
                    "metricMetadata": shown(one),
                    "compatibility": _fit(any(are_apart(d, one) for d in dimensions)),
                }
                for one in dict.fromkeys(METRICS.values())
            ],
        }
        wanted = body.get("compatibilityFilter")
        if wanted in ("COMPATIBLE", "INCOMPATIBLE", 1, 2):
            name = {1: "COMPATIBLE", 2: "INCOMPATIBLE"}.get(wanted, wanted)
            found = {
                kind: [one for one in all_ if one["compatibility"] == name] for kind, all_ in found.items()
            }
        return json_answer(found)

    def _bought(self, number: str, made: Callable[[], Object]) -> Answer:
        if refused := self._denied(number):
            return refused
        if wait := self._purse.seconds(self.clock.now()):
            return self.limited(wait, is_quota=True)
        return json_answer(made())

    def _denied(self, number: str) -> Answer | None:
        if number == self.property:
            return None
        words = "User does not have sufficient permissions for this property."
        return _error(403, "PERMISSION_DENIED", words)

    def _report(self, body: Object) -> Object:
        asked = asked_of(body)
        found = run(asked, self.site, self.clock.now(), self.shape)
        rows = self._page(asked, found)
        cost = 2 + found.days // 1000 + len(rows) // 1000 + found.events // 100_000
        quota = self._purse.spend(cost, self.clock.now())
        answer: Object = {
            "dimensionHeaders": [{"name": name} for name in asked.dimensions],
            "metricHeaders": [{"name": name, "type": METRICS[name].type} for name in asked.metrics],
            "rows": [
                {
                    "dimensionValues": [{"value": value} for value in key],
                    "metricValues": [{"value": _written(value)} for value in values],
                }
                for key, values in rows
            ],
            "rowCount": len(found.rows),
            "metadata": found.metadata,
            "kind": "analyticsData#runReport",
        }
        if body.get("returnPropertyQuota"):
            answer["propertyQuota"] = quota
        return {name: value for name, value in answer.items() if value not in ([], 0)}

    def _page(self, asked: Asked, found: Found) -> list[tuple[tuple[str, ...], tuple[float, ...]]]:
        """The rows that are asked for, as the plan wants them: with rows of the page before, or without the
        last ones."""
        rows = found.rows[asked.offset : asked.offset + asked.limit]
        if (slip := self.page_faults.get("slip")) is not None:
            rows = rows[: -slip.rows]
        if (repeat := self.page_faults.get("repeat")) is not None:
            rows = [*found.rows[max(asked.offset - repeat.rows, 0) : asked.offset], *rows]
        return rows


def _fit(is_apart: bool) -> str:
    return "INCOMPATIBLE" if is_apart else "COMPATIBLE"


def _written(value: float) -> str:
    """Numbers as the Data API writes them: text, whole ones without a point."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _error(status: int, word: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return json_answer({"error": {"code": status, "message": message, "status": word}}, status, headers)
