"""The Salesforce connector keeps the contract on the simulated org, page by page and by Bulk."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mainstem.connectors.run import Wanted
from mainstem.errors import ConfigError, QuotaSpent
from mainstem.simulate.saas import ControlledClock, Fault, feed
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.testing.connector_contract import ConnectorContract, Scene, warehouse_rows
from mainstem.testing.connector_subject import ConnectorSubject
from mainstem.testing.crm import account, crm
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.simulate.saas import Service
    from mainstem.testing.connector_subject import Rows
    from mainstem.testing.saas import SaasHost

ACCOUNTS = 22
COMPARED = {
    "account": {
        "Id": "id", "Name": "name", "Website": "website", "OwnerId": "owner_id", "Seats__c": "seats_c",
        "IsDeleted": "is_deleted", "CreatedDate": "created_date", "SystemModstamp": "system_modstamp",
        "BillingPostalCode": "billing_postal_code",
    },
    "contact": {
        "Id": "id", "AccountId": "account_id", "Name": "name", "Email": "email", "LastName": "last_name",
    },
    "opportunity": {
        "Id": "id", "AccountId": "account_id", "StageName": "stage_name", "Amount": "amount",
        "IsWon": "is_won", "FiscalQuarter": "fiscal_quarter", "Licence_Key__c": "licence_key_c",
    },
    "product_2": {"Id": "id", "Name": "name", "ProductCode": "product_code", "IsActive": "is_active"},
}  # fmt: skip
OBJECTS = {"account": "Account", "contact": "Contact", "opportunity": "Opportunity", "product_2": "Product2"}


class SalesforceSubject(ConnectorSubject):
    kind = "salesforce"
    stream = "account"
    path = r"/query"

    def __init__(self, **settings: Any) -> None:
        self._added = 0
        self._settings = settings

    def make_service(self, clock: ControlledClock) -> SalesforceService:
        service = SalesforceService(clock, full=5)
        feed(crm(ACCOUNTS), [service], clock)
        return service

    def settings(self, base_url: str) -> Mapping[str, Any]:
        client_id, client_secret = SalesforceService(ControlledClock(self.start)).door.client
        return {
            "base_url": base_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "objects": list(OBJECTS.values()),
            **self._settings,
        }

    def change(self, service: Service) -> None:
        org = org_of(service).org
        self._added += 1
        now = service.clock.now()
        for change in account(100 + self._added, now):
            service.clock.move_to(change.at)
            service.absorb(change)
        (number,) = org.find("Account", "External_Id__c", "acc_3")
        org.update("Account", number, {"Rating": f"Hot {self._added}"}, service.clock.now())

    def remove(self, service: Service) -> None:
        org = org_of(service).org
        (number,) = org.find("Account", "External_Id__c", "acc_5")
        org.delete("Account", number, service.clock.now())

    def add_field(self, service: Service) -> tuple[str, str]:
        org = org_of(service).org
        org.objects["Account"].add("Churn_Risk__c:double")
        (number,) = org.find("Account", "External_Id__c", "acc_2")
        org.update("Account", number, {"Churn_Risk__c": 0.5}, service.clock.now())
        return "account", "churn_risk_c"

    def remove_field(self, service: Service) -> tuple[str, str]:
        del org_of(service).org.objects["Account"].fields["Usage_Score__c"]
        return "account", "usage_score_c"

    def expected(self, service: Service) -> Mapping[str, Rows]:
        org = org_of(service).org
        return {
            table: {
                row["Id"]: {column: row[field] for field, column in columns.items()}
                for row in org.live(OBJECTS[table])
            }
            for table, columns in COMPARED.items()
        }


class TestSalesforce(ConnectorContract):
    def subject(self) -> ConnectorSubject:
        return SalesforceSubject()


def stands(scene: Scene, table: str) -> Rows:
    """What the warehouse has of one table."""
    expected = scene.subject.expected(scene.service)
    return warehouse_rows(scene.warehouse, {table: expected[table]})[table]


def key_pair() -> tuple[str, str]:
    """A private key and its public one, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def org_of(service: Service) -> SalesforceService:
    assert isinstance(service, SalesforceService)
    return service


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> SalesforceSubject:
    return SalesforceSubject(**getattr(request, "param", {}))


@pytest.fixture
def scene(subject: SalesforceSubject, saas: SaasHost, tmp_path: Path) -> Iterator[Scene]:
    service = subject.make_service(ControlledClock(subject.start))
    with saas.hosting(service) as base_url, closing(MemoryWarehouse()) as warehouse:
        yield Scene(subject, service, base_url, warehouse, tmp_path)


BULK = pytest.mark.parametrize("subject", [{"bulk_above": 10, "bulk_rows": 5}], indirect=True)


@BULK
def test_many_rows_come_by_bulk_and_few_by_query(scene: Scene) -> None:
    assert scene.sync().state == "success"
    scene.assert_equal()
    jobs = org_of(scene.service).jobs.held
    assert {job.asked["object"] for job in jobs.values()} == {"Account", "Contact", "Opportunity"}
    scene.settle()
    scene.subject.change(scene.service)
    assert scene.sync().state == "success"
    scene.assert_equal()
    assert len(jobs) == 3


@BULK
@pytest.mark.parametrize("fault", ["short", "cut", "error", "expired", "timeout", "rate_limit"])
def test_a_part_of_a_bulk_result_that_is_not_whole_is_asked_for_again(scene: Scene, fault: Any) -> None:
    scene.service.faults.add(Fault(fault, r"/results", after=1, times=1))
    assert scene.sync().state == "success"
    assert not scene.service.faults.left()
    scene.assert_equal()


