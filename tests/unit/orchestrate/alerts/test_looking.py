from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.orchestrate.alerts import AlertSettings, ExpectedReview, ExpectedSync, Lookout
from mainstem.store.activations import Plans, PlanSightings
from mainstem.store.alerts import Outbox, Sightings
from mainstem.store.connectors import KeptStream, SyncRuns, SyncSightings
from mainstem.store.runs import Leases, RunRecords
from mainstem.testing.runner import now

if TYPE_CHECKING:
    from mainstem.store import Database


def lookout(database: Database, *, expects_runner: bool) -> Lookout:
    return Lookout(
        RunRecords(database),
        Sightings(database),
        Outbox(database),
        AlertSettings(runner_silent_after_s=60),
        expects_runner=expects_runner,
    )


def test_where_no_runner_is_set_to_run_the_dags_none_is_missed_unless_one_works(database: Database) -> None:
    assert lookout(database, expects_runner=True).look(now()).is_run_here
    elsewhere = lookout(database, expects_runner=False)
    assert not elsewhere.look(now()).is_run_here
    Leases(database).register("host-1", "host", "m", 7, 1)
    assert elsewhere.look(now()).is_run_here
    assert not elsewhere.look(now() + timedelta(minutes=2)).is_run_here
    Leases(database).leave("host-1")
    assert not elsewhere.look(now()).is_run_here


def test_runs_of_connectors_are_looked_at_where_there_are_connectors(database: Database) -> None:
    runs, at = SyncRuns(database), now()
    run_id = runs.begin("helpdesk", "zendesk", "incremental", at)
    values = (at, at, 5, 0, 0, 0, 0, 0.0, None)
    runs.note_stream(KeptStream(run_id, "tickets", "success", *values, at, ""))
    runs.note_stream(KeptStream(run_id, "users", "failed", *values, None, "403"))
    runs.finish(run_id, at, "partial")
    watching = lookout(database, expects_runner=True)
    watching.syncs = SyncSightings(database)
    assert not watching.look(at).fresh
    watching.connectors = (ExpectedSync("helpdesk", "sync_helpdesk"),)
    seen = watching.look(at)
    assert [(one.stream, one.complete_through) for one in seen.fresh] == [("tickets", at), ("users", None)]
    assert [(one.stream, one.problem) for one in seen.partial] == [("users", "403")]
    assert [(one.stream, one.rows) for one in seen.brought] == [("tickets", 5)]


def test_plans_are_looked_at_while_an_activation_asks_a_person(database: Database) -> None:
    at = now()
    plan = Plans(database).begin("usage", "crm", "Account", b"1", None, at, "ann")
    Plans(database).made(plan, "planned", {"update": 2}, [], "")
    review = ExpectedReview("usage", "activate_usage", timedelta(days=1))
    asking = {at: (review,)}
    watching = lookout(database, expects_runner=True)
    watching.plans = PlanSightings(database)
    watching.reviews = lambda moment: asking.get(moment, ())
    seen = watching.look(at)
    assert seen.reviews == (review,)
    assert [(one.id, one.updates, one.since) for one in seen.plans] == [(plan, 2, at)]
    assert not watching.look(at + timedelta(seconds=1)).plans
