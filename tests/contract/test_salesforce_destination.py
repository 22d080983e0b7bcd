"""The Salesforce destination keeps the contract on the simulated org, and an independent client sees it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import requests
from simple_salesforce.api import Salesforce as Client

from mainstem.activate import Batch, Op, Opening, Parent, Trouble, Value, Write, find_kind, read_destinations
from mainstem.config import parse_config
from mainstem.connectors import Opening as ConnectorOpening
from mainstem.connectors import find_kind as find_connector
from mainstem.connectors.settings import read_connectors
from mainstem.errors import ApiUnavailable, ConfigError, OutcomeUnknown, QuotaSpent, UsageError
from mainstem.saas import MemoryBudget, Patience
from mainstem.simulate.saas import ControlledClock, Fault
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.simulate.saas.salesforce.door import Door
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.destination_contract import DestinationContract
from mainstem.testing.destination_subject import DestinationSubject, Sample, Trial
from mainstem.testing.saas import SimulatedHost
from mainstem.testing.toml import toml_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.activate import Destination, Result
    from mainstem.testing.saas import SaasHost

Org: TypeAlias = Any
"""A `simple_salesforce.Salesforce`: its attributes are the objects of an org, of which no type knows."""
FIELDS = {
    "Account": (
        "Active_Users__c:double.0 Coverage__c:double.4 Is_Healthy__c:boolean Active_On__c:date "
        "As_Of__c:datetime Health__c:picklist[green|yellow|red] Uses__c:multipicklist[exports|boards|alerts] "
        "Case_Key__c:string(40)#^ Notes__c:textarea"
    )
}
MANY = 230
WRITES = r"/composite/sobjects$|/jobs/ingest"


class SalesforceSubject(DestinationSubject):
    sample = Sample(
        object="Account",
        match="External_Id__c",
        needed={"Name": "Company"},
        values={
            "Active_Users__c": (3.0, 0.0),
            "Coverage__c": (0.1234, 1.0),
            "Is_Healthy__c": (True, False),
            "Active_On__c": ("2026-11-23", "2026-01-01"),
            "As_Of__c": ("2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"),
            "Health__c": ("green", "red"),
            "Uses__c": ("alerts;exports", "boards"),
            "NumberOfEmployees": (12, 0),
            "Notes__c": ('two lines\nand "quotes", ☃', "#1"),
        },
        refused={"Health__c": "purple"},
        shared="AccountNumber",
        reference="ParentId",
        parent="Account",
        parent_match="Case_Key__c",
        parent_needed={"Name": "Parent"},
    )
    many = MANY

    def __init__(self, saas: SaasHost, folder: Path, service: SalesforceService, base_url: str) -> None:
        self.service = service
        self.folder = folder
        self.base_url = base_url
        self.clock = StillClock(NOON, moved=service.clock.move_to)
        self.budget = MemoryBudget(self.clock)
        self.patience = Patience(first_pause=0.1)

    def opened(self, **settings: Any) -> Destination:
        client_id, secret = Door.client
        given = {"base_url": self.base_url, "client_id": client_id, "client_secret": secret, **settings}
        text = toml_table("destinations.crm", {"type": "salesforce", **given})
        found = read_destinations(parse_config(self.folder / "mainstem.toml", text, {}))["crm"]
        opening = Opening("crm", found, self.budget, self.clock, self.folder, self.patience)
        return find_kind("salesforce").open(opening)

    def add(self, name: str, values: Mapping[str, Value]) -> str:
        self.clock.advance(1)
        return self.service.org.insert(name, values, self.service.clock.now())

    def edit(self, name: str, number: str, values: Mapping[str, Value]) -> None:
        self.clock.advance(60)
        self.service.org.update(name, number, values, self.service.clock.now())

    def remove(self, name: str, number: str) -> None:
        self.service.org.delete(name, number, self.service.clock.now())

    def records(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        rows = self.service.org.live(name)
        return {
            row["Id"]: {field: _plain(field, value) for field, value in row.items()}
            for row in rows
            if row.get("External_Id__c")
        }

    def plan(self, trial: Trial) -> None:
        if trial in (Trial.ANSWER_LOST, Trial.REQUEST_LOST):
            self.patience = replace(self.patience, timeout=(5.0, 1.0))
        faults: dict[Trial, tuple[Any, dict[str, Any]]] = {
            Trial.ANSWER_LOST: ("timeout", {}),
            Trial.FAILED_AFTER: ("lost", {}),
            Trial.REQUEST_LOST: ("unheard", {}),
            Trial.LOGGED_OUT: ("expired", {}),
            Trial.LIMITED: ("rate_limit", {}),
            Trial.QUOTA_SPENT: ("quota", {"seconds": 7200.0}),
            Trial.ROW_LOCKED: ("rows_fail", {}),
        }
        name, fields = faults[trial]
        self.service.faults.add(Fault(name, WRITES, **fields))


def _plain(field: str, value: Any) -> Value:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, date):
        return value.isoformat()
    if field == "Uses__c" and value:
        return ";".join(sorted(str(value).split(";")))
    return value  # type: ignore[no-any-return] # as the org keeps it


@pytest.fixture
def subject(saas: SaasHost, tmp_path: Path) -> Iterator[SalesforceSubject]:
    service = SalesforceService(ControlledClock(NOON), fields=FIELDS, looks=2)
    with saas.hosting(service) as base_url:
        yield SalesforceSubject(saas, tmp_path, service, base_url)


class TestSalesforceDestination(DestinationContract):
    """Batches of more than 200 rows go by Bulk: `many` tries that way."""


def creates(rows: int, **values: Value) -> Batch:
    writes = [
        Write(number=n, op=Op.CREATE, key=f"k{n:04}", values={"Name": f"Company {n}", **values})
        for n in range(rows)
    ]
    return Batch("b1", "Account", "External_Id__c", Op.CREATE, writes)


def drop(ticket: str) -> None:
    """Keeps no ticket."""


def troubles(results: Any) -> dict[int, tuple[Trouble, str]]:
    return {one.number: (one.refusal.trouble, one.refusal.code) for one in results if one.refusal}


@pytest.fixture
def client(subject: SalesforceSubject) -> Iterator[Org]:
    host = "https://simulated.my.salesforce.com"
    with requests.Session() as session:
        session.mount(host, SimulatedHost(host, subject.base_url))
        session.mount("https://login.salesforce.com", SimulatedHost(host, subject.base_url))
        token = subject.service.door.give()
        yield Client(session_id=token, instance_url=host, session=session)


@pytest.mark.parametrize("rows", [3, MANY])
def test_an_independent_client_reads_what_was_written_and_is_read(
    subject: SalesforceSubject, client: Org, rows: int
) -> None:
    values = {name: pair[0] for name, pair in subject.sample.values.items()}
    with closing(subject.opened()) as destination:
        results = destination.write(creates(rows, **values), drop)
        found = client.Account.get_by_custom_id("External_Id__c", "k0002")
        assert found["Id"] == results[2].id
        assert (found["Active_Users__c"], found["Is_Healthy__c"]) == (3, True)
        assert (found["Active_On__c"], found["As_Of__c"][:19]) == ("2026-11-23", "2026-11-23T09:00:00")
        assert (found["Notes__c"], found["Uses__c"]) == (values["Notes__c"], "exports;alerts")
        subject.clock.advance(60)
        client.Account.update(found["Id"], {"Health__c": "yellow"})
        shape = destination.shape("Account")
        (read,) = destination.read(shape, "External_Id__c", ["k0002"], ["Health__c", "Coverage__c"])
        assert read.values == {"Health__c": "yellow", "Coverage__c": 0.1234}
        assert read.modified_at == subject.service.clock.now()


def test_records_are_read_by_ids_of_15_and_18_characters_in_one_call(subject: SalesforceSubject) -> None:
    numbers = [subject.add("Account", {"Name": f"Company {n}"}) for n in range(300)]
    gone = numbers.pop()
    subject.remove("Account", gone)
    with closing(subject.opened()) as destination:
        shape = destination.shape("Account")
        before = destination.usage.calls
        asked = [numbers[0][:15], *numbers[1:], gone, "short", "0035g0000000001AAA"]
        found = list(destination.read(shape, "Id", asked, ["Name"]))
        assert destination.usage.calls == before + 1
        assert {one.key: one.id for one in found} == {numbers[0][:15]: numbers[0]} | {
            number: number for number in numbers[1:]
        }


def test_a_key_of_which_case_tells_is_compared_by_it(subject: SalesforceSubject) -> None:
    for key in ("Aa", "aA"):
        subject.add("Account", {"Name": key, "Case_Key__c": key})
    with closing(subject.opened()) as destination:
        shape = destination.shape("Account")
        assert shape.fields["External_Id__c"].ignores_case
        found = list(destination.read(shape, "Case_Key__c", ["Aa"], ["Name"]))
        assert [one.values["Name"] for one in found] == ["Aa"]


def test_very_many_keys_are_read_by_one_bulk_query(subject: SalesforceSubject) -> None:
    keys = [f"{'long key ' * 8}{n}" for n in range(2000)]
    for key in keys[::100]:
        subject.add("Account", {"Name": "Company", "External_Id__c": key})
    with closing(subject.opened()) as destination:
        shape = destination.shape("Account")
        before = destination.usage.calls
        found = list(destination.read(shape, "External_Id__c", keys, ["Name"]))
        assert sorted(one.key for one in found) == sorted(keys[::100])
        assert destination.usage.calls - before <= 6
        assert [job.asked["operation"] for job in subject.service.jobs.held.values()] == ["query"]


def test_a_shape_says_what_the_org_describes(subject: SalesforceSubject) -> None:
    with closing(subject.opened()) as destination:
        fields = destination.shape("Account").fields
        assert not fields["Plan_And_Seats__c"].can_update
        assert fields["External_Id__c"].is_key
        assert not destination.shape("Contact").fields["Legacy_Id__c"].is_key
        assert fields["Name"].is_needed
        assert not fields["Is_Healthy__c"].is_needed
        assert (fields["Coverage__c"].digits, fields["Name"].length) == (4, 255)
        assert fields["Health__c"].choices == ("green", "yellow", "red")
        assert fields["ParentId"].refers_to == ("Account",)
        assert not fields["Id"].can_update
        with pytest.raises(UsageError, match="near it: Account"):
            destination.shape("Acount")
        with pytest.raises(UsageError, match="no query can compare"):
            list(destination.read(destination.shape("Account"), "Notes__c", ["a"], []))


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("UNABLE_TO_LOCK_ROW", Trouble.LOCKED),
        ("SERVER_UNAVAILABLE", Trouble.AGAIN),
        ("INSUFFICIENT_ACCESS_OR_READONLY", Trouble.RIGHTS),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", Trouble.DATA),
        ("REQUIRED_FIELD_MISSING", Trouble.DATA),
        ("SOMETHING_NEW", Trouble.DATA),
        ("ENTITY_IS_DELETED", Trouble.GONE),
    ],
)
@pytest.mark.parametrize("rows", [4, MANY])
def test_a_code_is_taken_for_what_is_done_about_it(
    subject: SalesforceSubject, code: str, trouble: Trouble, rows: int
) -> None:
    numbers = [subject.add("Account", {"Name": f"Company {n}"}) for n in range(rows)]
    writes = [
        Write(number=n, op=Op.UPDATE, key=f"k{n}", id=number, values={"Name": "Another"})
        for n, number in enumerate(numbers)
    ]
    subject.service.faults.add(Fault("rows_fail", r"/composite/|/ingest/\w+$", rows=2, times=0, code=code))
    with closing(subject.opened()) as destination:
        results = destination.write(Batch("b1", "Account", "Id", Op.UPDATE, writes), drop)
    assert troubles(results) == {0: (trouble, code), 1: (trouble, code)}


def test_rows_break_rules_of_the_org_each_in_its_own_way(subject: SalesforceSubject) -> None:
    account = subject.add("Account", {"Name": "Parent", "External_Id__c": "p"})
    needed: dict[str, Value] = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-03-01"}
    gone = Parent("Account", "Id", account[:-4] + "zAAA")
    wrong: list[tuple[dict[str, Value], dict[str, Parent]]] = [
        ({**needed, "Amount": 5.0}, {"AccountId": Parent("Account", "External_Id__c", "p")}),
        ({**needed, "Amount": -5.0}, {}),
        ({"Name": "Deal"}, {}),
        ({**needed, "Name": "x" * 121}, {}),
        ({**needed, "IsWon": True}, {}),
        (needed, {"AccountId": Parent("Account", "External_Id__c", "nobody")}),
        (needed, {"AccountId": gone}),
    ]
    writes = [
        Write(number=n, op=Op.CREATE, key=f"k{n}", values=values, parents=parents)
        for n, (values, parents) in enumerate(wrong)
    ]
    with closing(subject.opened()) as destination:
        batch = Batch("b1", "Opportunity", "External_Id__c", Op.CREATE, writes)
        assert troubles(destination.write(batch, drop)) == {
            1: (Trouble.DATA, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
            2: (Trouble.DATA, "REQUIRED_FIELD_MISSING"),
            3: (Trouble.DATA, "STRING_TOO_LONG"),
            4: (Trouble.RIGHTS, "INVALID_FIELD_FOR_INSERT_UPDATE"),
            5: (Trouble.PARENT, "INVALID_FIELD"),
            6: (Trouble.PARENT, "INVALID_CROSS_REFERENCE_KEY"),
        }


def test_a_batch_too_large_for_one_file_goes_in_several_and_keeps_its_places(
    subject: SalesforceSubject,
) -> None:
    tickets: list[str] = []
    with closing(subject.opened(file_bytes=2000)) as destination:
        results = destination.write(creates(MANY), tickets.append)
    jobs = subject.service.jobs.held
    assert len(jobs) > 2
    assert tickets[-1].split() == list(jobs)
    assert all(len(job.data.encode()) <= 2000 for job in jobs.values())
    org = subject.service.org
    assert [org.rows["Account"][one.id]["External_Id__c"] for one in results] == [
        f"k{n:04}" for n in range(MANY)
    ]


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ("timeout", r"/batches"),
        ("unheard", r"/batches"),
        ("lost", r"/batches"),
        ("error", r"/jobs/ingest$"),
        ("error", r"/jobs/ingest/\w{18}$"),
        ("lost", r"/jobs/ingest/\w{18}$"),
        ("short", r"successfulResults"),
        ("cut", r"successfulResults"),
        ("error", r"successfulResults"),
        ("expired", r"successfulResults"),
    ],
)
def test_trouble_at_any_step_of_a_bulk_job_writes_each_row_once(
    subject: SalesforceSubject, fault: Any, path: str
) -> None:
    subject.patience = replace(subject.patience, timeout=(5.0, 1.0))
    subject.service.faults.add(Fault(fault, path))
    batch, tickets = creates(MANY), list[str]()
    results = write_until_known(subject, batch, tickets)
    assert not subject.service.faults.left()
    assert not troubles(results)
    assert len(subject.records("Account")) == MANY


def write_until_known(subject: SalesforceSubject, batch: Batch, tickets: list[str]) -> Any:
    """As the engine does: what is unknown is asked for, what was not done is sent again."""
    for _ in range(3):
        with closing(subject.opened()) as destination:
            try:
                results: Any = destination.write(batch, tickets.append)
            except OutcomeUnknown:
                results = destination.resume(batch, tickets[-1])
            except ApiUnavailable:
                continue
            if not troubles(results):
                return results
    raise AssertionError("it did not come to an end")


def test_a_job_that_fails_on_its_way_tells_which_rows_it_did_not_reach(subject: SalesforceSubject) -> None:
    subject.service.faults.add(Fault("job_fails", r"/ingest/\w+$", rows=100, times=0))
    with closing(subject.opened()) as destination:
        results = destination.write(creates(MANY), drop)
    told = troubles(results)
    assert set(told) == set(range(100, MANY))
    assert {trouble for trouble, _ in told.values()} == {Trouble.AGAIN}
    assert len(subject.records("Account")) == 100


def test_a_job_that_nobody_knows_any_more_is_told_by_its_records(subject: SalesforceSubject) -> None:
    tickets: list[str] = []
    with closing(subject.opened()) as destination:
        destination.write(creates(MANY), tickets.append)
        subject.service.jobs.held.clear()
        assert destination.resume(creates(MANY), tickets[-1]) is None


def test_a_text_that_a_file_takes_for_nothing_is_refused_and_clears_no_field(
    subject: SalesforceSubject,
) -> None:
    numbers = [subject.add("Account", {"Name": f"Company {n}", "Rating": "Hot"}) for n in range(MANY)]
    writes = [
        Write(number=n, op=Op.UPDATE, key=number, id=number, values={"Rating": "#N/A" if n == 5 else "Cold"})
        for n, number in enumerate(numbers)
    ]
    with closing(subject.opened()) as destination:
        results: list[Result] = list(destination.write(Batch("b1", "Account", "Id", Op.UPDATE, writes), drop))
    assert troubles(results) == {5: (Trouble.DATA, "NOT_IN_CSV")}
    held = subject.service.org.rows["Account"]
    assert [held[number]["Rating"] for number in numbers[4:7]] == ["Cold", "Hot", "Cold"]


def test_few_rows_go_by_collections_and_many_by_files(subject: SalesforceSubject) -> None:
    with closing(subject.opened(bulk_above=500, bulk_rows=1000)) as destination:
        assert [destination.largest(Op.UPDATE, rows) for rows in (1, 500, 501)] == [200, 200, 1000]
    with closing(subject.opened(bulk_above=50, bulk_rows=1000)) as destination:
        assert [destination.largest(Op.UPDATE, rows) for rows in (1, 50, 51)] == [50, 50, 1000]


def test_connector_and_destination_of_an_org_take_from_one_budget(subject: SalesforceSubject) -> None:
    client_id, secret = Door.client
    given = {"base_url": subject.base_url, "client_id": client_id, "client_secret": secret}
    text = toml_table("connectors.crm", {"type": "salesforce", **given})
    settings = read_connectors(parse_config(subject.folder / "mainstem.toml", text, {}))["crm"]
    folder = subject.folder
    asked = ConnectorOpening("crm", settings, subject.budget, subject.clock, folder, subject.patience, folder)
    with closing(subject.opened()) as destination:
        assert destination.quota() is None
        with closing(find_connector("salesforce").open(asked)) as connector:
            connector.check()
        left = destination.quota()
        assert left is not None
        destination.check()
        now = destination.quota()
        assert now is not None
        assert now.remaining < left.remaining
    with closing(subject.opened(reserve_calls=now.remaining)) as reserved, pytest.raises(QuotaSpent):
        reserved.check()


def test_settings_without_credentials_are_refused_where_they_stand(subject: SalesforceSubject) -> None:
    with pytest.raises(ConfigError, match=r"\[destinations.crm\]: lacks credentials"):
        subject.opened(client_id="")
    with pytest.raises(ConfigError, match=r"\[destinations.crm\]: lacks its domain"):
        subject.opened(base_url="")
