"""Reading Marketo where it is hard: files that break off, days without exports, merges, other clocks."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, Wanted
from mainstem.errors import ConfigError
from mainstem.saas import MemoryBudget
from mainstem.simulate.saas import ControlledClock, Fault
from mainstem.testing.connector_contract import Scene, warehouse_rows
from mainstem.testing.connectors import StillClock
from mainstem.testing.warehouse import MemoryWarehouse
from tests.contract.test_marketo import LEADS, MarketoSubject, instance_of, moment, service_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.testing.connector_subject import Rows
    from mainstem.testing.saas import SaasHost


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> MarketoSubject:
    return MarketoSubject(**getattr(request, "param", {}))


@pytest.fixture
def scene(subject: MarketoSubject, saas: SaasHost, tmp_path: Path) -> Iterator[Scene]:
    service = subject.make_service(ControlledClock(subject.start))
    with saas.hosting(service) as base_url, closing(MemoryWarehouse()) as warehouse:
        yield Scene(subject, service, base_url, warehouse, tmp_path)


MAIN = Wanted(("leads", "activities"))


def assert_main_equal(scene: Scene) -> None:
    """What happened and to whom."""
    expected = scene.subject.expected(scene.service)
    held = scene.warehouse.columns("source")
    main = {name: rows for name, rows in expected.items() if name == "lead" or name.startswith("activity_")}
    found = warehouse_rows(scene.warehouse, {name: rows for name, rows in main.items() if name in held})
    for name, rows in main.items():
        assert found.get(name, {}) == rows, f"{name} is not what the service has"


def stands(scene: Scene, table: str) -> Rows:
    """What the warehouse has of one table."""
    expected = scene.subject.expected(scene.service)
    return warehouse_rows(scene.warehouse, {table: expected[table]})[table]


def seldom(*values: Any) -> list[Any]:
    """Tried with everything else alone: they go the way of others."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


@pytest.mark.parametrize("code", [601, 606, 615, *seldom(602, 604, 608, 611, 713)])
def test_an_error_inside_a_200_is_what_it_means(scene: Scene, code: int) -> None:
    scene.fault("error", after=1, times=1, status=code)
    scene.service.faults.add(Fault("error", "activities.json", status=code))
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)


def test_a_day_that_is_spent_ends_the_run_and_is_told(scene: Scene) -> None:
    scene.fault("error", after=3, times=0, status=607)
    result = scene.sync(Wanted(("leads", "programs")))
    assert result.state == "partial"
    (problem,) = [one.problem for one in result.streams if one.stream == "leads"]
    assert "607" in problem
    scene.service.faults.clear()
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)


def test_an_error_that_is_not_waited_out_fails_the_stream(scene: Scene) -> None:
    scene.fault("error", times=0, status=1003)
    result = scene.sync(Wanted(("leads",)))
    assert result.state == "failed"
    assert "1003" in result.streams[0].problem


@pytest.mark.parametrize("fault", ["short", "expired", *seldom("cut", "error", "timeout", "rate_limit")])
def test_a_file_that_is_not_whole_is_fetched_to_its_end(scene: Scene, fault: Any) -> None:
    scene.service.faults.add(Fault(fault, r"/file", times=1 if fault == "expired" else 2))
    assert scene.sync(Wanted(("leads",))).state == "success"
    assert not scene.service.faults.left()
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]
    assert not list(scene.folder.rglob("*.csv"))


def test_a_file_is_fetched_from_where_it_broke_off(scene: Scene) -> None:
    scene.service.faults.add(Fault("short", r"/file", times=2))
    ranges: list[str] = []
    exports = service_of(scene.service).exports
    given = exports.file

    def noted(request: Any, number: str) -> Any:
        ranges.append(request.headers.get("range", ""))
        return given(request, number)

    exports.file = noted  # type: ignore[method-assign] # a note of what was asked for
    scene.sync(Wanted(("leads",)))
    (job,) = exports.held.values()
    starts = [int(one.removeprefix("bytes=").rstrip("-") or 0) for one in ranges]
    assert starts == sorted(set(starts))
    assert len(starts) == 3
    assert starts[2] < len(job.content)
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]


def test_a_file_that_is_not_what_marketo_made_gives_no_row(scene: Scene) -> None:
    exports = service_of(scene.service).exports
    exports.spoiled = 2
    assert scene.sync(Wanted(("leads",))).state == "success"
    assert exports.spoiled == 0
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]


def test_a_file_that_is_never_right_fails_the_stream(scene: Scene) -> None:
    service_of(scene.service).exports.spoiled = 99
    result = scene.sync(Wanted(("leads",)))
    assert result.state == "failed"
    assert "SHA-256" in result.streams[0].problem
    assert "lead" not in scene.warehouse.columns("source")


class Died(BaseException):
    """In place of a process that is killed."""


def sync_until(scene: Scene, commits: int) -> None:
    """A sync of leads, five a commit, that dies behind so many."""
    landed = 0

    def dies(stream: str) -> None:
        nonlocal landed
        landed += 1
        if landed == commits:
            raise Died

    scene.settle()
    with closing(scene.opened()) as connector, pytest.raises(Died):
        landing = Landing(scene.warehouse, "source", scene.clock)
        sync = Sync("source", connector, landing, scene.ledger, scene.clock, rows_a_commit=5, committed=dies)
        sync.run(Wanted(("leads",)))


