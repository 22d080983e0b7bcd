"""Which queued runs begin: as many of a DAG as `max_active_runs` allows.

Promise: backfills and other runs of a DAG are counted apart, as in Airflow, and other runs begin before
backfills. A paused DAG's runs stay queued: they are not given here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mainstem.orchestrate.decisions.steps import ChangeRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun

BACKFILL_RUNS = 10
"""Runs of a backfill at once, where who asked for it did not say: Airflow's default."""


def start_runs(
    dags: Mapping[str, Dag],
    runs: Iterable[DagRun],
    now: datetime,
    backfill_runs: Mapping[str, int] | None = None,
) -> tuple[ChangeRun, ...]:
    """`runs` are those that are queued or running, of DAGs that are not paused. `backfill_runs`: how many
    runs of its backfill a DAG may have at once."""
    runs = list(runs)
    running = Counter((run.dag_id, run.run_type == "backfill") for run in runs if run.state == "running")
    started: list[ChangeRun] = []
    for run in sorted((run for run in runs if run.state == "queued"), key=_order):
        dag = dags.get(run.dag_id)
        if dag is None or (run.logical_date is not None and run.logical_date > now):
            continue
        backfill = run.run_type == "backfill"
        limit = (backfill_runs or {}).get(run.dag_id, BACKFILL_RUNS) if backfill else dag.max_active_runs
        if running[run.dag_id, backfill] < limit:
            running[run.dag_id, backfill] += 1
            after = replace(run, state="running", start_date=run.start_date or now, end_date=None)
            started.append(ChangeRun(run, after))
    return tuple(started)


def _order(run: DagRun) -> tuple[bool, datetime, str, str]:
    return (run.run_type == "backfill", run.logical_date or run.queued_at, run.dag_id, run.run_id)
