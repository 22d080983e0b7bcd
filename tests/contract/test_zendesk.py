"""The Zendesk connector keeps the contract on the simulated Zendesk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.zendesk import ZendeskService
from mainstem.testing.connector_contract import ConnectorContract
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.connectors import NOON
from mainstem.testing.helpdesk import helpdesk, ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.zendesk.desk import Kept
    from mainstem.testing.connector_subject import Rows

TICKETS = 24
_COPIED = {
    "ticket": ("id", "status", "subject", "requester_id", "organization_id", "group_id", "priority"),
    "user": ("id", "name", "email", "role", "organization_id", "active"),
    "organization": ("id", "name", "external_id", "group_id"),
    "satisfaction_rating": ("id", "ticket_id", "score", "requester_id"),
}


class ZendeskSubject(ConnectorSubject):
    kind = "zendesk"
    stream = "tickets"
    path = r"/api/v2/incremental/tickets/cursor"

    def __init__(self) -> None:
        self._added = 0

    def make_service(self, clock: ControlledClock) -> ZendeskService:
        service = ZendeskService(clock, full=7)
        feed(helpdesk(TICKETS), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        client_id, client_secret = ZendeskService.client
        return {
            "base_url": base_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "page_size": 5,
        }

    def change(self, service: Service) -> None:
        desk = _zendesk(service).desk
        self._added += 1
        now = service.clock.now()
        for change in ticket(100 + self._added, 1, now, Chance(1, "more", self._added)):
            service.clock.move_to(change.at)
            service.absorb(change)
        desk.change_ticket(3, service.clock.now(), {"priority": "urgent", "tags": []}, 380_000)

    def remove(self, service: Service) -> None:
        _zendesk(service).desk.delete_ticket(5, service.clock.now())

    def add_field(self, service: Service) -> tuple[str, str]:
        _zendesk(service).desk.change_ticket(2, service.clock.now(), {"sentiment": "calm"}, 380_000)
        return "ticket", "sentiment"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        desk = _zendesk(service).desk
        tickets = [kept.value for kept in desk.tickets.values() if kept.value["status"] != "deleted"]
        everyone = [kept.value for kept in desk.users.values()]
        companies = [kept.value for kept in desk.organizations.values()]
        return {
            "ticket": by_id(copied("ticket", tickets), "created_at", "updated_at", of=tickets),
            "ticket_tag": tags(all_of(desk.tickets), "ticket_id"),
            "user": by_id(copied("user", everyone), "updated_at", of=everyone),
            "organization": by_id(copied("organization", companies), "updated_at", of=companies),
            "organization_tag": tags(companies, "organization_id"),
            "domain_name": {
                f"[{one['id']},{n}]": {"organization_id": one["id"], "index": n, "domain_name": name}
                for one in companies
                for n, name in enumerate(one["domain_names"])
            },
            "satisfaction_rating": by_id(copied("satisfaction_rating", all_of(desk.ratings))),
            "ticket_comment": {
                str(one["id"]): {
                    "ticket_id": one["ticket_id"],
                    "user_id": one["author_id"],
                    "body": one["body"],
                    "public": one["public"],
                    "created": moment(one["created_at"]),
                }
                for one in desk.comments.values()
            },
            "ticket_metric_event": {
                str(one["id"]): {"ticket_id": one["ticket_id"], "type": one["type"], "metric": one["metric"]}
                for _, one in desk.metric_events
            },
            "ticket_schedule": {
                f'[{event["ticket_id"]},"{moment(event["timestamp"]).strftime("%Y-%m-%dT%H:%M:%SZ")}"]': {
                    "schedule_id": child["new_schedule_id"]
                }
                for _, event in desk.events
                for child in event["child_events"]
                if child["event_type"] == "ScheduleAssignment"
            },
            "ticket_sla_policy": {
                f'[{one["ticket_id"]},{one["sla"]["policy"]["id"]},"{one["time"]}"]': {
                    "ticket_id": one["ticket_id"]
                }
                for _, one in desk.metric_events
                if one["type"] == "apply_sla"
            },
        }


class TestZendesk(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return ZendeskSubject()


def _zendesk(service: Service) -> ZendeskService:
    assert isinstance(service, ZendeskService)
    return service


def all_of(kept: Mapping[int, Kept]) -> list[dict[str, Any]]:
    return [one.value for one in kept.values()]


def copied(table: str, objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one.get(name) for name in _COPIED[table]} for one in objects]


def by_id(rows: list[dict[str, Any]], *moments: str, of: list[dict[str, Any]] | None = None) -> Rows:
    for row, found in zip(rows, of or (), strict=bool(of)):
        row.update({name: moment(found[name]) for name in moments})
    return {str(row["id"]): row for row in rows}


def tags(objects: Iterable[dict[str, Any]], owner: str) -> Rows:
    return {
        f'[{one["id"]},"{tag}"]': {owner: one["id"], "tag": tag}
        for one in objects
        for tag in one.get("tags") or ()
    }


def moment(written: str | int) -> datetime:
    found = (
        datetime.fromtimestamp(written, UTC) if isinstance(written, int) else datetime.fromisoformat(written)
    )
    return found.astimezone(UTC)


def test_the_company_of_the_test_has_several_pages() -> None:
    service = ZendeskSubject().make_service(ControlledClock(NOON - timedelta(days=1)))
    assert len(service.desk.tickets) == TICKETS
