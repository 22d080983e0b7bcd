"""Reading a Zendesk account: exports of what changed, lists of what there is little of.

Each run begins some minutes before where the last one ended, and what comes twice is written once: exports
leave rows out that changed while a page was read. It never asks for what the last minute holds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mainstem.connectors.api import ApiConnector, auth_of
from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.pages import pages
from mainstem.connectors.zendesk import rows
from mainstem.connectors.zendesk.paging import ExportCursor, ExportTime, ListCursor
from mainstem.connectors.zendesk.streams import STREAMS
from mainstem.errors import ConfigError, CredentialsRefused
from mainstem.saas import (
    ApiSession,
    Limit,
    Quota,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from requests import Response

    from mainstem.connectors.kind import Opening
    from mainstem.connectors.streams import Stream
    from mainstem.connectors.zendesk.settings import ZendeskSettings
    from mainstem.saas import Clock

_OVERLAP = timedelta(minutes=5)
_SETTLES = timedelta(minutes=1)
"""Exports refuse a start later than this before now."""
_LIST_SIZE = 100
_YEARS_AHEAD = 2
_EXPORTS = r"/incremental/"


def open_zendesk(opening: Opening) -> Connector:
    """Raises ConfigError for an account that cannot be reached with these settings."""
    settings: ZendeskSettings = opening.settings
    where = f"[connectors.{opening.name}]"
    base_url = settings.base_url or f"https://{settings.subdomain}.zendesk.com"
    if not settings.base_url and not settings.subdomain:
        raise ConfigError(where, "lacks its subdomain", 'subdomain = "acme", of https://acme.zendesk.com')
    account = opening.account(
        f"zendesk:{settings.subdomain or urlsplit(base_url).netloc}",
        Limit("minute", settings.calls_a_minute, 60),
        Limit("exports", settings.exports_a_minute, 60, _EXPORTS),
    )
    session = partial(opening.session, base_url, account, quota_of=partial(_quota, clock=opening.clock))
    user = f"{settings.email}/token"
    auth = auth_of(settings, where, session, tokens="/oauth/tokens", scope="read", user=user)
    return Zendesk(session(auth), settings, opening.clock)


class Zendesk(ApiConnector):
    def __init__(self, session: ApiSession, settings: ZendeskSettings, clock: Clock) -> None:
        super().__init__(session)
        self._settings = settings
        self._clock = clock
        self._start = datetime.fromisoformat(settings.start).replace(tzinfo=UTC)

    def check(self) -> Sequence[Finding]:
        try:
            me = self._session.get("/api/v2/users/me.json").json()["user"]
        except CredentialsRefused as e:
            return [Finding("credentials", False, str(e))]
        if me.get("id") is None:
            return [Finding("credentials", False, "Zendesk takes us for an anonymous user: check the token")]
        findings = [Finding("credentials", True, f"user {me['id']}, {me.get('role')}")]
        begin = int(self._start.timestamp())
        for what, path in (
            ("exports of tickets", f"/api/v2/incremental/tickets/cursor.json?per_page=1&start_time={begin}"),
            ("SLA policies", "/api/v2/slas/policies.json"),
            ("schedules", "/api/v2/business_hours/schedules.json"),
        ):
            findings.append(self._allowed(what, path))
        return findings

    def streams(self) -> Sequence[Stream]:
        return STREAMS

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        yield from self._readers[stream.name](self, asked)

    def _left(self, response: Response) -> str:
        remaining = response.headers.get("X-Rate-Limit-Remaining")
        return f"; {remaining} calls left this minute" if remaining else ""

    def _tickets(self, asked: Asked) -> Iterator[Page]:
        def page_of(found: list[rows.Object], body: rows.Object) -> Page:
            sets = body.get("metric_sets") or [one["metric_set"] for one in found if one.get("metric_set")]
            return Page(
                {
                    "ticket": [rows.ticket(one) for one in found],
                    "ticket_tag": [row for one in found for row in rows.tags(one, "ticket_id")],
                    "ticket_metric": [rows.ticket_metric(one) for one in sets],
                },
                owners={"ticket_tag": [one["id"] for one in found]},
            )

        yield from self._export(
            "tickets", asked, page_of, include="metric_sets", at=lambda one: one.get("generated_timestamp")
        )

    def _users(self, asked: Asked) -> Iterator[Page]:
        def page_of(found: list[rows.Object], body: rows.Object) -> Page:
            return Page(
                {
                    "user": [rows.user(one) for one in found],
                    "user_tag": [row for one in found for row in rows.tags(one, "user_id")],
                },
                owners={"user_tag": [one["id"] for one in found]},
            )

        yield from self._export("users", asked, page_of)

    def _organizations(self, asked: Asked) -> Iterator[Page]:
        def page_of(found: list[rows.Object], body: rows.Object) -> Page:
            ids = [one["id"] for one in found]
            return Page(
                {
                    "organization": [rows.organization(one) for one in found],
                    "organization_tag": [row for one in found for row in rows.tags(one, "organization_id")],
                    "domain_name": [row for one in found for row in rows.domain_names(one)],
                },
                owners={"organization_tag": ids, "domain_name": ids},
            )

        yield from self._export("organizations", asked, page_of, by_time=True)

    def _ticket_events(self, asked: Asked) -> Iterator[Page]:
        def page_of(found: list[rows.Object], body: rows.Object) -> Page:
            return Page(
                {
                    "ticket_comment": [row for one in found for row in rows.comments(one)],
                    "ticket_field_history": [row for one in found for row in rows.field_history(one)],
                    "ticket_schedule": [row for one in found for row in rows.ticket_schedules(one)],
                }
            )

        yield from self._export(
            "ticket_events",
            asked,
            page_of,
            by_time=True,
            include="comment_events",
            at=lambda one: one["timestamp"],
        )

    def _ticket_metric_events(self, asked: Asked) -> Iterator[Page]:
        def page_of(found: list[rows.Object], body: rows.Object) -> Page:
            return Page(
                {
                    "ticket_metric_event": [rows.metric_event(one) for one in found],
                    "ticket_sla_policy": [row for one in found for row in rows.applied_policies(one)],
                }
            )

        yield from self._export(
            "ticket_metric_events", asked, page_of, by_time=True, at=lambda one: _epoch(one["time"])
        )

    def _export(
        self,
        what: str,
        asked: Asked,
        page_of: Callable[[list[rows.Object], rows.Object], Page],
        *,
        by_time: bool = False,
        include: str = "",
        at: Callable[[rows.Object], int | None] = lambda one: _epoch(one["updated_at"]),
    ) -> Iterator[Page]:
        """An incremental export, from the position or the range's beginning to where the stream ends now."""
        began = self._clock.now()
        position = dict(asked.position or {})
        newest = position.get("newest", 0)
        parameters: dict[str, Any] = {"include": include} if include else {}
        if not by_time:
            parameters["per_page"] = self._settings.page_size
        if "cursor" in position:
            parameters["cursor"] = position["cursor"]
        else:
            parameters["start_time"] = position.get("end") or self._start_time(newest, asked, began)
        path = f"/api/v2/incremental/{what}.json" if by_time else f"/api/v2/incremental/{what}/cursor.json"
        found = pages(
            self._session, path, parameters, ExportTime() if by_time else ExportCursor(), f"{what}[*]"
        )
        for objects, body in found:
            moments = [moment for one in objects if (moment := at(one)) is not None]
            newest = max([newest, *moments])
            if asked.until is not None:
                objects = [one for one in objects if (at(one) or 0) < asked.until.timestamp()]
            page = page_of(objects, body)
            going = {"newest": newest} | (
                {"end": body["end_time"]} if by_time else {"cursor": body.get("after_cursor")}
            )
            yield Page(page.rows, going, page.gone, page.owners)
            if asked.until is not None and moments and min(moments) >= asked.until.timestamp():
                break
        yield Page(position={"newest": newest}, complete_through=began - _SETTLES)

    def _start_time(self, newest: int, asked: Asked, now: datetime) -> int:
        start = asked.since or (datetime.fromtimestamp(newest, UTC) - _OVERLAP if newest else self._start)
        return int(min(start, now - 2 * _SETTLES).timestamp())

    def _satisfaction_ratings(self, asked: Asked) -> Iterator[Page]:
        """By when they were given: a rating that is changed counts as given then."""
        began = self._clock.now()
        newest = int((asked.position or {}).get("newest", 0))
        parameters: dict[str, Any] = {
            "start_time": self._start_time(newest, asked, began),
            "page[size]": _LIST_SIZE,
        }
        if asked.until is not None:
            parameters["end_time"] = int(asked.until.timestamp())
        for objects, _ in self._listed(
            "/api/v2/satisfaction_ratings.json", "satisfaction_ratings", parameters
        ):
            newest = max([newest, *(_epoch(one["updated_at"]) for one in objects)])
            yield Page({"satisfaction_rating": objects})
        yield Page(position={"newest": newest}, complete_through=began - _SETTLES)

    def _sla_policies(self, asked: Asked) -> Iterator[Page]:
        for objects, _ in self._listed("/api/v2/slas/policies.json", "sla_policies"):
            yield Page(
                {
                    "sla_policy": [
                        {name: value for name, value in one.items() if name != "policy_metrics"}
                        for one in objects
                    ],
                    "sla_policy_metric_history": [row for one in objects for row in rows.policy_metrics(one)],
                }
            )
        yield Page(complete_through=self._clock.now() - _SETTLES)

    def _schedules(self, asked: Asked) -> Iterator[Page]:
        zones: set[str] = set()
        for objects, _ in self._listed("/api/v2/business_hours/schedules.json", "schedules"):
            zones.update(one["time_zone"] for one in objects)
            holidays = [row for one in objects for row in self._holidays(one["id"])]
            yield Page(
                {
                    "schedule": [row for one in objects for row in rows.schedule(one)],
                    "schedule_holiday": holidays,
                }
            )
        years = range(self._start.year, self._clock.now().year + _YEARS_AHEAD)
        yield Page(
            {
                "time_zone": [rows.time_zone(zone) for zone in sorted(zones)],
                "daylight_time": [row for zone in sorted(zones) for row in rows.daylight_times(zone, years)],
            },
            complete_through=self._clock.now() - _SETTLES,
        )

    def _holidays(self, schedule: int) -> Iterator[rows.Object]:
        path = f"/api/v2/business_hours/schedules/{schedule}/holidays.json"
        for objects, _ in self._listed(path, "holidays"):
            for one in objects:
                yield {**one, "schedule_id": schedule}

    def _groups(self, asked: Asked) -> Iterator[Page]:
        for objects, _ in self._listed("/api/v2/groups.json", "groups", {"page[size]": _LIST_SIZE}):
            yield Page({"group": objects})
        yield Page(complete_through=self._clock.now() - _SETTLES)

    def _brands(self, asked: Asked) -> Iterator[Page]:
        for objects, _ in self._listed("/api/v2/brands.json", "brands", {"page[size]": _LIST_SIZE}):
            yield Page({"brand": objects})
        yield Page(complete_through=self._clock.now() - _SETTLES)

    def _listed(
        self, path: str, what: str, parameters: dict[str, Any] | None = None
    ) -> Iterator[tuple[list[rows.Object], rows.Object]]:
        return pages(self._session, path, parameters or {}, ListCursor(), f"{what}[*]")

    _readers: dict[str, Callable[[Zendesk, Asked], Iterator[Page]]] = {  # noqa: RUF012 # never changed
        "tickets": _tickets,
        "ticket_events": _ticket_events,
        "ticket_metric_events": _ticket_metric_events,
        "users": _users,
        "organizations": _organizations,
        "satisfaction_ratings": _satisfaction_ratings,
        "sla_policies": _sla_policies,
        "schedules": _schedules,
        "groups": _groups,
        "brands": _brands,
    }


def _quota(response: Response, clock: Clock) -> Quota | None:
    """Of the minute: what is left of it is not told, so a whole one is assumed."""
    remaining = response.headers.get("X-Rate-Limit-Remaining", "")
    total = response.headers.get("X-Rate-Limit", "")
    if not remaining.isdigit():
        return None
    return Quota(int(remaining), int(total) if total.isdigit() else None, clock.now() + timedelta(minutes=1))


def _epoch(written: str) -> int:
    return int(datetime.fromisoformat(written).timestamp())
