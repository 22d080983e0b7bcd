"""Stripe's API: lists newest first by `starting_after`, single objects, events, and the few writes that
its users make."""

from __future__ import annotations

import fnmatch
from base64 import b64decode
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, ClassVar

from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.service import Handler, Service
from mainstem.simulate.saas.stripe.books import KINDS, Books

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_LIST, _MOST = 10, 100
_EMBEDDED = 10
_KEPT_SECONDS = 30 * 86_400
_COMPARED: dict[str, Callable[[int, int], bool]] = {"gte": ge, "gt": gt, "lte": le, "lt": lt}


class StripeService(Service):
    """Who has the secret key, by Basic or Bearer."""

    name = "stripe"
    limits: ClassVar[tuple[Allowed, ...]] = (Allowed(25, 1),)
    api_key = "sk_test_simulated"

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        embedded: int = _EMBEDDED,
    ) -> None:
        """`embedded` is how many rows of a list an object holds; `seed` is of no use: nothing is drawn."""
        self.books = Books()
        self._embedded = embedded
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        self.books.absorb(change)

    def routes(self) -> list[tuple[str, str, Handler]]:
        found: list[tuple[str, str, Handler]] = [
            ("GET", "/v1/account", lambda r: json_answer({"id": "acct_simulated", "object": "account"})),
            ("GET", "/v1/events", self._events),
            ("GET", "/v1/events/([^/]+)", self._event),
            ("GET", "/v1/subscription_items", self._items),
            ("GET", "/v1/invoices/([^/]+)/lines", self._lines),
            ("DELETE", "/v1/subscriptions/([^/]+)", self._cancel),
        ]
        for kind in KINDS:
            found += self._routes_of(kind)
        return found

    def authorised(self, request: Request) -> Answer | None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            given = b64decode(given).decode().partition(":")[0]
        if given == self.api_key:
            return None
        return _error(401, "invalid_request_error", "Invalid API Key provided")

    def expire_tokens(self) -> None:
        """The secret key is rolled: only the new one is let in."""
        self.api_key += "_rolled"

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        answer = _error(429, "invalid_request_error", "Request rate limit exceeded", code="rate_limit")
        return Answer(answer.status, answer.body, {**answer.headers, "Retry-After": str(int(seconds) + 1)})

    def failed(self, status: int) -> Answer:
        return _error(status, "api_error", "An unknown error occurred")

    def not_found(self) -> Answer:
        return _error(404, "invalid_request_error", "No such object", code="resource_missing")

    def _routes_of(self, kind: str) -> list[tuple[str, str, Handler]]:
        kept, path = self.books.kept[kind], f"/v1/{kind}s"

        def single(request: Request, number: str) -> Answer:
            return (
                json_answer(self._shown(kind, kept[number])) if number in kept else self._lacks(kind, number)
            )

        def create(request: Request) -> Answer:
            made = self.books.create(kind, self.clock.now(), _fields(request))
            return json_answer(self._shown(kind, made))

        def update(request: Request, number: str) -> Answer:
            if number not in kept:
                return self._lacks(kind, number)
            made = self.books.update(kind, number, self.clock.now(), _fields(request))
            return json_answer(self._shown(kind, made))

        def delete(request: Request, number: str) -> Answer:
            if number not in kept:
                return self._lacks(kind, number)
            self.books.delete(kind, number, self.clock.now())
            return json_answer({"id": number, "object": kind, "deleted": True})

        return [
            ("GET", path, lambda r: self._listed_kind(r, kind)),
            ("POST", path, create),
            ("GET", f"{path}/([^/]+)", single),
            ("POST", f"{path}/([^/]+)", update),
            ("DELETE", f"{path}/([^/]+)", delete),
        ]

    def _shown(self, kind: str, found: Object) -> Object:
        return self.books.shown(kind, found, self._embedded)

    def _listed_kind(self, request: Request, kind: str) -> Answer:
        rows = [row for row in self.books.kept[kind].values() if _asked_for(row, request.query, kind)]
        newest_first = sorted(reversed(rows), key=lambda row: -int(row["created"]))
        return self._listed(request, [self._shown(kind, row) for row in newest_first])

    def _events(self, request: Request) -> Answer:
        names = request.query.get("types[]", request.query.get("type", "*")).split(",")
        oldest = self.clock.now().timestamp() - _KEPT_SECONDS
        rows = [
            row
            for row in reversed(self.books.events)
            if row["created"] >= oldest
            and any(fnmatch.fnmatchcase(row["type"], name) for name in names)
            and _is_in_time(row, request.query)
        ]
        return self._listed(request, rows)

    def _event(self, request: Request, number: str) -> Answer:
        found = next((row for row in self.books.events if row["id"] == number), None)
        return self._lacks("event", number) if found is None else json_answer(found)

    def _items(self, request: Request) -> Answer:
        return self._listed(request, self.books.items.get(request.query.get("subscription", ""), []))

    def _lines(self, request: Request, number: str) -> Answer:
        if number not in self.books.kept["invoice"]:
            return self._lacks("invoice", number)
        return self._listed(request, self.books.lines.get(number, []))

    def _cancel(self, request: Request, number: str) -> Answer:
        if number not in self.books.kept["subscription"]:
            return self._lacks("subscription", number)
        return json_answer(self._shown("subscription", self.books.cancel(number, self.clock.now())))

    def _listed(self, request: Request, rows: list[Object]) -> Answer:
        size = int(request.query.get("limit", _LIST))
        if not 1 <= size <= _MOST:
            return _error(400, "invalid_request_error", f"This value must be at most {_MOST}", param="limit")
        ids = [row["id"] for row in rows]
        after, earlier = request.query.get("starting_after"), request.query.get("ending_before")
        for name in filter(None, (after, earlier)):
            if name not in ids:
                return _error(
                    400, "invalid_request_error", f"No such object: '{name}'", code="resource_missing"
                )
        if earlier is not None:
            stop = ids.index(earlier)
            first = max(stop - size, 0)
            page, more = rows[first:stop], first > 0
        else:
            first = ids.index(after) + 1 if after is not None else 0
            page, more = rows[first : first + size], first + size < len(rows)
        shown = self._with_page_faults(rows[max(first - size, 0) : first], page)
        return json_answer({"object": "list", "data": shown, "has_more": more, "url": request.path})

    def _with_page_faults(self, before: list[Object], page: list[Object]) -> list[Object]:
        """The page as the plan wants it: with rows of the one before, without its newest."""
        repeat, slip = self.page_faults.get("repeat"), self.page_faults.get("slip")
        if slip is not None:
            page = page[slip.rows :]
        if repeat is not None:
            page = [*before[-repeat.rows :], *page]
        return page

    def _lacks(self, kind: str, number: str, status: int = 404) -> Answer:
        message = f"No such {kind}: '{number}'"
        return _error(status, "invalid_request_error", message, code="resource_missing")


def _asked_for(row: Object, query: dict[str, str], kind: str) -> bool:
    if kind == "subscription" and query.get("status", "") != "all":
        wanted = query.get("status")
        if row["status"] != wanted if wanted else row["status"] == "canceled":
            return False
    named = all(row.get(name) == query[name] for name in ("customer", "product") if name in query)
    return named and _is_in_time(row, query)


def _is_in_time(row: Object, query: dict[str, str]) -> bool:
    return all(
        compare(row["created"], int(query[f"created[{name}]"]))
        for name, compare in _COMPARED.items()
        if f"created[{name}]" in query
    )


def _fields(request: Request) -> Object:
    """Of a form: `metadata[plan]=gold` is a field of an object."""
    found: Object = {}
    for name, value in request.form().items():
        outer, _, inner = name.partition("[")
        typed: Any = {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
        if inner:
            found.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            found[name] = typed
    return found


def _error(status: int, kind: str, message: str, **more: str) -> Answer:
    return json_answer({"error": {"type": kind, "message": message, **more}}, status)
