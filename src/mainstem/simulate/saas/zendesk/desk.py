"""What a simulated helpdesk holds, made of the company's rows: of each change what Zendesk would have of it.

Ids are numbers that are counted up in the order in which rows first come, so that the same company has the
same ids. It answers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.chance import Chance
from mainstem.simulate.saas.clock import stamp
from mainstem.simulate.saas.zendesk.fixed import (
    AGENT_IDS,
    BRAND_ID,
    GROUP_IDS,
    POLICY_IDS,
    PRIORITIES,
    SCHEDULE_IDS,
    staff,
)
from mainstem.simulate.saas.zendesk.metrics import metric_set
from mainstem.simulate.world.support import FIRST_REPLY_MINUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.world import Change

Object = dict[str, Any]
_TOPICS = (
    "cannot log in",
    "push notifications",
    "upgrade fails",
    "LDAP sync",
    "slow search",
    "licence question",
)


@dataclass
class Kept:
    """One object, and when it changed last: what exports go by."""

    value: Object
    changed_at: datetime


@dataclass
class _Story:
    """What happened to a ticket."""

    region: str
    plan: str
    statuses: list[tuple[datetime, str]] = field(default_factory=list)
    comments: list[tuple[datetime, bool, bool]] = field(default_factory=list)


class Desk:
    def __init__(self, seed: int, root: str) -> None:
        self._seed = seed
        self.root = root
        self.version = 0
        """Grows with whatever changes."""
        self.tickets: dict[int, Kept] = {}
        self.users: dict[int, Kept] = {}
        self.organizations: dict[int, Kept] = {}
        self.ratings: dict[int, Kept] = {}
        self.comments: dict[int, Object] = {}
        self.events: list[tuple[datetime, Object]] = []
        self.metric_events: list[tuple[datetime, Object]] = []
        self._ids: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}
        self._regions: dict[int, str] = {}
        self._stories: dict[int, _Story] = {}
        for one in staff():
            self._keep_user(one, datetime.fromisoformat(one["created_at"]))

    def absorb(self, change: Change) -> None:
        self.version += 1
        match change.system, change.table:
            case "crm", "accounts":
                self._organization(change)
            case "support", "tickets":
                self._ticket(change)
            case "support", "ticket_field_history":
                self._field_changed(change)
            case "support", "ticket_comments":
                self._comment(change)
            case "support", "satisfaction_ratings":
                self._rating(change)

    def metric_set(self, ticket: int) -> Object | None:
        story = self._stories.get(ticket)
        if story is None or not story.statuses:
            return None
        return metric_set(self.tickets[ticket].value, story.region, story.statuses, story.comments)

    def delete_ticket(self, number: int, at: datetime) -> None:
        """As an agent does: lists have it no more, the export tells of it."""
        kept = self.tickets[number]
        kept.value = {**kept.value, "status": "deleted", "updated_at": stamp(at)}
        self._touch(kept, at)

    def change_ticket(self, number: int, at: datetime, changes: Object, by: int) -> None:
        """Fields of a ticket are set through the API."""
        kept = self.tickets[number]
        before = kept.value
        kept.value = {**before, **changes, "updated_at": stamp(at)}
        self._touch(kept, at)
        children = [
            self._child("Change", **{name: value, "previous_value": before.get(name)})
            for name, value in changes.items()
            if before.get(name) != value and not isinstance(value, list | dict)
        ]
        if children:
            self._event(at, number, by, children)

    def keep_user(self, value: Object, at: datetime) -> int:
        """A person who is new, or changed."""
        return self._keep_user(value, at)

    def next_id(self, kind: str) -> int:
        bases = {"ticket": 0, "user": 400_000, "organization": 500_000, "comment": 600_000_000}
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return bases.get(kind, 800_000_000 + 10_000_000 * (len(kind) % 10)) + self._counts[kind]

    def _id(self, kind: str, key: str) -> int:
        found = self._ids.get((kind, key))
        if found is None:
            found = self._ids[kind, key] = self.next_id(kind)
        return found

    def _organization(self, change: Change) -> None:
        number = self._id("organization", change.key)
        held = self.organizations.get(number)
        if change.row is None:
            if held is not None:
                held.value = {**held.value, "deleted_at": stamp(change.at), "updated_at": stamp(change.at)}
                self._touch(held, change.at)
            return
        row = change.row
        self._regions[number] = row["region"]
        value = {
            "id": number,
            "url": f"{self.root}/api/v2/organizations/{number}.json",
            "name": row["name"],
            "external_id": change.key,
            "domain_names": [row["domain"]] if row.get("domain") else [],
            "details": "",
            "notes": "",
            "group_id": GROUP_IDS.get(row["region"]),
            "shared_tickets": False,
            "shared_comments": False,
            "tags": sorted({row["region"], row["plan"]} - {None, ""}),
            "organization_fields": {"seats": row.get("seats")},
            "created_at": held.value["created_at"] if held else stamp(change.at),
            "updated_at": stamp(change.at),
            "deleted_at": None,
        }
        self.organizations[number] = Kept(value, change.at)

    def _ticket(self, change: Change) -> None:
        number = self._id("ticket", change.key)
        if change.row is None:
            if number in self.tickets:
                self.delete_ticket(number, change.at)
            return
        row, held = change.row, self.tickets.get(number)
        organization = self._ids.get(("organization", row["account_id"] or ""))
        region = self._regions.get(organization or 0, "europe")
        plan = str(row["sla_policy"]).partition(":")[0]
        plan = plan if plan in POLICY_IDS else "professional"
        story = self._stories.setdefault(number, _Story(region, plan))
        if held is None or held.value["status"] != row["status"]:
            story.statuses.append((change.at, row["status"]))
        value = {
            **(held.value if held else self._new_ticket(number, row, organization, region, plan, change.at)),
            "external_id": change.key,
            "status": row["status"],
            "updated_at": stamp(change.at),
        }
        kept = self.tickets[number] = Kept(value, change.at)
        self._touch(kept, change.at)
        if held is None:
            self._opened(number, value, region, plan, change.at)

    def _new_ticket(
        self, number: int, row: Object, organization: int | None, region: str, plan: str, at: datetime
    ) -> Object:
        chance = Chance(self._seed, "zendesk", number)
        requester = self._requester(row["requester_email"], organization, at)
        topic = chance.one_of(_TOPICS)
        return {
            "id": number,
            "url": f"{self.root}/api/v2/tickets/{number}.json",
            "external_id": None,
            "via": {
                "channel": chance.one_of(("email", "web", "api")),
                "source": {"from": {}, "to": {}, "rel": None},
            },
            "created_at": stamp(at),
            "type": chance.one_of(("question", "incident", "problem")),
            "subject": f"{topic.capitalize()} #{number}",
            "raw_subject": f"{topic.capitalize()} #{number}",
            "description": f"Hello, {topic}. Could you help?",
            "priority": PRIORITIES[plan],
            "recipient": "support@helpdesk.example",
            "requester_id": requester,
            "submitter_id": requester,
            "assignee_id": chance.one_of(AGENT_IDS[region]),
            "organization_id": organization,
            "group_id": GROUP_IDS[region],
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "forum_topic_id": None,
            "problem_id": None,
            "has_incidents": False,
            "is_public": True,
            "due_at": None,
            "tags": sorted({plan, topic.split()[0].lower()}),
            "custom_fields": [{"id": 360_100_001, "value": topic}],
            "fields": [{"id": 360_100_001, "value": topic}],
            "satisfaction_rating": {"score": "unoffered"},
            "sharing_agreement_ids": [],
            "followup_ids": [],
            "ticket_form_id": None,
            "brand_id": BRAND_ID,
            "allow_channelback": False,
            "allow_attachments": True,
        }

    def _opened(self, number: int, ticket: Object, region: str, plan: str, at: datetime) -> None:
        names = (
            "priority",
            "type",
            "subject",
            "requester_id",
            "assignee_id",
            "group_id",
            "organization_id",
            "brand_id",
        )
        children = [self._child("Create", **{name: ticket[name]}) for name in names]
        children.append(self._child("ScheduleAssignment", new_schedule_id=SCHEDULE_IDS[region]))
        target = {"minutes": FIRST_REPLY_MINUTES[plan], "in_business_hours": True}
        children.append(self._child("Change", first_reply_time=target, previous_value=None))
        self._event(at, number, ticket["requester_id"], children)
        policy = {"id": POLICY_IDS[plan], "title": plan.title(), "description": ""}
        sla = {"target": FIRST_REPLY_MINUTES[plan], "business_hours": True, "policy": policy}
        self._metric(at, number, "reply_time", "activate")
        self._metric(at, number, "reply_time", "apply_sla", sla=sla)

    def _requester(self, email: str, organization: int | None, at: datetime) -> int:
        number = self._id("user", email)
        if number not in self.users:
            name = email.partition("@")[0].replace(".", " ").title()
            value = {
                "id": number,
                "name": name,
                "email": email,
                "role": "end-user",
                "organization_id": organization,
                "time_zone": "UTC",
                "created_at": stamp(at),
                "updated_at": stamp(at),
            }
            self._keep_user(value, at)
        return number

    def _keep_user(self, value: Object, at: datetime) -> int:
        self.version += 1
        defaults: Object = {
            "url": f"{self.root}/api/v2/users/{value['id']}.json",
            "phone": None, "locale": "en-US", "locale_id": 1, "verified": True, "external_id": None,
            "alias": None, "active": True, "shared": False, "shared_agent": False, "last_login_at": None,
            "two_factor_auth_enabled": False, "signature": None, "details": None, "notes": None,
            "moderator": False, "ticket_restriction": None, "only_private_comments": False,
            "restricted_agent": False, "suspended": False, "chat_only": False, "tags": [], "photo": None,
            "user_fields": {},
        }  # fmt: skip
        held = self.users.get(value["id"])
        self.users[value["id"]] = Kept({**defaults, **(held.value if held else {}), **value}, at)
        return int(value["id"])

    def _field_changed(self, change: Change) -> None:
        row = change.row
        number = self._ids.get(("ticket", row["ticket_id"])) if row else None
        if row is None or number is None:
            return
        ticket = self.tickets[number].value
        kind = "Create" if len(self._stories[number].statuses) == 1 else "Change"
        by = ticket["requester_id"] if row["value"] in ("new", "open") else ticket["assignee_id"]
        self._event(change.at, number, by, [self._child(kind, **{row["field"]: row["value"]})])

    def _comment(self, change: Change) -> None:
        row = change.row
        number = self._ids.get(("ticket", row["ticket_id"])) if row else None
        if row is None or number is None:
            return
        ticket, by_agent = self.tickets[number], row["author_role"] == "agent"
        author = ticket.value["assignee_id"] if by_agent else ticket.value["requester_id"]
        comment = {
            "id": self._id("comment", change.key),
            "type": "Comment",
            "author_id": author,
            "body": f"Comment {change.key} on {ticket.value['subject']}",
            "html_body": f"<p>Comment {change.key}</p>",
            "public": row["public"],
            "attachments": [],
            "created_at": stamp(change.at),
        }
        self.comments[comment["id"]] = {**comment, "ticket_id": number}
        story = self._stories[number]
        if by_agent and row["public"] and not any(agent and public for _, agent, public in story.comments):
            self._metric(change.at, number, "reply_time", "fulfill")
        story.comments.append((change.at, by_agent, row["public"]))
        self._touch(ticket, change.at)
        child = {**comment, "event_type": "Comment", "via_reference_id": None}
        self._event(change.at, number, author, [child])

    def _rating(self, change: Change) -> None:
        row = change.row
        number = self._ids.get(("ticket", row["ticket_id"])) if row else None
        if row is None or number is None:
            return
        ticket = self.tickets[number]
        rating = self._id("satisfaction", change.key)
        value = {
            "id": rating,
            "url": f"{self.root}/api/v2/satisfaction_ratings/{rating}.json",
            "assignee_id": ticket.value["assignee_id"],
            "group_id": ticket.value["group_id"],
            "requester_id": ticket.value["requester_id"],
            "ticket_id": number,
            "score": row["score"],
            "comment": None,
            "reason": None,
            "created_at": stamp(change.at),
            "updated_at": stamp(change.at),
        }
        self.ratings[rating] = Kept(value, change.at)
        ticket.value = {**ticket.value, "satisfaction_rating": {"id": rating, "score": row["score"]}}
        self._touch(ticket, change.at)

    def _touch(self, kept: Kept, at: datetime) -> None:
        self.version += 1
        kept.changed_at = at
        kept.value = {**kept.value, "generated_timestamp": int(at.timestamp())}

    def _child(self, kind: str, **values: object) -> Object:
        return {"id": self.next_id("child_event"), "via": "Web", "event_type": kind, **values}

    def _event(self, at: datetime, ticket: int, by: int, children: list[Object]) -> None:
        self.version += 1
        event = {
            "id": self.next_id("ticket_event"),
            "ticket_id": ticket,
            "timestamp": int(at.timestamp()),
            "created_at": stamp(at),
            "updater_id": by,
            "via": "Web",
            "event_type": "Audit",
            "child_events": children,
        }
        self.events.append((at, event))

    def _metric(self, at: datetime, ticket: int, metric: str, kind: str, **values: object) -> None:
        event = {
            "id": self.next_id("metric_event"),
            "ticket_id": ticket,
            "metric": metric,
            "instance_id": 1,
            "type": kind,
            "time": stamp(at),
            **values,
        }
        self.metric_events.append((at, event))


def live(kept: dict[int, Kept]) -> Iterator[Object]:
    """What lists show, by id."""
    for number in sorted(kept):
        value = kept[number].value
        if value.get("status") != "deleted" and value.get("deleted_at") is None and value.get("active", True):
            yield value
