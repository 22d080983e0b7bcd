"""An independent client of Marketo runs unchanged on the simulated instance, and sees what it holds."""

from __future__ import annotations

import csv
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from marketorestpython.client import MarketoClient  # type: ignore[import-untyped] # it has no types
from marketorestpython.helper.exceptions import (  # type: ignore[import-untyped] # as above
    MarketoException,
)

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.marketo import MarketoService, fixed
from mainstem.testing.connectors import NOON
from mainstem.testing.marketing import marketing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.saas import SaasHost

LEADS = 16
SPAN = {"startAt": "2026-01-10T00:00:00Z", "endAt": "2026-02-01T00:00:00Z"}
SINCE = "2026-01-10"


@pytest.fixture
def service() -> MarketoService:
    made = MarketoService(ControlledClock(NOON), limits=(), full=12)  # a client's pauses are real ones
    feed(marketing(LEADS), [made], made.clock)
    return made


@pytest.fixture
def client(service: MarketoService, saas: SaasHost) -> Iterator[Any]:
    with saas.hosting(service) as base_url:
        made = MarketoClient("123-ABC-456", *service.door.client)
        made.host = base_url
        yield made


def test_every_lead_comes_by_filter_by_list_and_by_program(client: Any, service: MarketoService) -> None:
    instance = service.instance
    values = [lead["email"] for lead in instance.leads.values()]
    found = client.execute("get_multiple_leads_by_filter_type", "email", values, "email,leadStatus")
    assert {one["id"]: (one["email"], one["leadStatus"]) for one in found} == {
        number: (one["email"], one["leadStatus"]) for number, one in instance.leads.items()
    }
    (number,) = instance.listed
    listed = client.execute("get_multiple_leads_by_list_id", str(number))
    assert [one["id"] for one in listed] == instance.listed[number]
    program = next(number for number, one in instance.programs.items() if one["name"] == "trial-nurture")
    members = client.execute("get_multiple_leads_by_program_id", str(program))
    assert {one["id"]: one["membership"]["progressionStatus"] for one in members} == {
        lead: one["progressionStatus"] for lead, one in instance.members[program].items()
    }
    assert client.execute("member_of_list", number, [1001, 9])[1]["status"] == "notmemberof"


def test_activities_come_behind_pages_that_are_empty(client: Any, service: MarketoService) -> None:
    kinds = {str(one["name"]): str(one["id"]) for one in client.execute("get_activity_types")}
    found = client.execute("get_lead_activities", [kinds["Click Email"]], sinceDatetime=SINCE)
    clicks = [one for one in service.instance.activities if one.type == fixed.CLICKED]
    assert [one["marketoGUID"] for one in found] == [one.guid for one in clicks]
    assert {a["name"]: a["value"] for a in found[0]["attributes"]}["Link"] == clicks[0].attributes["Link"]
    changes = client.execute("get_lead_changes", ["leadStatus"], sinceDatetime=SINCE)
    changed = [one for one in changes if one["activityTypeId"] == fixed.CHANGED]
    assert len(changed) == sum(one["leadStatus"] == "converted" for one in service.instance.leads.values())


def test_leads_are_written_merged_and_deleted_row_by_row(client: Any, service: MarketoService) -> None:
    rows = [{"email": "new@company1.example", "company": "New"}, {"email": "ada1@company1.example", "x": 1}]
    written = client.execute("create_update_leads", rows)
    assert [one["status"] for one in written] == ["created", "skipped"]
    assert written[1]["reasons"][0]["code"] == "1006"
    assert client.execute("get_lead_by_id", written[0]["id"], "company")[0]["company"] == "New"
    assert client.execute("merge_lead", 1002, [1003, written[0]["id"]]) is True
    assert service.instance.leads[1002]["company"] == "company1.example"
    assert client.execute("delete_lead", [1004, 1003])[0]["status"] == "deleted"
    deleted = client.execute("get_deleted_leads", sinceDatetime=SINCE)
    assert [one["leadId"] for one in deleted] == [1004]


@pytest.mark.parametrize("kind", ["leads", "activities", "program_members"])
def test_a_bulk_extract_holds_every_row(client: Any, service: MarketoService, kind: str) -> None:
    instance = service.instance
    filters: dict[str, Any] = {"createdAt": SPAN}
    fields = {
        "leads": ["id", "email"],
        "activities": None,
        "program_members": ["leadId", "progressionStatus"],
    }
    if kind == "program_members":
        program = max(instance.members, key=lambda number: len(instance.members[number]))
        filters = {"programId": program}
    job = client.execute(f"create_{kind}_export_job", fields=fields[kind], filters=filters)[0]["exportId"]
    assert client.execute(f"enqueue_{kind}_export_job", job)[0]["status"] == "Queued"
    statuses = [client.execute(f"get_{kind}_export_job_status", job)[0] for _ in range(2)]
    assert [one["status"] for one in statuses] == ["Processing", "Completed"]
    content = client.execute(f"get_{kind}_export_job_file", job)
    assert statuses[1]["fileChecksum"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    rows = list(csv.DictReader(content.decode().splitlines()))
    expected: dict[str, set[str]] = {
        "leads": {str(number) for number in instance.leads},
        "activities": {one.guid for one in instance.activities},
        "program_members": {str(lead) for one in instance.members.values() for lead in one},
    }
    column = {"leads": "id", "activities": "marketoGUID", "program_members": "leadId"}[kind]
    assert {row[column] for row in rows} == expected[kind]
    assert client.execute(f"get_{kind}_export_jobs_list")[0]["exportId"] == job


def test_assets_and_what_the_instance_is_made_of_are_listed(client: Any, service: MarketoService) -> None:
    instance = service.instance
    assert {one["id"] for one in client.execute("browse_programs", maxReturn=2)} == set(instance.programs)
    emails = [one for page in client.execute("get_emails_yield", maxReturn=1) for one in page]
    assert {one["id"] for one in emails} == set(instance.emails)
    campaigns = [one for page in client.execute("get_smart_campaigns") for one in page]
    assert {one["id"] for one in campaigns} == set(instance.campaigns)
    assert {one["id"] for one in client.execute("get_multiple_campaigns")} == set(instance.campaigns)
    assert {one["id"] for one in client.execute("get_multiple_lists")} == set(instance.lists)
    assert [one["rest"]["name"] for one in client.execute("describe")][:2] == ["id", "email"]
    cost = client.execute("get_program_by_id", min(instance.programs))[0]["costs"][0]
    assert (cost["cost"], cost["note"]) == (912, "USD")
    assert client.execute("get_daily_usage")[0]["total"] == 0


def test_errors_in_a_200_are_the_clients_own(client: Any, service: MarketoService) -> None:
    service.faults.add(Fault("error", "usage", status=606))
    assert client.execute("get_daily_usage")
    assert not service.faults.left()
    with pytest.raises(Exception, match="1003"):
        client.execute("get_multiple_leads_by_filter_type", "flavour", ["sweet"])
    service.expire_tokens()
    with pytest.raises(MarketoException, match="602"):
        client.get_daily_usage()
    service.spend_quota(60)
    client.valid_until = None
    with pytest.raises(MarketoException, match="607"):
        client.describe()


def test_who_is_nobody_is_not_let_in(service: MarketoService, saas: SaasHost) -> None:
    with saas.hosting(service) as base_url:
        client = MarketoClient("123-ABC-456", "mainstem", "wrong")
        client.host = base_url
        with pytest.raises(Exception, match="No client with requested id"):
            client.execute("describe")
