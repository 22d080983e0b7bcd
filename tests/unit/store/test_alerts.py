from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.store.alerts import Outbox, Sightings
from mainstem.store.alerts.outbox import DELIVERIES, IN_HAND, WATCH
from mainstem.store.runs import Alert, RunRecords

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.store import Database
    from mainstem.store.table import Table

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def alert(key: str = "failure:d:r:t:1", run_id: str = "r", at: datetime = NOW) -> Alert:
    return Alert(key, at, "failure", "d", "d.t failed", "exit 1", run_id, "t", 1)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.mark.parametrize("table", [DELIVERIES, WATCH], ids=lambda table: table.name)
def test_the_tables_are_as_the_statements_need_them(
    columns_of: Callable[[Table], dict[str, str]], table: Table
) -> None:
    assert columns_of(table) == table.columns


def test_a_key_is_written_once(outbox: Outbox) -> None:
    assert outbox.add(alert(), {"team": NOW})
    assert not outbox.add(alert(), {"team": NOW, "boss": NOW})
    assert [one.target for one in outbox.due(NOW)] == ["team"]
    assert outbox.known(["failure:d:r:t:1", "other"]) == {"failure:d:r:t:1"}


def test_an_alert_is_due_from_its_moment_until_it_was_told(outbox: Outbox) -> None:
    outbox.add(alert(), {"team": NOW + MINUTE})
    assert outbox.due(NOW) == []
    (parcel,) = outbox.due(NOW + MINUTE)
    assert (parcel.key, parcel.title, parcel.was_begun, parcel.tries) == (
        "failure:d:r:t:1",
        "d.t failed",
        False,
        0,
    )
    outbox.begin("team", [parcel.key], "m1", NOW)
    outbox.sent("team", [parcel.key], NOW + MINUTE)
    assert outbox.due(NOW + 9 * MINUTE) == []


def test_what_is_due_of_a_dag_takes_along_what_else_there_is_to_tell_of_it(outbox: Outbox) -> None:
    outbox.add(alert("bad"), {"team": NOW + MINUTE, "boss": NOW + MINUTE})
    outbox.add(alert("good", at=NOW + MINUTE / 2), {"team": NOW})
    assert [(one.target, one.key) for one in outbox.due(NOW)] == [("team", "bad"), ("team", "good")]


def test_each_place_is_told_by_itself(outbox: Outbox, database: Database) -> None:
    outbox.add(alert(), {"team": NOW, "boss": NOW})
    outbox.sent("team", ["failure:d:r:t:1"], NOW)
    assert [one.target for one in outbox.due(NOW)] == ["boss"]
    assert RunRecords(database).alerts(1)[0].sent_at is None
    outbox.sent("boss", ["failure:d:r:t:1"], NOW + MINUTE)
    assert RunRecords(database).alerts(1)[0].sent_at == NOW + MINUTE


def test_a_message_whose_sender_died_is_sent_again_and_says_so(outbox: Outbox) -> None:
    outbox.add(alert(), {"team": NOW})
    assert outbox.begin("team", ["failure:d:r:t:1"], "m1", NOW)
    assert outbox.due(NOW + IN_HAND) == []
    (parcel,) = outbox.due(NOW + IN_HAND + MINUTE)
    assert parcel.was_begun


def test_of_two_who_tell_at_once_one_does(outbox: Outbox) -> None:
    for key in ("a", "b", "c"):
        outbox.add(alert(key), {"team": NOW})
    assert outbox.begin("team", ["a", "b"], "m1", NOW)
    assert not outbox.begin("team", ["b", "c"], "m2", NOW)
    assert [one.key for one in outbox.due(NOW)] == ["c"]
    outbox.sent("team", ["a", "b"], NOW)
    assert not outbox.begin("team", ["a"], "m3", NOW + 9 * MINUTE)


def test_one_that_was_not_taken_waits_and_says_why(outbox: Outbox) -> None:
    outbox.add(alert(), {"team": NOW})
    outbox.begin("team", ["failure:d:r:t:1"], "m1", NOW)
    outbox.failed("team", ["failure:d:r:t:1"], "403", NOW + MINUTE, NOW)
    assert outbox.due(NOW) == []
    (parcel,) = outbox.due(NOW + MINUTE)
    assert (parcel.tries, parcel.was_begun) == (1, False)
    (delivery,) = outbox.deliveries([parcel.key])
    assert (delivery.attempts, delivery.problem, delivery.given_up_at) == (1, "403", None)


def test_one_that_is_given_up_stays_in_sight(outbox: Outbox) -> None:
    outbox.add(alert(), {"team": NOW})
    outbox.failed("team", ["failure:d:r:t:1"], "403", None, NOW + MINUTE)
    assert outbox.due(NOW + 60 * MINUTE) == []
    assert outbox.deliveries(["failure:d:r:t:1"])[0].given_up_at == NOW + MINUTE


