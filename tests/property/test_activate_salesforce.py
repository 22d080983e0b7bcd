"""The simulated Salesforce, an independent client that edits it meanwhile, and every trouble there is: in any
order it ends as the rule says.

The rule of `newer_wins`: a field holds what its row wants, unless somebody edited it, and the record was
changed since the moment our value is of.
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceRefusedRequest

from mainstem.activate.applying import Applier
from mainstem.activate.planning import Planner
from mainstem.errors import MainstemError
from mainstem.saas import Patience
from mainstem.simulate.saas import ControlledClock, Fault
from mainstem.simulate.saas.salesforce import SalesforceService
from mainstem.store import Database
from mainstem.store.databases import ensure_database
from mainstem.store.migrate import upgrade
from mainstem.testing.activation_scene import GivenRows
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.org_scene import AS_OF, COLUMNS, FIELDS, KEY, USAGE, USERS, Ledger, OrgScene, opened
from mainstem.testing.saas import SimulatedHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.store.activations import KeptPlan
    from mainstem.testing.saas import SaasHost

Client: TypeAlias = Any
"""A `Salesforce`: its attributes are the objects of an org, of which no type knows."""
HOST = "https://simulated.my.salesforce.com"
KEYS = ("a", "b", "c", "d", "e")
MADE = ("d", "e")
"""Keys of which no record stands at first: ours to make."""
FILE = [f"file{number:03}" for number in range(201)]
"""As many rows as go by Bulk API 2.0."""
WRITES = r"/composite/sobjects$|/jobs/ingest"
TROUBLES: dict[str, Fault] = {
    "locked": Fault("rows_fail", WRITES, rows=2),
    "partial": Fault("rows_fail", WRITES, rows=2, code="FIELD_CUSTOM_VALIDATION_EXCEPTION"),
    "busy": Fault("rows_fail", WRITES, rows=1, code="SERVER_UNAVAILABLE"),
    "401": Fault("expired", WRITES),
    "403 quota": Fault("quota", WRITES, seconds=7200.0),
    "403 quota of reads": Fault("quota", r"/query", seconds=7200.0),
    "429": Fault("rate_limit", WRITES),
    "500 undone": Fault("error", WRITES),
    "500 after it was done": Fault("lost", WRITES),
    "no answer after it was done": Fault("timeout", WRITES),
    "never heard": Fault("unheard", WRITES),
    "results cut": Fault("cut", r"successfulResults"),
    "job fails": Fault("job_fails", r"/ingest/\w+$", rows=100),
}

actions = st.lists(
    st.one_of(
        st.tuples(st.just("row"), st.sampled_from(KEYS), st.integers(0, 50)),
        st.tuples(st.just("edit"), st.sampled_from(KEYS), st.integers(100, 150)),
        st.tuples(st.just("edit another field"), st.sampled_from(KEYS), st.integers(0, 9)),
        st.tuples(st.just("trouble"), st.sampled_from(sorted(TROUBLES)), st.integers(0, 2)),
        st.tuples(st.just("file"), st.none(), st.integers(0, 50)),
        st.tuples(st.just("plan"), st.none(), st.none()),
        st.tuples(st.just("apply"), st.none(), st.none()),
        st.tuples(st.just("edit while applying"), st.sampled_from(KEYS), st.integers(100, 150)),
    ),
    min_size=4,
    max_size=18,
)


@dataclass
class Story:
    scene: OrgScene
    ledger: Ledger
    client: Client
    plan: KeptPlan | None = None
    meanwhile: list[tuple[str, int]] = field(default_factory=list)

    def do(self, action: str, what: Any, number: Any) -> None:
        self.scene.clock.sleep(420)
        match action:
            case "row":
                self.scene.row(what, number)
            case "file":
                for key in FILE:
                    self.scene.row(key, number)
            case "edit":
                self.edit(what, {USERS: number})
            case "edit another field":
                self.edit(what, {"Rating": "Hot" if number % 2 else "Cold"})
            case "trouble":
                self.scene.service.faults.add(replace(TROUBLES[what], after=number))
            case "edit while applying":
                self.meanwhile.append((what, number))
            case "plan":
                self.plan = self.planned()
            case "apply":
                plan, self.plan = self.plan, None
                if plan is not None:
                    self.applied(plan)

    def planned(self) -> KeptPlan | None:
        scene = self.scene
        with closing(self.opened()) as destination:
            try:
                self.applier(destination).settle_open()
                planner = Planner(USAGE, destination, self.ledger.plans, self.ledger.held, scene.clock)
                return planner.plan(GivenRows(list(scene.rows.values()), COLUMNS), "ada")
            except MainstemError:
                return None  # a later process does it

    def applied(self, plan: KeptPlan) -> None:
        with closing(self.opened()) as destination:
            destination = Interrupted.of(destination, self)
            try:
                self.applier(destination).apply(plan.id, "ada")
            except MainstemError:
                return  # a later process settles it

    def opened(self) -> Any:
        scene = self.scene
        return opened(scene.base_url, scene.folder, scene.clock, scene.patience, scene.settings)

    def applier(self, destination: Any) -> Applier:
        ledger = self.ledger
        return Applier(USAGE, destination, ledger.plans, ledger.held, ledger.runs, self.scene.clock)

    def edit(self, key: str, values: dict[str, object]) -> None:
        """Somebody saves a form, by a client that is not ours; while the org's quota is spent, in vain."""
        org = self.scene.service.org
        with self.scene.diary.others(), suppress(SalesforceRefusedRequest):
            for number in org.find("Account", KEY, key):
                self.client.Account.update(number, values)

    def others(self) -> None:
        if self.meanwhile:
            key, users = self.meanwhile.pop(0)
            self.scene.clock.sleep(1)
            self.edit(key, {USERS: users})
            self.scene.clock.sleep(1)


