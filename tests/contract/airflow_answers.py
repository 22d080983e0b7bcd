"""Run by Airflow's interpreter, never by ours: Airflow's own answers to the cases on standard input.

It calls the code that Airflow's scheduler decides with, and imports nothing of Mainstem.
"""
# mypy: ignore-errors
# Airflow is in an environment of its own, where mypy does not look.

from __future__ import annotations

import json
import sys
from datetime import timedelta
from types import SimpleNamespace

import airflow.timetables.trigger as trigger_timetables
import pendulum
from airflow.models.taskinstance import TaskInstance
from airflow.task.trigger_rule import TriggerRule
from airflow.ti_deps.deps.trigger_rule_dep import TriggerRuleDep
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.utils.state import State, TaskInstanceState


def main() -> None:
    cases = json.load(sys.stdin)
    answers = {
        "rules": [rule(*case) for case in cases["rules"]],
        "ticks": [ticks(**case) for case in cases["ticks"]],
        "delays": [delay(**case) for case in cases["delays"]],
    }
    json.dump(answers, sys.stdout)


def rule(name, states):
    before = [
        SimpleNamespace(task_id=f"u{at}", is_setup=False, get_needs_expansion=lambda: False)
        for at in range(len(states))
    ]
    task = SimpleNamespace(
        upstream_task_ids={one.task_id for one in before},
        upstream_list=before,
        trigger_rule=TriggerRule(name),
        is_teardown=False,
        get_upstreams_only_setups=list,
        get_closest_mapped_task_group=lambda: None,
    )
    finished = [
        SimpleNamespace(task_id=one.task_id, task=one, state=TaskInstanceState(state), map_index=-1)
        for one, state in zip(before, states, strict=True)
        if state and TaskInstanceState(state) in State.finished
    ]
    became = []
    instance = SimpleNamespace(
        task=task,
        map_index=-1,
        set_state=lambda state, session=None: became.append(str(state)) or True,
        get_dagrun=lambda session=None: None,
    )
    context = SimpleNamespace(
        flag_upstream_failed=True,
        wait_for_past_depends_before_skipping=False,
        have_changed_ti_states=False,
        ensure_finished_tis=lambda run, session=None: finished,
    )
    statuses = list(TriggerRuleDep()._get_dep_statuses(instance, context, session=None))
    if all(status.passed for status in statuses):
        return "run"
    return became[0] if became else None


def ticks(expression, timezone, moment, last, start, end, catchup):
    timetable = trigger_timetables.CronTriggerTimetable(expression, timezone=timezone)
    now, last, start, end = (text and pendulum.parse(text) for text in (moment, last, start, end))
    trigger_timetables.utcnow = lambda: now
    info = timetable.next_dagrun_info(
        last_automated_data_interval=last and DataInterval.exact(last),
        restriction=TimeRestriction(start, end, catchup),
    )
    found = [
        timetable._get_next(now),
        timetable._get_prev(now),
        timetable._align_to_next(now),
        timetable._align_to_prev(now),
        info and info.logical_date,
    ]
    return [one and one.in_timezone("UTC").isoformat() for one in found]


def delay(dag_id, task_id, date, number, seconds, backoff, longest):
    task = SimpleNamespace(
        retry_delay=timedelta(seconds=seconds),
        retry_exponential_backoff=backoff,
        max_retry_delay=None if longest is None else timedelta(seconds=longest),
    )
    end = pendulum.datetime(2026, 1, 1)
    instance = SimpleNamespace(
        retry_delay_override=None,
        task=task,
        try_number=number,
        dag_id=dag_id,
        task_id=task_id,
        logical_date=date and pendulum.parse(date),
        end_date=end,
        log=SimpleNamespace(warning=lambda *_: None),
    )
    return (TaskInstance.next_retry_datetime(instance) - end).total_seconds()


if __name__ == "__main__":
    main()
