"""When a DAG is due by assets that have become new.

Promise: a run once each of its assets (`all`), or one of them (`any`), waits; that run is for all that wait.
What became new while the DAG was paused never waited, as in Airflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mainstem.manifest import AssetSchedule, DagRun
from mainstem.orchestrate.decisions.run_names import run_id_by_cause
from mainstem.orchestrate.decisions.steps import AddRun
from mainstem.orchestrate.decisions.timetable import ACTIVE_RUNS, instances_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag


class WaitingAsset(Protocol):
    """An asset that has become new since the last run of a DAG that is scheduled by it."""

    @property
    def asset(self) -> str: ...
    @property
    def event_id(self) -> int: ...
    @property
    def queued_at(self) -> datetime: ...


def due(schedule: AssetSchedule, waiting: Collection[str]) -> bool:
    """`waiting` names assets that are new."""
    wanted, new = set(schedule.assets), set(waiting)
    return wanted <= new if schedule.match == "all" else bool(wanted & new)


def asset_run(
    dag: Dag, waiting: Sequence[WaitingAsset], runs: Sequence[DagRun], now: datetime, manifest: str
) -> AddRun | None:
    """The run that is due by what waits for the DAG.

    `runs` holds at least those of the DAG that are queued or running: where `max_active_runs` leaves no room,
    assets wait on, and one run will be for them all. A paused DAG is not asked for.
    """
    if not isinstance(dag.schedule, AssetSchedule):
        return None
    if sum(run.state in ACTIVE_RUNS for run in runs) >= dag.max_active_runs:
        return None
    used = sorted((one for one in waiting if one.asset in dag.schedule.assets), key=lambda one: one.asset)
    if not due(dag.schedule, [one.asset for one in used]):
        return None
    run_after = max(one.queued_at for one in used)
    causes = [dag.dag_id, *(f"{one.asset}#{one.event_id}" for one in used)]
    run = DagRun(
        dag_id=dag.dag_id,
        run_id=run_id_by_cause("asset_triggered", run_after, causes),
        run_type="asset_triggered",
        state="queued",
        logical_date=None,
        data_interval_start=None,
        data_interval_end=None,
        queued_at=now,
        manifest=manifest,
        triggered_by="asset",
    )
    assets = tuple(one.asset for one in used)
    return AddRun(run, instances_of(dag, run.run_id), assets, run_after)
