"""What somebody who watches sees, for tests: a company's records at one moment, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mainstem.manifest import CronSchedule, Dag, DagRun, Task
from mainstem.orchestrate.alerts import KnownDag, Pointers, Sight
from mainstem.store.alerts import EndedRun, EndedTry
from mainstem.store.runs import Runner

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
NIGHTLY = Dag("nightly", (Task("build", ("true",)),), schedule=CronSchedule("0 3 * * *"), sla=3600.0)
POINTERS = Pointers("https://mainstem.example.org", lambda _: ("last line",))


def known(dag: Dag = NIGHTLY, *, is_paused: bool = False, last_tick: datetime | None = None) -> KnownDag:
    """Seen ten days ago."""
    return KnownDag(
        dag, is_paused, NOW - timedelta(days=10), last_tick or datetime(2026, 11, 23, 3, tzinfo=UTC)
    )


def sight(**changes: object) -> Sight:
    """All is well, but for `changes`: fields of Sight."""
    well: dict[str, object] = {
        "now": NOW,
        "since": NOW - timedelta(days=1),
        "watching_since": NOW - timedelta(days=9),
        "dags": {"nightly": known()},
        "runners": (runner(),),
    }
    return Sight(**(well | changes))  # type: ignore[arg-type] # as the caller says


def runner(heartbeat_at: datetime = NOW, ended_at: datetime | None = None) -> Runner:
    return Runner("host-1", "host", "m", 7, 1, NOW - timedelta(days=9), heartbeat_at, ended_at, NOW)


def ended_try(
    task_id: str = "build", state: str = "failed", try_number: int = 1, run_id: str = "r1"
) -> EndedTry:
    return EndedTry(
        "nightly", run_id, task_id, try_number, state, NOW, NOW, NOW, 3, "exit 3", "a/b.log", "host-1", "", 2
    )


def ended_run(state: str = "success", **changes: object) -> EndedRun:
    values: dict[str, object] = {
        "dag_id": "nightly",
        "run_id": "r1",
        "state": state,
        "queued_at": NOW - timedelta(minutes=10),
        "start_date": NOW - timedelta(minutes=9),
        "end_date": NOW,
        "before": "success",
        "failed_since": None,
        "failures": 0,
    }
    return EndedRun(**(values | changes))  # type: ignore[arg-type] # as the caller says


def active_run(state: str = "running", queued_at: datetime = NOW) -> DagRun:
    return DagRun("nightly", "r1", "scheduled", state, None, None, None, queued_at)  # type: ignore[arg-type]
