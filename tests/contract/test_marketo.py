"""The Marketo connector keeps the contract on the simulated instance, by bulk extract and page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mainstem.simulate.saas import ControlledClock, feed
from mainstem.simulate.saas.marketo import MarketoService
from mainstem.simulate.saas.marketo.fixed import DELETED, field
from mainstem.testing.connector_contract import ConnectorContract
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.marketing import lead, marketing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.simulate.saas import Service
    from mainstem.simulate.saas.marketo.instance import Activity, Instance
    from mainstem.testing.connector_subject import Rows

LEADS = 22
LEAD = {
    "id": "id", "email": "email", "firstName": "first_name", "lastName": "last_name", "company": "company",
    "leadStatus": "lead_status", "unsubscribed": "unsubscribed", "trialBegins": "trial_begins",
    "Portal_Customer_Id__c": "portal_customer_id_c", "churnRisk": "churn_risk",
}  # fmt: skip
MOMENTS = {"createdAt": "created_at", "updatedAt": "updated_at"}


class MarketoSubject(ConnectorSubject):
    kind = "marketo"
    stream = "leads"
    path = r"/bulk/v1/leads/export"
    says_how_long = False

    def __init__(self, **settings: Any) -> None:
        self._added = 0
        self._settings = settings
        self._forgotten: list[Activity] = []
        """What Marketo shows no more of, since its lead is deleted."""

    def make_service(self, clock: ControlledClock) -> MarketoService:
        service = MarketoService(clock, full=7)
        feed(marketing(LEADS), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        client_id, client_secret = MarketoService(ControlledClock(self.start)).door.client
        return {
            "base_url": base_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "start": "2026-01-10",
            "page_rows": 5,
            "members_hours": 0,
            **self._settings,
        }

    def change(self, service: Service) -> None:
        instance = instance_of(service)
        self._added += 1
        now = service.clock.now()
        for change in lead(100 + self._added, now):
            service.clock.move_to(change.at)
            service.absorb(change)
        instance.keep_lead({"company": f"Analytical {self._added}"}, service.clock.now(), 1003)

    def remove(self, service: Service) -> None:
        instance = instance_of(service)
        self._forgotten += [one for one in instance.activities if one.lead == 1005]
        instance.delete_lead(1005, service.clock.now())

    def add_field(self, service: Service) -> tuple[str, str]:
        instance = instance_of(service)
        instance.fields.append(field(len(instance.fields) + 1, "Churn Risk", "churnRisk", "float"))
        instance.keep_lead({"churnRisk": 0.5}, service.clock.now(), 1002)
        return "lead", "churn_risk"

    def remove_field(self, service: Service) -> tuple[str, str]:
        instance = instance_of(service)
        instance.fields[:] = [one for one in instance.fields if one["rest"]["name"] != "trialBegins"]
        return "lead", "trial_begins"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        instance = instance_of(service)
        known = {one["rest"]["name"] for one in instance.fields}
        return {
            "lead": {
                str(number): {column: one.get(name) for name, column in LEAD.items() if name in known}
                | {column: moment(one[name]) for name, column in MOMENTS.items()}
                for number, one in instance.leads.items()
            },
            "program": {
                str(number): {"name": one["name"], "channel": one["channel"], "type": one["type"]}
                for number, one in instance.programs.items()
            },
            "program_cost": {
                f"[{number},{index}]": {"cost": cost["cost"], "note": cost["note"]}
                for number, one in instance.programs.items()
                for index, cost in enumerate(one["costs"])
            },
            "program_membership": {
                f"[{number},{lead}]": {
                    "progression_status": one["progressionStatus"],
                    "reached_success": one["reachedSuccess"],
                }
                for number, members in instance.members.items()
                for lead, one in members.items()
            },
            "campaign": {
                str(number): {
                    "name": one["name"],
                    "active": one["isActive"],
                    "program_id": one["parentProgramId"],
                    "updated_at": moment(one["updatedAt"]),
                }
                for number, one in instance.campaigns.items()
            },
            "email_template_history": {
                f'[{number},"{one["updatedAt"].removesuffix("+0000")}"]': {
                    "name": one["name"],
                    "subject": one["subject"]["value"],
                    "folder_value": one["folder"]["value"],
                }
                for number, one in instance.emails.items()
            },
            "list_membership": {
                f"[{number},{lead}]": {"lead_id": lead}
                for number, leads in instance.listed.items()
                for lead in leads
            },
            **activities(instance, self._forgotten, self._settings.get("activity_types", ())),
        }


def activities(instance: Instance, forgotten: Sequence[Activity], types: Sequence[str]) -> Mapping[str, Rows]:
    """By the tables of their types; of those types, or all."""
    names = {
        one["id"]: "activity_" + one["name"].lower().replace(" ", "_")
        for one in instance.types
        if one["id"] != DELETED and (not types or one["name"] in types)
    }
    found: dict[str, dict[str, Any]] = {name: {} for name in names.values()}
    for one in (*instance.activities, *forgotten):
        if one.type not in names:
            continue
        number, name = one.primary or (None, None)
        found[names[one.type]][one.guid] = {
            "activity_date": one.at,
            "campaign_id": one.campaign,
            "primary_attribute_value": name,
            "primary_attribute_value_id": number,
            **{label.lower().replace(" ", "_"): value for label, value in one.attributes.items()},
        }
    return {**found, "activity_delete_lead": {one.guid: {"lead_id": one.lead} for one in instance.deletions}}


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written.removesuffix("+0000")).astimezone(UTC)


def service_of(service: Service) -> MarketoService:
    assert isinstance(service, MarketoService)
    return service


def instance_of(service: Service) -> Instance:
    return service_of(service).instance


class TestMarketo(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        """Few types: what is tried here is the same for all."""
        return MarketoSubject(activity_types=["Change Data Value", "Open Email"])
