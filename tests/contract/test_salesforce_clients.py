"""An independent client of Salesforce runs unchanged on the simulated one, and sees what it holds."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.simulate.saas.salesforce.door import Door
from mainstem.testing.connectors import NOON
from mainstem.testing.crm import crm
from mainstem.testing.saas import SimulatedHost
from tests.contract.test_salesforce import key_pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.saas import SaasHost

Client: TypeAlias = Any
"""A `Salesforce`: its attributes are the objects of an org, of which no type knows."""
ACCOUNTS = 24
MY_DOMAIN = "https://simulated.my.salesforce.com"
HOSTS = (MY_DOMAIN, "https://login.salesforce.com", "https://acme.my.salesforce.com")


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    """A private key and its public one, as PEM."""
    return key_pair()


@pytest.fixture
def service(keys: tuple[str, str]) -> SalesforceService:
    made = SalesforceService(ControlledClock(NOON), full=10, certificate=keys[1])
    feed(crm(ACCOUNTS), [made], made.clock)
    made.clock.advance(600)
    return made


@pytest.fixture
def session(service: SalesforceService, saas: SaasHost) -> Iterator[requests.Session]:
    with saas.hosting(service) as base_url, requests.Session() as session:
        for host in HOSTS:
            session.mount(host, SimulatedHost(host, base_url))
        yield session


@pytest.fixture
def salesforce(session: requests.Session) -> Client:
    user, password = Door.user
    return Salesforce(user, password, Door.security_token, session=session)


def test_a_user_logs_in_by_password_and_is_led_to_the_org(salesforce: Client) -> None:
    assert salesforce.sf_instance == "simulated.my.salesforce.com"
    assert salesforce.is_sandbox() is False


def test_a_wrong_password_is_refused(session: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        Salesforce(Door.user[0], "wrong", Door.security_token, session=session)


def test_an_app_logs_in_by_its_credentials(session: requests.Session) -> None:
    client_id, secret = Door.client
    found: Client = Salesforce(
        consumer_key=client_id, consumer_secret=secret, domain="acme.my", session=session
    )
    assert found.query("SELECT COUNT() FROM Account")["totalSize"] == ACCOUNTS


def test_an_app_logs_in_for_a_user_by_password(session: requests.Session) -> None:
    client_id, secret = Door.client
    user, password = Door.user
    found: Client = Salesforce(
        user, password, consumer_key=client_id, consumer_secret=secret, session=session
    )
    assert found.query("SELECT COUNT() FROM Account")["totalSize"] == ACCOUNTS


def test_an_app_logs_in_by_a_signed_token(session: requests.Session, keys: tuple[str, str]) -> None:
    found: Client = Salesforce(Door.user[0], consumer_key=Door.client[0], privatekey=keys[0], session=session)
    assert found.query("SELECT COUNT() FROM Account")["totalSize"] == ACCOUNTS


def test_a_token_that_another_key_signed_is_refused(session: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid assertion"):
        Salesforce(Door.user[0], consumer_key=Door.client[0], privatekey=key_pair()[0], session=session)


def test_a_session_that_ended_is_renewed(salesforce: Client, service: SalesforceService) -> None:
    service.expire_tokens()
    assert salesforce.query("SELECT COUNT() FROM Lead")["totalSize"] == ACCOUNTS


def test_a_session_that_nobody_gave_is_refused(session: requests.Session) -> None:
    stranger: Client = Salesforce(session_id="made up", instance_url=MY_DOMAIN, session=session)
    with pytest.raises(SalesforceExpiredSession):
        stranger.limits()


def test_every_row_comes_page_by_page(salesforce: Client, service: SalesforceService) -> None:
    found = salesforce.query_all("SELECT Id, Name, Owner.Name, Seats__c FROM Account ORDER BY Id")
    held = service.org.rows["Account"]
    assert [one["Id"] for one in found["records"]] == sorted(held)
    assert {one["Id"]: one["Name"] for one in found["records"]} == {
        number: row["Name"] for number, row in held.items()
    }
    assert found["records"][0]["Owner"]["Name"] == "Sam Seller0"
    first = salesforce.query("SELECT Id FROM Account")
    assert (first["totalSize"], first["done"], len(first["records"])) == (ACCOUNTS, False, 10)
    assert len(salesforce.query_more(first["nextRecordsUrl"], identifier_is_url=True)["records"]) == 10


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("Name = 'company 3, ltd'", 1),
        ("Name LIKE 'Company 1%' AND Region__c IN ('asia', 'europe')", 8),
        ("Seats__c >= 100 AND (Plan__c = 'enterprise' OR NOT Region__c = 'asia')", 12),
        ("Owner.Email != 'sam0@simulated.example'", 12),
        ("CreatedDate < 2026-01-15T14:00:00Z", 2),
        ("CreatedDate = TODAY", 12),
        ("ParentId = null", 24),
        ("Region__c NOT IN ('asia')", 16),
    ],
)
def test_conditions_are_understood(salesforce: Client, condition: str, count: int) -> None:
    assert salesforce.query(f"SELECT COUNT() FROM Account WHERE {condition}")["totalSize"] == count


def test_a_quote_within_a_value_ends_no_value(salesforce: Client) -> None:
    made = salesforce.Account.create({"Name": "O'Neill \\ Sons"})
    found = salesforce.query(format_soql("SELECT Id FROM Account WHERE Name = {}", "O'Neill \\ Sons"))
    assert [one["Id"] for one in found["records"]] == [made["id"]]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Nothing FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Nobody.Name = 'a'", "INVALID_FIELD"),
        ("SELECT Id FROM Account LIMIT ten", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_is_wrong_is_refused_with_its_code(salesforce: Client, query: str, code: str) -> None:
    with pytest.raises(SalesforceMalformedRequest) as raised:
        salesforce.query(query)
    assert _told(raised.value)["errorCode"] == code


def test_objects_are_described(salesforce: Client) -> None:
    names = {one["name"] for one in salesforce.describe()["sobjects"]}
    assert {"Account", "Contact", "Opportunity", "Product2", "User"} <= names
    fields = {one["name"]: one for one in salesforce.Contact.describe()["fields"]}
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["Account_Plan__c"]["calculated"] is True
    assert fields["Email"]["type"] == "email"
    assert salesforce.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"


def test_the_day_s_calls_are_told(salesforce: Client) -> None:
    allowed = salesforce.limits()["DailyApiRequests"]
    usage = salesforce.api_usage["api-usage"]
    assert (usage.total, usage.used) == (allowed["Max"], allowed["Max"] - allowed["Remaining"])


def test_a_row_is_created_read_changed_and_deleted(salesforce: Client, service: SalesforceService) -> None:
    number = salesforce.Account.create({"Name": "New", "Seats__c": 5})["id"]
    assert len(number) == 18
    assert salesforce.Account.get(number[:15])["Seats__c"] == 5
    service.clock.advance(60)
    assert salesforce.Account.update(number, {"Plan__c": "enterprise"}) == 204
    found = salesforce.Account.get(number)
    assert found["Plan_And_Seats__c"] == "enterprise, 5 seats"
    assert found["SystemModstamp"] > found["CreatedDate"]
    assert salesforce.Account.delete(number) == 204
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Account.get(number)
    deleted = salesforce.query(f"SELECT IsDeleted FROM Account WHERE Id = '{number}'", include_deleted=True)
    assert [one["IsDeleted"] for one in deleted["records"]] == [True]


def test_what_was_deleted_and_updated_is_told(salesforce: Client, service: SalesforceService) -> None:
    now = service.clock.now()
    gone, changed = sorted(service.org.rows["Account"])[:2]
    salesforce.Account.delete(gone)
    salesforce.Account.update(changed, {"Rating": "Hot"})
    service.clock.advance(120)
    span = (now - timedelta(hours=1), now + timedelta(hours=1))
    assert [one["id"] for one in salesforce.Account.deleted(*span)["deletedRecords"]] == [gone]
    assert changed in salesforce.Account.updated(*span)["ids"]
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_REPLICATION_DATE"):
        salesforce.Account.deleted(now - timedelta(days=40), now)


def test_a_row_is_found_and_written_by_an_external_id(salesforce: Client, service: SalesforceService) -> None:
    assert salesforce.Account.get_by_custom_id("External_Id__c", "acc_3")["Name"] == "Company 3, Ltd"
    assert salesforce.Account.upsert("External_Id__c/acc_3", {"Usage_Score__c": 7}) == 200
    assert salesforce.Account.upsert("External_Id__c/acc_new", {"Name": "Fresh"}) == 201
    twins = [{"LastName": "Twin", "Legacy_Id__c": "L1"}] * 2
    for twin in twins:
        salesforce.Contact.create(twin)
    with pytest.raises(SalesforceMoreThanOneRecord):
        salesforce.Contact.upsert("Legacy_Id__c/L1", {"LastName": "One"})
    assert service.org.find("Account", "External_Id__c", "acc_new")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "REQUIRED_FIELD_MISSING"),
        ({"Name": "A", "External_Id__c": "acc_1"}, "DUPLICATE_VALUE"),
        ({"Name": "A", "Nothing": 1}, "INVALID_FIELD"),
        ({"Name": "A", "Plan_And_Seats__c": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Name": "A" * 256}, "STRING_TOO_LONG"),
        ({"Name": "A", "ParentId": "0015g00000000zzAAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"Name": "A", "ParentId": "short"}, "MALFORMED_ID"),
        ({"Name": "A", "Seats__c": "many"}, "INVALID_TYPE_ON_FIELD_IN_RECORD"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_its_code(
    salesforce: Client, given: dict[str, Any], code: str
) -> None:
    with pytest.raises((SalesforceMalformedRequest, SalesforceResourceNotFound)) as raised:
        salesforce.Account.create(given)
    assert _told(raised.value)["errorCode"] == code


def test_a_collection_tells_of_each_row(salesforce: Client, service: SalesforceService) -> None:
    def record(**fields: Any) -> dict[str, Any]:
        return {"attributes": {"type": "Opportunity"}, **fields}

    account = next(iter(service.org.rows["Account"]))
    good = record(Name="Deal", StageName="Prospecting", CloseDate="2026-03-01", AccountId=account[:15])
    by_key = {**good, "AccountId": None, "Account": {"External_Id__c": "acc_2"}}
    bad = {**good, "Amount": -1}
    sent = {"allOrNone": False, "records": [good, bad, by_key]}
    found = salesforce.restful("composite/sobjects", method="POST", json=sent)
    assert [one["success"] for one in found] == [True, False, True]
    assert found[1]["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert service.org.rows["Opportunity"][found[0]["id"]]["AccountId"] == account
    before = len(service.org.rows["Opportunity"])
    undone = salesforce.restful("composite/sobjects", method="POST", json={**sent, "allOrNone": True})
    assert [one["success"] for one in undone] == [False, False, False]
    assert len(service.org.rows["Opportunity"]) == before
    service.faults.add(Fault("rows_fail", "/composite/", rows=1))
    ids = [found[0]["id"], found[2]["id"]]
    changes = [record(id=number, StageName="Closed Won") for number in ids]
    locked = salesforce.restful("composite/sobjects", method="PATCH", json={"records": changes})
    assert [one["errors"][0]["statusCode"] for one in locked if not one["success"]] == ["UNABLE_TO_LOCK_ROW"]
    keyed = [
        {"attributes": {"type": "Account"}, "External_Id__c": key, "Name": key} for key in ("acc_1", "x")
    ]
    upserted = salesforce.restful(
        "composite/sobjects/Account/External_Id__c", method="PATCH", json={"records": keyed}
    )
    assert [one["created"] for one in upserted] == [False, True]
    gone = salesforce.restful("composite/sobjects", {"ids": ",".join(ids)}, method="DELETE")
    assert [one["success"] for one in gone] == [True, True]


def test_too_many_rows_of_a_collection_are_refused(salesforce: Client) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": "A"}] * 201
    with pytest.raises(SalesforceMalformedRequest, match="EXCEEDED_ID_LIMIT"):
        salesforce.restful("composite/sobjects", method="POST", json={"records": records})


def test_a_bulk_query_comes_part_by_part(salesforce: Client, service: SalesforceService) -> None:
    parts = list(salesforce.bulk2.Contact.query("SELECT Id, Name FROM Contact", max_records=10, wait=0))
    rows = [row for part in parts for row in csv.DictReader(io.StringIO(part))]
    assert len(parts) == 3
    assert {row["Id"]: row["Name"] for row in rows} == {
        number: row["Name"] for number, row in service.org.rows["Contact"].items()
    }


def test_a_bulk_file_is_written_row_by_row(salesforce: Client, service: SalesforceService) -> None:
    records = [
        {"External_Id__c": "acc_1", "Name": "Renamed", "Rating": "#N/A", "Plan__c": ""},
        {"External_Id__c": "bulk_1", "Name": 'New, "quoted"\nand broken', "Rating": "Hot", "Plan__c": "x"},
        {"External_Id__c": "bulk_2", "Name": "", "Rating": "", "Plan__c": ""},
    ]
    sent = salesforce.bulk2.Account.upsert(records=records, external_id_field="External_Id__c", wait=0)
    assert [(one["numberRecordsProcessed"], one["numberRecordsFailed"]) for one in sent] == [(3, 1)]
    outcome = salesforce.bulk2.Account.get_all_ingest_records(str(sent[0]["job_id"]))
    created = {row["External_Id__c"]: row["sf__Created"] for row in outcome["successfulRecords"]}
    assert created == {"acc_1": "false", "bulk_1": "true"}
    assert outcome["failedRecords"][0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert outcome["unprocessedRecords"] == []
    (renamed,) = service.org.find("Account", "External_Id__c", "acc_1")
    row = service.org.rows["Account"][renamed]
    assert (row["Name"], row["Rating"], row["Plan__c"]) == ("Renamed", None, "enterprise")
    (made,) = service.org.find("Account", "External_Id__c", "bulk_1")
    assert service.org.rows["Account"][made]["Name"] == 'New, "quoted"\nand broken'
    assert salesforce.bulk2.Account.delete(records=[{"Id": made}], wait=0)[0]["numberRecordsFailed"] == 0
    assert not service.org.find("Account", "External_Id__c", "bulk_1")


def test_a_spent_day_is_told_with_403(salesforce: Client, service: SalesforceService) -> None:
    service.faults.add(Fault("quota", "/query", seconds=60))
    with pytest.raises(SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        salesforce.query("SELECT Id FROM Account")


def _told(error: Any) -> Any:
    """The first error of an answer."""
    return error.content[0]