def test_when_a_place_was_last_told_of_a_dag_and_how_much(outbox: Outbox) -> None:
    for number, run in enumerate(["r", "r", "s"]):
        outbox.add(alert(f"k{number}", run), {"team": NOW})
    outbox.begin("team", ["k0", "k1"], "m1", NOW)
    outbox.sent("team", ["k0", "k1"], NOW)
    outbox.begin("team", ["k2"], "m2", NOW)
    outbox.sent("team", ["k2"], NOW + MINUTE)
    assert outbox.last_told(NOW) == {("team", "d"): NOW + MINUTE}
    assert outbox.messages_since(NOW) == {"team": 2}
    assert outbox.messages_since(NOW + MINUTE) == {"team": 1}


def test_nobody_forgets_since_when_somebody_watches(outbox: Outbox) -> None:
    assert outbox.watching_since(NOW) == NOW
    assert outbox.watching_since(NOW + MINUTE) == NOW


def test_it_is_known_when_somebody_looked_and_who_takes_nothing(outbox: Outbox) -> None:
    assert outbox.looked_at() is None
    outbox.watching_since(NOW)
    outbox.watching_since(NOW + MINUTE)
    assert outbox.looked_at() == NOW + MINUTE
    outbox.add(alert(), {"team": NOW, "boss": NOW})
    outbox.failed("team", ["failure:d:r:t:1"], "403", NOW + MINUTE, NOW)
    assert outbox.untold() == {"team": "403"}
    outbox.sent("team", ["failure:d:r:t:1"], NOW)
    assert outbox.untold() == {}


def test_old_alerts_are_forgotten_unless_somebody_waits_for_them(outbox: Outbox, database: Database) -> None:
    outbox.add(alert("told"), {"team": NOW})
    outbox.sent("team", ["told"], NOW)
    outbox.add(alert("waits"), {"team": NOW})
    outbox.add(alert("nobody's"), {})
    outbox.add(alert("young", at=NOW + MINUTE), {})
    assert outbox.prune(NOW + MINUTE) == 2
    assert {one.key for one in RunRecords(database).alerts(9)} == {"waits", "young"}


def run(database: Database, run_id: str, state: str, minutes: int) -> None:
    database.run("INSERT INTO manifests VALUES ('m', '{}', %(now)s) ON CONFLICT DO NOTHING", {"now": NOW})
    database.run(
        "INSERT INTO dag_runs (dag_id, run_id, run_type, state, queued_at, start_date, end_date, manifest, "
        "triggered_by) VALUES ('d', %(id)s, 'manual', %(state)s, %(begin)s, %(begin)s, %(end)s, 'm', 'x')",
        {"id": run_id, "state": state, "begin": NOW, "end": NOW + minutes * MINUTE},
    )


def test_a_run_knows_how_those_before_it_ended(database: Database) -> None:
    for minutes, state in enumerate(["success", "failed", "failed", "success", "success"]):
        run(database, f"r{minutes}", state, minutes)
    ended = Sightings(database).ended_runs(NOW + 2 * MINUTE)
    assert [(one.run_id, one.before, one.failures) for one in ended] == [
        ("r2", "failed", 1),
        ("r3", "failed", 2),
        ("r4", "success", 0),
    ]
    assert ended[1].failed_since == NOW + MINUTE


def test_tries_that_failed_are_seen_in_the_order_of_their_ends(database: Database) -> None:
    run(database, "r", "failed", 9)
    for task, state, minutes in [("b", "failed", 2), ("a", "up_for_retry", 1), ("c", "success", 3)]:
        database.run(
            "INSERT INTO task_instances (dag_id, run_id, task_id, state, try_number, max_tries, pool, "
            "pool_slots) VALUES ('d', 'r', %(task)s, %(state)s, 1, 3, 'p', 1)",
            {"task": task, "state": state},
        )
        database.run(
            "INSERT INTO tries (dag_id, run_id, task_id, try_number, state, start_date, end_date, log, "
            "runner) VALUES ('d', 'r', %(task)s, 1, %(state)s, %(now)s, %(end)s, 'l', 'x')",
            {"task": task, "state": state, "now": NOW, "end": NOW + minutes * MINUTE},
        )
    sightings = Sightings(database)
    assert [(one.task_id, one.max_tries) for one in sightings.ended_tries(NOW, "cleared")] == [
        ("a", 3),
        ("b", 3),
    ]
    assert [one.task_id for one in sightings.ended_tries(NOW + 2 * MINUTE, "cleared")] == ["b"]
    assert sightings.newest_runs()["d"].run_id == "r"