def test_an_export_goes_on_behind_its_last_row(scene: Scene) -> None:
    sync_until(scene, 2)
    assert len(stands(scene, "lead")) == 10
    assert scene.sync(Wanted(("leads",)), rows_a_commit=5).state == "success"
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]
    first, *others = service_of(scene.service).exports.held.values()
    assert (first.rows, len(others)) == (LEADS, 1)  # the other for what changed since the first was made


@pytest.mark.parametrize("forgotten", ["job", "file"])
def test_an_export_that_marketo_forgot_is_begun_anew(scene: Scene, forgotten: str) -> None:
    sync_until(scene, 2)
    exports = service_of(scene.service).exports
    if forgotten == "job":
        exports.held.clear()
    else:
        scene.clock.advance(8 * 86_400)
    assert scene.sync(Wanted(("leads",)), rows_a_commit=5).state == "success"
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]


def test_changes_are_found_where_exports_are_not_filtered_by_them(scene: Scene) -> None:
    exports = service_of(scene.service).exports
    exports.by_update = False
    assert scene.sync(MAIN).state == "success"
    scene.settle()
    scene.subject.change(scene.service)
    scene.subject.remove(scene.service)
    jobs = len(exports.held)
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)
    assert len(exports.held) == jobs


def test_a_day_without_exports_left_is_read_page_by_page(scene: Scene) -> None:
    exports = service_of(scene.service).exports
    scene.sync(MAIN)
    scene.settle()
    exports.left_bytes = 0
    scene.clock.advance(86_400 * 2)  # more than is read page by page otherwise
    scene.subject.change(scene.service)
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)


def test_a_first_reading_waits_for_exports(scene: Scene) -> None:
    service_of(scene.service).exports.left_bytes = 0
    result = scene.sync(MAIN)
    assert {one.stream for one in result.streams if one.problem} == {"leads", "activities"}
    assert all("1029" in one.problem for one in result.streams if one.problem)


def test_a_queue_that_is_full_is_waited_for(scene: Scene) -> None:
    scene.service.faults.add(Fault("error", r"/enqueue", times=3, status=1029))
    assert scene.sync(Wanted(("leads",))).state == "success"
    assert not scene.service.faults.left()
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]


def test_leads_that_were_merged_into_another_are_gone(scene: Scene) -> None:
    instance = instance_of(scene.service)
    scene.sync(MAIN)
    scene.settle()
    instance.merge_leads(1001, [1002, 1004], scene.service.clock.now())
    result = scene.sync(MAIN)
    assert sum(one.deleted for one in result.streams if one.stream == "leads") == 2
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]
    [merge] = stands(scene, "activity_merge_leads").values()
    assert merge["merge_ids"] == "[1002, 1004]"


def test_a_full_reading_finds_leads_of_whose_deletion_marketo_forgot(scene: Scene) -> None:
    instance = instance_of(scene.service)
    scene.sync(MAIN)
    scene.settle()
    instance.delete_lead(1006, scene.service.clock.now())
    scene.sync(MAIN)
    instance.delete_lead(1007, scene.service.clock.now())
    instance.deletions.clear()
    result = scene.sync(Wanted(("leads",), full=True))
    assert (result.state, result.streams[0].deleted) == ("success", 1)
    assert stands(scene, "lead") == scene.subject.expected(scene.service)["lead"]
    name = scene.warehouse.capabilities.qualified("source", "activity_delete_lead")
    told = scene.warehouse.query(f"SELECT lead_id FROM {name} WHERE NOT _fivetran_deleted")
    assert told.column("lead_id").to_pylist() == [1006]


@pytest.mark.parametrize("subject", [{"start": "2025-10-01", "page_within_hours": 0}], indirect=True)
def test_a_long_time_is_read_in_exports_of_a_month(scene: Scene) -> None:
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)
    kinds = [job.kind for job in service_of(scene.service).exports.held.values()]
    assert (kinds.count("leads"), kinds.count("activities")) == (4, 4)


def test_a_clock_that_is_ahead_of_marketos_leaves_nothing_out(scene: Scene) -> None:
    scene.sync(MAIN)
    scene.settle()
    there = scene.service.clock.now()
    ahead = StillClock(there + timedelta(days=90))  # and moves nobody else's
    scene.clock = ahead
    scene.budget = MemoryBudget(ahead)
    scene.subject.change(scene.service)
    landing = Landing(scene.warehouse, "source", ahead)
    for _ in range(2):
        with closing(scene.opened()) as connector:
            assert Sync("source", connector, landing, scene.ledger, ahead).run(MAIN).state == "success"
        assert_main_equal(scene)
        scene.subject.change(scene.service)


