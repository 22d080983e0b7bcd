"""What is to be done next, decided purely: plain values in, steps out; no I/O, no clock, no chance.

Promise: every answer is Airflow's. Who calls carries the steps out, in their order, each only if what was
before still is.

A turn of a scheduler: `scheduled_runs` and `asset_run` for each DAG, `start_runs` for what is queued,
`decide` for each run, `give_places` for all that wait. A paused DAG takes no part, but what runs of it goes
on; `started` and `ended` tell of its tries as of any. `clear`, `mark_tasks`, `mark_run` and `backfill` are
what people ask.
"""

from __future__ import annotations

from mainstem.orchestrate.decisions.asset_schedule import WaitingAsset, asset_run
from mainstem.orchestrate.decisions.backfilling import BackfillTick, Reprocess, backfill, plan_backfill
from mainstem.orchestrate.decisions.clearing import STOPPED_FOR_CLEARING, Selection, clear
from mainstem.orchestrate.decisions.cron import Ticks
from mainstem.orchestrate.decisions.lateness import in_the_way, missed_tick, over_sla
from mainstem.orchestrate.decisions.marking import Marked, mark_run, mark_tasks
from mainstem.orchestrate.decisions.outcomes import ended, started
from mainstem.orchestrate.decisions.places import Candidate, give_places
from mainstem.orchestrate.decisions.relatives import downstream_of, upstream_of
from mainstem.orchestrate.decisions.retries import retry_delay
from mainstem.orchestrate.decisions.run_states import RUN_TIMED_OUT, SET_ASIDE, decide, next_moment
from mainstem.orchestrate.decisions.starting import start_runs
from mainstem.orchestrate.decisions.steps import AddRun, AddTask, ChangeRun, ChangeTask, Step, StopTry
from mainstem.orchestrate.decisions.timetable import manual_run, next_tick, scheduled_runs, ticks_ahead
from mainstem.orchestrate.decisions.trigger_rules import Upstream, verdict

__all__ = [
    "RUN_TIMED_OUT",
    "SET_ASIDE",
    "STOPPED_FOR_CLEARING",
    "AddRun",
    "AddTask",
    "BackfillTick",
    "Candidate",
    "ChangeRun",
    "ChangeTask",
    "Marked",
    "Reprocess",
    "Selection",
    "Step",
    "StopTry",
    "Ticks",
    "Upstream",
    "WaitingAsset",
    "asset_run",
    "backfill",
    "clear",
    "decide",
    "downstream_of",
    "ended",
    "give_places",
    "in_the_way",
    "manual_run",
    "mark_run",
    "mark_tasks",
    "missed_tick",
    "next_moment",
    "next_tick",
    "over_sla",
    "plan_backfill",
    "retry_delay",
    "scheduled_runs",
    "start_runs",
    "started",
    "ticks_ahead",
    "upstream_of",
    "verdict",
]
