"""Zendesk Support's API: exports, lists, single objects, and the few writes that its users make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.door import TokenDoor
from mainstem.simulate.saas.http import Answer, json_answer
from mainstem.simulate.saas.limits import Allowed
from mainstem.simulate.saas.service import Handler, Service
from mainstem.simulate.saas.zendesk import fixed
from mainstem.simulate.saas.zendesk.desk import Desk, Kept, live
from mainstem.simulate.saas.zendesk.places import cursor_of, place, read_cursor, seconds, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mainstem.simulate.saas.clock import ControlledClock
    from mainstem.simulate.saas.http import Request
    from mainstem.simulate.world import Change

Object = dict[str, Any]
_SETTLES = timedelta(seconds=60)
_FULL = 1000
_LIST = 100
_TOKEN_SECONDS = 7200


class ZendeskService(Service):
    """An API token with any e-mail, an OAuth client, or a token that was given out."""

    name = "zendesk"
    limits: ClassVar[tuple[Allowed, ...]] = (
        Allowed(700, 60),
        Allowed(10, 60, r"^/api/v2/incremental/"),
    )
    api_token = "simulated"  # noqa: S105 # of a service that does not exist
    client = ("mainstem", "simulated")

    def __init__(
        self,
        clock: ControlledClock,
        *,
        seed: int = 1,
        limits: Iterable[Allowed] | None = None,
        full: int = _FULL,
    ) -> None:
        """`full` is how many rows a page of an export by time holds."""
        self.desk = Desk(seed, "https://simulated.zendesk.com")
        self._full = full
        self._door = TokenDoor(self.client, self.api_token, path="/oauth/tokens", user_ends="/token")
        self._sorted: dict[str, tuple[int, list[tuple[tuple[int, int], Object]]]] = {}
        self._policies = fixed.policies(self.desk.root)
        self.groups = fixed.groups(self.desk.root)
        super().__init__(clock, limits=limits)

    def absorb(self, change: Change) -> None:
        self.desk.absorb(change)

    def routes(self) -> list[tuple[str, str, Handler]]:
        desk, ending = self.desk, r"(?:\.json)?"
        found: list[tuple[str, str, Handler]] = [
            ("POST", "/oauth/tokens", self._give_token),
            ("GET", f"/api/v2/users/me{ending}", self._me),
            ("POST", f"/api/v2/tickets{ending}", self._create_ticket),
            ("PUT", rf"/api/v2/tickets/(\d+){ending}", self._update_ticket),
            ("DELETE", rf"/api/v2/tickets/(\d+){ending}", self._delete_ticket),
            ("PUT", rf"/api/v2/users/(\d+){ending}", self._update_user),
            ("DELETE", rf"/api/v2/users/(\d+){ending}", self._delete_user),
            ("GET", rf"/api/v2/tickets/(\d+)/comments{ending}", self._comments),
            ("GET", rf"/api/v2/tickets/(\d+)/metrics{ending}", self._metrics_of),
            ("GET", f"/api/v2/ticket_metrics{ending}", self._metrics),
            ("GET", f"/api/v2/deleted_tickets{ending}", self._deleted_tickets),
            ("GET", f"/api/v2/satisfaction_ratings{ending}", self._ratings),
            ("GET", f"/api/v2/slas/policies{ending}", self._sla_policies),
            ("GET", f"/api/v2/business_hours/schedules{ending}", self._schedules),
            ("GET", rf"/api/v2/business_hours/schedules/(\d+)/holidays{ending}", self._holidays),
            ("GET", f"/api/v2/groups{ending}", lambda r: self._listed(r, "groups", self.groups)),
            ("GET", f"/api/v2/brands{ending}", lambda r: self._listed(r, "brands", fixed.brands(desk.root))),
            (
                "GET",
                f"/api/v2/incremental/ticket_events{ending}",
                lambda r: self._by_time(r, "ticket_events"),
            ),
            (
                "GET",
                f"/api/v2/incremental/ticket_metric_events{ending}",
                lambda r: self._by_time(r, "ticket_metric_events"),
            ),
        ]
        for what, kept in (
            ("tickets", desk.tickets), ("users", desk.users), ("organizations", desk.organizations),
        ):  # fmt: skip
            found += self._routes_of(what, kept, ending)
        return found + [("GET", f"/api/v2/{path}{ending}", self._none) for path in fixed.NONE]

    def _none(self, request: Request) -> Answer:
        """A list of what this desk has none of, under the name that the list has."""
        what = request.path.removesuffix(".json").rpartition("/")[2]
        return self._listed(request, "results" if what == "search" else what, [])

    def authorised(self, request: Request) -> Answer | None:
        if self._door.lets_in(request):
            return None
        return json_answer({"error": "Couldn't authenticate you"}, 401)

    def expire_tokens(self) -> None:
        self._door.close()

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        body = {
            "error": "APIRateLimitExceeded",
            "description": "Number of allowed API requests per minute exceeded",
        }
        return json_answer(body, 429, {"Retry-After": str(int(seconds) + 1)})

    def failed(self, status: int) -> Answer:
        return json_answer({"error": "InternalError"}, status)

    def not_found(self) -> Answer:
        return json_answer({"error": "RecordNotFound", "description": "Not found"}, 404)

    def _routes_of(self, what: str, kept: dict[int, Kept], ending: str) -> list[tuple[str, str, Handler]]:
        one = what.removesuffix("s")

        def single(request: Request, number: str) -> Answer:
            found = kept.get(int(number))
            return self._ok({one: found.value}) if found else self.not_found()

        return [
            ("GET", f"/api/v2/{what}{ending}", lambda r: self._listed(r, what, list(live(kept)))),
            ("GET", rf"/api/v2/{what}/(\d+){ending}", single),
            ("GET", f"/api/v2/incremental/{what}{ending}", lambda r: self._by_time(r, what)),
            (
                "GET",
                f"/api/v2/incremental/{what}/cursor{ending}",
                lambda r: self._by_cursor(r, what),
            ),
        ]

    def _ok(self, body: Object, status: int = 200) -> Answer:
        left, allowed = self.left()
        return json_answer(body, status, {"X-Rate-Limit": str(allowed), "X-Rate-Limit-Remaining": str(left)})

    def _wrong(self, what: str) -> Answer:
        return json_answer({"error": "InvalidValue", "description": what}, 422)

    def _by_cursor(self, request: Request, what: str) -> Answer:
        """An export by cursor: behind the moment and id of the last row, up to a minute ago."""
        size = min(int(request.query.get("per_page", _FULL)), _FULL)
        if "cursor" in request.query:
            begin = read_cursor(request.query["cursor"])
        elif "start_time" in request.query:
            begin = (seconds(request.query["start_time"]) * 1000, -1)
        else:
            return self._wrong("start_time or cursor is needed")
        if begin[0] > self._settled().timestamp() * 1000:
            return self._wrong("Too recent start_time. Use a start_time older than 1 minute")
        rows, end = self._exported(what)
        first = bisect_right(rows, begin, key=lambda pair: pair[0])
        page = rows[first : min(first + size, end)]
        after = page[-1][0] if page else begin
        shown = self._with_page_faults(values(rows[max(first - size, 0) : first]), values(page))
        cursor = cursor_of(after)
        following = {**self._kept_parameters(request), "cursor": cursor}
        path = request.path if request.path.endswith(".json") else f"{request.path}.json"
        body = {
            what: shown,
            "after_url": f"{request.base_url}{path}?{urlencode(following)}",
            "after_cursor": cursor,
            "before_url": None,
            "before_cursor": None,
            "end_of_stream": first + size >= end,
        }
        return self._ok(self._sideloaded(request, what, body, shown))

    def _by_time(self, request: Request, what: str) -> Answer:
        """An export by time: from a second on, whole; the next page begins with the last row's second."""
        if "start_time" not in request.query:
            return self._wrong("start_time is needed")
        start = seconds(request.query["start_time"])
        if start > self._settled().timestamp():
            return self._wrong("Too recent start_time. Use a start_time older than 1 minute")
        rows, settled = self._exported(what)
        first = bisect_left(rows, (start * 1000, -1), key=lambda pair: pair[0])
        stop = min(first + self._full, settled)
        while first < stop < settled and rows[stop - 1][0][0] // 1000 == start:
            stop += 1  # a second that fills a page would be asked for without end
        page = rows[first:stop]
        shown = self._with_page_faults(values(rows[max(first - self._full, 0) : first]), values(page))
        end = page[-1][0][0] // 1000 if page else start
        following = {**self._kept_parameters(request), "start_time": end}
        path = request.path if request.path.endswith(".json") else f"{request.path}.json"
        body = {
            what: [_without_comments(row) for row in shown] if not self._wants_comments(request) else shown,
            "count": len(page),
            "end_time": end,
            "next_page": f"{request.base_url}{path}?{urlencode(following)}" if page else None,
            "end_of_stream": stop >= settled,
        }
        return self._ok(self._sideloaded(request, what, body, shown))

    def _exported(self, what: str) -> tuple[list[tuple[tuple[int, int], Object]], int]:
        """Objects by when they changed, and how many of them exports show already. Sorted after a change."""
        version, rows = self._sorted.get(what, (-1, []))
        if version != self.desk.version:
            rows = sorted(self._changed(what), key=lambda pair: pair[0])
            self._sorted[what] = (self.desk.version, rows)
        settled = int(self._settled().timestamp() * 1000)
        return rows, bisect_left(rows, settled + 1, key=lambda pair: pair[0][0])

    def _changed(self, what: str) -> Iterator[tuple[tuple[int, int], Object]]:
        desk = self.desk
        kept = {"tickets": desk.tickets, "users": desk.users, "organizations": desk.organizations}
        if what in kept:
            for one in kept[what].values():
                yield place(one.changed_at, one.value), one.value
        else:
            for at, event in desk.events if what == "ticket_events" else desk.metric_events:
                yield place(at, event), event

    def _with_page_faults(self, before: Sequence[Object], page: list[Object]) -> list[Object]:
        """The page as the plan wants it: with rows of the one before, without its newest."""
        repeat, slip = self.page_faults.get("repeat"), self.page_faults.get("slip")
        if slip is not None:
            page = page[: -slip.rows]
        if repeat is not None:
            page = [*before[-repeat.rows :], *page]
        return page

    def _sideloaded(self, request: Request, what: str, body: Object, shown: list[Object]) -> Object:
        if what == "tickets" and "metric_sets" in request.query.get("include", ""):
            sets = {row["id"]: self.desk.metric_set(row["id"]) for row in shown}
            body["metric_sets"] = [one for one in sets.values() if one is not None]
            body["tickets"] = [{**row, "metric_set": sets[row["id"]]} for row in shown]
        return body

    def _listed(self, request: Request, what: str, rows: Sequence[Object]) -> Answer:
        """By cursor where `page[size]` is given, else by number of the page."""
        if "page[size]" in request.query:
            return self._listed_by_cursor(request, what, rows)
        number, size = int(request.query.get("page", 1)), int(request.query.get("per_page", _LIST))
        page = rows[(number - 1) * size : number * size]
        more = number * size < len(rows)
        following = urlencode({**request.query, "page": number + 1})
        return self._ok(
            {
                what: page,
                "count": len(rows),
                "next_page": f"{request.base_url}{request.path}?{following}" if more else None,
                "previous_page": None,
            }
        )

    def _listed_by_cursor(self, request: Request, what: str, rows: Sequence[Object]) -> Answer:
        size = int(request.query["page[size]"])
        after = int(request.query.get("page[after]", 0))
        found = [row for row in rows if row["id"] > after]
        page = self._with_page_faults([row for row in rows if row["id"] <= after], list(found[:size]))
        last = found[:size][-1]["id"] if found else after
        parameters = {name: value for name, value in request.query.items() if name != "page[after]"}
        following = urlencode({**parameters, "page[after]": last})
        return self._ok(
            {
                what: page,
                "meta": {"has_more": len(found) > size, "after_cursor": str(last), "before_cursor": None},
                "links": {"next": f"{request.base_url}{request.path}?{following}", "prev": None},
            }
        )

    def _give_token(self, request: Request) -> Answer:
        token = self._door.give(request)
        if token is None:
            return json_answer({"error": "invalid_client"}, 401)
        return json_answer({"access_token": token, "token_type": "bearer", "expires_in": _TOKEN_SECONDS})

    def _me(self, request: Request) -> Answer:
        return self._ok({"user": self.desk.users[fixed.ADMIN_ID].value})

    def _create_ticket(self, request: Request) -> Answer:
        given, now = request.json()["ticket"], self.clock.now()
        number = self.desk.next_id("ticket")
        made: Object = {
            "id": number, "url": f"{self.desk.root}/api/v2/tickets/{number}.json", "status": "new",
            "requester_id": fixed.ADMIN_ID, "created_at": stamp(now), "tags": [],
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
            "description": (given.get("comment") or {}).get("body"),
        }  # fmt: skip
        self.desk.tickets[number] = Kept(made, now)
        fields = {name: value for name, value in given.items() if name != "comment"}
        self.desk.change_ticket(number, now, fields, fixed.ADMIN_ID)
        ticket = self.desk.tickets[number].value
        return self._ok({"ticket": ticket, "audit": self._audit(number)}, 201)

    def _update_ticket(self, request: Request, number: str) -> Answer:
        if int(number) not in self.desk.tickets:
            return self.not_found()
        fields = {
            name: value for name, value in request.json()["ticket"].items() if name not in ("comment", "id")
        }
        self.desk.change_ticket(int(number), self.clock.now(), fields, fixed.ADMIN_ID)
        ticket = self.desk.tickets[int(number)].value
        return self._ok({"ticket": ticket, "audit": self._audit(int(number))})

    def _audit(self, number: int) -> Object:
        events = [event for _, event in self.desk.events if event["ticket_id"] == number]
        last = events[-1] if events else {"id": 0, "child_events": []}
        return {"id": last["id"], "ticket_id": number, "events": last["child_events"]}

    def _delete_ticket(self, request: Request, number: str) -> Answer:
        if int(number) not in self.desk.tickets:
            return self.not_found()
        self.desk.delete_ticket(int(number), self.clock.now())
        return Answer(204)

    def _update_user(self, request: Request, number: str) -> Answer:
        if int(number) not in self.desk.users:
            return self.not_found()
        now = self.clock.now()
        changed = {**request.json()["user"], "id": int(number), "updated_at": stamp(now)}
        self.desk.keep_user(changed, now)
        return self._ok({"user": self.desk.users[int(number)].value})

    def _delete_user(self, request: Request, number: str) -> Answer:
        if int(number) not in self.desk.users:
            return self.not_found()
        now = self.clock.now()
        self.desk.keep_user({"id": int(number), "active": False, "updated_at": stamp(now)}, now)
        return self._ok({"user": self.desk.users[int(number)].value})

    def _comments(self, request: Request, number: str) -> Answer:
        rows = [
            {name: value for name, value in one.items() if name != "ticket_id"}
            for one in self.desk.comments.values()
            if one["ticket_id"] == int(number)
        ]
        return self._listed(request, "comments", rows)

    def _metrics_of(self, request: Request, number: str) -> Answer:
        found = self.desk.metric_set(int(number)) if int(number) in self.desk.tickets else None
        return self._ok({"ticket_metric": found}) if found else self.not_found()

    def _metrics(self, request: Request) -> Answer:
        sets = [self.desk.metric_set(row["id"]) for row in live(self.desk.tickets)]
        return self._listed(request, "ticket_metrics", [one for one in sets if one is not None])

    def _deleted_tickets(self, request: Request) -> Answer:
        rows = [
            {"id": k.value["id"], "subject": k.value.get("subject"), "deleted_at": k.value["updated_at"]}
            for k in self.desk.tickets.values()
            if k.value.get("status") == "deleted"
        ]
        return self._listed(request, "deleted_tickets", rows)

    def _ratings(self, request: Request) -> Answer:
        begin, end = seconds(request.query.get("start_time", "0")), request.query.get("end_time")
        rows = [
            kept.value
            for _, kept in sorted(self.desk.ratings.items())
            if kept.changed_at.timestamp() >= begin
            and (end is None or kept.changed_at.timestamp() < int(end))
        ]
        return self._listed(request, "satisfaction_ratings", rows)

    def _sla_policies(self, request: Request) -> Answer:
        return self._listed(request, "sla_policies", self._policies)

    def _schedules(self, request: Request) -> Answer:
        return self._ok({"schedules": fixed.schedules(), "url": f"{request.base_url}{request.path}"})

    def _holidays(self, request: Request, schedule: str) -> Answer:
        now = self.clock.now()
        return self._ok({"holidays": fixed.holidays(int(schedule), range(now.year - 1, now.year + 2))})

    def remove_group(self, number: int) -> None:
        self.groups = [one for one in self.groups if one["id"] != number]

    def _settled(self) -> datetime:
        return self.clock.now() - _SETTLES

    def _kept_parameters(self, request: Request) -> dict[str, str]:
        return {name: value for name, value in request.query.items() if name not in ("start_time", "cursor")}

    def _wants_comments(self, request: Request) -> bool:
        return "comment_events" in request.query.get("include", "")


def _without_comments(row: Object) -> Object:
    """Without the sideload, a comment's event has neither text nor author."""
    if "child_events" not in row:
        return row
    children = [
        {name: value for name, value in child.items() if name not in ("body", "html_body")}
        for child in row["child_events"]
    ]
    return {**row, "child_events": children}