def test_a_range_brings_what_changed_in_it(scene: Scene) -> None:
    begin = scene.subject.start
    wanted = Wanted(("leads", "activities"), since=begin, until=begin + timedelta(hours=3))
    assert scene.sync(wanted).state == "success"
    changed = {
        str(number)
        for number, one in instance_of(scene.service).leads.items()
        if moment(one["updatedAt"]) < begin + timedelta(hours=3)
    }
    assert set(stands(scene, "lead")) == changed
    assert scene.sync(MAIN).state == "success"
    assert_main_equal(scene)


def test_an_email_that_changed_keeps_what_it_was(scene: Scene) -> None:
    instance = instance_of(scene.service)
    scene.sync(Wanted(("emails",)))
    number, email = next(iter(instance.emails.items()))
    scene.settle()
    instance.touch(email, scene.service.clock.now(), subject={"type": "Text", "value": "Hello again"})
    scene.sync(Wanted(("emails",)))
    name = scene.warehouse.capabilities.qualified("source", "email_template_history")
    found = scene.warehouse.query(f"SELECT subject FROM {name} WHERE id = ? ORDER BY updated_at", [number])
    assert found.column("subject").to_pylist() == ["Welcome", "Hello again"]


def test_an_activity_of_a_type_that_is_not_listed_is_kept(scene: Scene) -> None:
    instance = instance_of(scene.service)
    instance.note(scene.service.clock.now(), 100_007, 1001, None, (7, "Booth"), {"Score": 3})
    assert scene.sync(MAIN).state == "success"
    name = scene.warehouse.capabilities.qualified("source", "activity_other")
    found = scene.warehouse.query(f"SELECT activity_type_id, attributes FROM {name}").to_pylist()
    assert found == [{"activity_type_id": 100_007, "attributes": '{"Score":3}'}]


@pytest.mark.parametrize("subject", [{"activity_types": ["Send Email", "Open Email"]}], indirect=True)
def test_types_that_are_named_are_read_alone(scene: Scene) -> None:
    assert scene.sync(MAIN).state == "success"
    tables = {name for name in scene.warehouse.columns("source") if name.startswith("activity_")}
    assert tables == {
        "activity_send_email", "activity_open_email", "activity_delete_lead", "activity_other",
    }  # fmt: skip
    expected = scene.subject.expected(scene.service)["activity_open_email"]
    assert stands(scene, "activity_open_email") == expected


@pytest.mark.parametrize("subject", [{"activity_types": ["Send Mail"]}], indirect=True)
def test_a_type_that_the_instance_has_not_is_refused_with_those_it_has(scene: Scene) -> None:
    with closing(scene.opened()) as connector, pytest.raises(ConfigError, match=r"'Send Mail'.*Send Email"):
        connector.streams()


@pytest.mark.parametrize("subject", [{"members_hours": 24}], indirect=True)
def test_members_are_read_now_and_then(scene: Scene) -> None:
    scene.sync(Wanted(("list_members",)))
    before = stands(scene, "list_membership")
    instance = instance_of(scene.service)
    (number,) = instance.listed
    instance.remove_from_list(number, 1001, scene.service.clock.now())
    scene.sync(Wanted(("list_members",)))
    assert stands(scene, "list_membership") == before
    scene.clock.advance(86_400)
    scene.sync(Wanted(("list_members",)))
    assert stands(scene, "list_membership") == scene.subject.expected(scene.service)["list_membership"]
    assert len(before) == len(stands(scene, "list_membership")) + 1


@pytest.mark.parametrize("subject", [{"start": "2025-10-01"}], indirect=True)
def test_the_check_says_what_a_first_reading_takes(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        findings = {one.what: one for one in connector.check()}
    assert "4 exports each" in findings["start"].detail


@pytest.mark.parametrize("subject", [{"client_secret": "wrong"}], indirect=True)
def test_a_wrong_secret_is_told_by_the_check(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        (finding,) = connector.check()
    assert not finding.is_good
    assert "invalid_client" in finding.detail


@pytest.mark.parametrize("subject", [{"reserve_calls": 49_990}], indirect=True)
def test_calls_that_are_reserved_are_left_to_others(scene: Scene) -> None:
    with closing(scene.opened()) as connector:
        findings = {one.what: one for one in connector.check()}
    assert findings["quota"].is_good
    result = scene.sync(MAIN)
    assert result.state in ("partial", "failed")
    assert scene.service.left()[0] >= 49_985


def test_addresses_that_are_not_kept_stand_in_no_change_either(scene: Scene) -> None:
    instance = instance_of(scene.service)
    instance.keep_lead({"email": "other@company1.example", "title": "Countess"}, scene.clock.now(), 1001)
    reader = MarketoSubject(keep_emails=False)
    hidden = Scene(reader, scene.service, scene.base_url, scene.warehouse, scene.folder)
    hidden.clock = scene.clock
    assert hidden.sync(MAIN).state == "success"
    name = scene.warehouse.capabilities.qualified("source", "activity_change_data_value")
    found = scene.warehouse.query(
        f"SELECT primary_attribute_value AS field, new_value FROM {name} WHERE lead_id = 1001"
    ).to_pylist()
    values = {one["field"]: one["new_value"] for one in found}
    assert (values["Email Address"], values["Job Title"]) == (None, "Countess")