@BULK
def test_a_bulk_reading_goes_on_behind_the_last_part(scene: Scene) -> None:
    scene.service.faults.add(Fault("error", r"/results", after=2, times=0))
    assert scene.sync(Wanted(("account",)), rows_a_commit=5).state == "failed"
    assert len(stands(scene, "account")) == 10
    scene.service.faults.clear()
    again = scene.sync(Wanted(("account",)), rows_a_commit=5)
    assert (again.state, again.streams[0].rows) == ("success", ACCOUNTS - 10)
    assert len(org_of(scene.service).jobs.held) == 1


@BULK
def test_a_bulk_job_that_is_gone_is_begun_anew(scene: Scene) -> None:
    scene.service.faults.add(Fault("error", r"/results", after=2, times=0))
    scene.sync(Wanted(("account",)), rows_a_commit=5)
    scene.service.faults.clear()
    org_of(scene.service).jobs.held.clear()
    assert scene.sync().state == "success"
    scene.assert_equal()


def test_a_row_that_the_bin_has_no_more_is_gone_too(scene: Scene) -> None:
    scene.sync()
    scene.settle()
    org = org_of(scene.service).org
    (number,) = org.find("Contact", "External_Id__c", "con_4")
    org.purge("Contact", number, scene.service.clock.now())
    assert sum(one.deleted for one in scene.sync().streams) == 1
    scene.assert_equal()


def test_a_row_that_came_out_of_the_bin_stands_again(scene: Scene) -> None:
    org = org_of(scene.service).org
    scene.sync()
    scene.settle()
    (number,) = org.find("Account", "External_Id__c", "acc_5")
    org.delete("Account", number, scene.service.clock.now())
    scene.sync()
    scene.assert_equal()
    scene.settle()
    org.undelete("Account", number, scene.service.clock.now())
    scene.sync()
    scene.assert_equal()


def test_a_formula_is_read_again_by_a_full_reading(scene: Scene) -> None:
    org = org_of(scene.service).org

    def plans() -> set[str]:
        name = scene.warehouse.capabilities.qualified("source", "contact")
        found = scene.warehouse.query(f"SELECT account_plan_c AS plan FROM {name}").column("plan")
        return set(found.to_pylist())

    scene.sync()
    scene.settle()
    now = scene.service.clock.now()
    for row in list(org.live("Account")):
        org.update("Account", row["Id"], {"Plan__c": "starter"}, now)
    scene.sync()
    assert plans() == {"professional", "enterprise", "starter"}
    scene.sync(Wanted(("contact",), full=True))
    assert plans() == {"starter"}


def test_a_range_brings_the_rows_that_changed_in_it(scene: Scene) -> None:
    begin = scene.subject.start
    wanted = Wanted(("account",), since=begin, until=begin.replace(hour=15))
    assert scene.sync(wanted).state == "success"
    assert len(stands(scene, "account")) == 3


@pytest.mark.parametrize("login", ["client_credentials", "jwt", "refresh_token"])
def test_an_org_is_entered_by_each_grant_and_again_when_a_session_ends(scene: Scene, login: str) -> None:
    door = org_of(scene.service).door
    client_id, secret = door.client
    asked: dict[str, Any] = {"client_id": client_id, "client_secret": secret}
    if login == "refresh_token":
        asked["refresh_token"] = door.refresh_token
    if login == "jwt":
        private, door.certificate = key_pair()
        asked |= {"username": door.user[0], "private_key": private}
    subject = SalesforceSubject(**asked)
    entered = Scene(subject, scene.service, scene.base_url, scene.warehouse, scene.folder)
    with closing(entered.opened()) as connector:
        assert all(one.is_good for one in connector.check())
        scene.service.expire_tokens()
        assert all(one.is_good for one in connector.check())


def test_a_refresh_token_that_was_exchanged_is_used_by_the_next_run(scene: Scene) -> None:
    door = org_of(scene.service).door
    door.rotates = True
    subject = SalesforceSubject(refresh_token=door.refresh_token)
    entered = Scene(subject, scene.service, scene.base_url, scene.warehouse, scene.folder)
    for _ in range(2):
        with closing(entered.opened()) as connector:
            assert all(one.is_good for one in connector.check())
    kept = next(scene.folder.glob("refresh_token.*"))
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (door.refresh_token, 0o600)


def test_a_spent_day_is_told_and_is_over_later(scene: Scene) -> None:
    scene.service.faults.add(Fault("quota", "/limits", seconds=60))
    with closing(scene.opened()) as connector:
        with pytest.raises(QuotaSpent, match="TotalRequests"):
            connector.check()
        scene.clock.advance(7200)
        assert all(one.is_good for one in connector.check())
        assert connector.quota() is not None


@pytest.mark.parametrize("subject", [{"objects": ["Acount"]}], indirect=True)
def test_an_object_that_the_org_has_not_is_refused_with_those_near_it(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        assert [one.what for one in connector.check() if not one.is_good] == ["object Acount"]
        with pytest.raises(ConfigError, match=r"no object Acount .* Account"):
            connector.streams()


@pytest.mark.parametrize("subject", [{"objects": []}], indirect=True)
def test_the_usual_objects_are_read_of_those_the_org_has(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        names = [stream.name for stream in connector.streams()]
    assert names == [
        "account", "contact", "lead", "opportunity", "opportunity_line_item", "product_2", "campaign",
        "order", "task", "event", "user", "user_role",
    ]  # fmt: skip