class Interrupted:
    """A destination beside which others edit: right before records are read, right after they are written."""

    @staticmethod
    def of(destination: Any, story: Story) -> Any:
        read, write = destination.read, destination.write

        def reading(*given: Any) -> Any:
            story.others()
            return read(*given)

        def writing(*given: Any) -> Any:
            try:
                return write(*given)
            finally:
                story.others()

        destination.read, destination.write = reading, writing
        return destination


@pytest.fixture(scope="module")
def database(postgres: PostgresAddress) -> Iterator[Database]:
    from uuid import uuid4

    address = ensure_database(postgres, f"activate_{uuid4().hex[:8]}")
    upgrade(address)
    with closing(Database(address, name="test", largest=2)) as database:
        yield database


def told(database: Database, saas: SaasHost, folder: Path, story: list[tuple[str, Any, Any]]) -> None:
    with database.transaction() as connection:
        connection.execute("TRUNCATE activation_plans, activation_rows RESTART IDENTITY CASCADE")
    service = SalesforceService(ControlledClock(NOON), fields=FIELDS, limits=(), looks=1)
    with saas.hosting(service) as base_url, requests.Session() as session:
        session.mount(HOST, SimulatedHost(HOST, base_url))
        clock = StillClock(NOON, service.clock.move_to)
        scene = OrgScene(service, base_url, folder, clock, bulk_above=100, bulk_rows=201)
        scene.patience = Patience(first_pause=0.1, timeout=(5.0, 1.0))
        for key in KEYS:
            if key not in MADE:
                scene.account(key)
            scene.row(key, users=1)
        client = Salesforce(session_id=service.door.give(), instance_url=HOST, session=session)
        made = Story(scene, Ledger(database), Fresh(client, service))
        for action in story:
            made.do(*action)
        service.faults.clear()
        made.meanwhile.clear()
        clock.sleep(7300)
        for _ in range(3):
            clock.sleep(420)
            applied = scene.sync(made.ledger)
        assert applied.state == "success", applied
        assert applied.counts.get("written", 0) == 0, "what is right is not written again"
        assert not made.ledger.runs.open_batches("usage")
        assert_as_the_rule_says(scene)
        assert not scene.diary.twice()
        assert_no_newer_edit_was_written_over(scene)


class Fresh:
    """The independent client, that logs in again when its token has ended."""

    def __init__(self, client: Client, service: SalesforceService) -> None:
        self._client = client
        self._service = service

    @property
    def Account(self) -> Any:  # the client's own way of naming objects
        self._client.session_id = self._service.door.give()
        self._client.headers["Authorization"] = f"Bearer {self._client.session_id}"
        return self._client.Account


def assert_as_the_rule_says(scene: OrgScene) -> None:
    for key, wanted in scene.unlike().items():
        assert wanted is not None, f"{key} is lost"
        record = scene.record(key)
        edits = [
            one
            for one in scene.diary.kept
            if one.id == record["Id"] and one.by != "us" and USERS in one.changed
        ]
        assert edits, f"{key} is neither as wanted nor edited"
        assert record[USERS] == edits[-1].changed[USERS]
        as_of: Any = scene.rows[key]["as_of"]
        assert record["SystemModstamp"] >= as_of, f"ours of {key} is newer and was not written"


def assert_no_newer_edit_was_written_over(scene: OrgScene) -> None:
    """Others' value gives way only to one of ours that is of a later moment than their edit."""
    last: dict[str, Any] = {}
    for one in scene.diary.kept:
        if USERS not in one.changed:
            continue
        if one.by != "us":
            last[one.id] = one
        elif (edit := last.pop(one.id, None)) and not edit.is_new:
            assert one.changed[AS_OF] > edit.at, (edit, one)


@settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=actions)
def test_any_interleaving_with_an_independent_client_ends_as_the_rule_says(
    database: Database, saas: SaasHost, tmp_path: Path, story: list[tuple[str, Any, Any]]
) -> None:
    told(database, saas, tmp_path, story)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=actions)
def test_hundreds_of_interleavings_with_an_independent_client_end_as_the_rule_says(
    database: Database, saas: SaasHost, tmp_path: Path, story: list[tuple[str, Any, Any]]
) -> None:
    told(database, saas, tmp_path, story)
