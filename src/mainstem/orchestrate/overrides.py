"""What a project says about DAGs that stages offer: `[orchestrate.dags.<dag_id>]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import ConfigError
from mainstem.manifest import CronSchedule
from mainstem.manifest.durations import VALID, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.config import Config
    from mainstem.manifest import Dag, Task
    from mainstem.orchestrate.settings import DagSettings, TaskSettings

_TASK = ("retries", "retry_delay", "execution_timeout", "pool", "priority_weight", "image", "owner")
_DAG = ("is_paused_upon_creation", "catchup", "max_active_runs", "dagrun_timeout", "sla", "owner")
_DURATIONS = frozenset({"retry_delay", "execution_timeout", "dagrun_timeout", "sla"})


def overridden(dag: Dag, said: DagSettings, default_zone: str, config: Config) -> Dag:
    """`dag` with what `said` names. Raises ConfigError, with its line, for a task that `dag` does not have or
    a duration that is none."""
    section = f"orchestrate.dags.{dag.dag_id}"
    ids = {task.task_id for task in dag.tasks}
    for task_id in said.tasks:
        if task_id not in ids:
            place = config.place(f"{section}.tasks.{task_id}")
            raise ConfigError(place, f"{dag.dag_id} has no task {task_id!r}", ", ".join(sorted(ids)))
    tasks = []
    for task in dag.tasks:
        changed = _task(task, said, config, section)
        if task.task_id in said.tasks:
            changed = _task(changed, said.tasks[task.task_id], config, f"{section}.tasks.{task.task_id}")
        tasks.append(changed)
    return msgspec.structs.replace(
        dag,
        tasks=tuple(tasks),
        schedule=_schedule(dag, said, default_zone),
        **_given(said, _DAG, config, section),
    )


def _schedule(dag: Dag, said: DagSettings, default_zone: str) -> Any:
    schedule = dag.schedule
    if said.schedule is not None:
        zone = schedule.timezone if isinstance(schedule, CronSchedule) else default_zone
        schedule = CronSchedule(said.schedule, zone) if said.schedule else None
    if said.timezone is not None and isinstance(schedule, CronSchedule):
        schedule = msgspec.structs.replace(schedule, timezone=said.timezone)
    return schedule


def _task(task: Task, said: TaskSettings, config: Config, section: str) -> Task:
    env = {**task.env, **(said.env or {})}
    return msgspec.structs.replace(task, env=env, **_given(said, _TASK, config, section))


def _given(said: TaskSettings, names: tuple[str, ...], config: Config, section: str) -> Mapping[str, Any]:
    given = {name: getattr(said, name) for name in names if getattr(said, name) is not None}
    for name in given.keys() & _DURATIONS:
        if isinstance(given[name], str):
            seconds = seconds_of(given[name])
            if seconds is None:
                place = config.place(section, name)
                raise ConfigError(place, f"{name}: {given[name]!r} is no duration", VALID)
            given[name] = seconds
    return given
