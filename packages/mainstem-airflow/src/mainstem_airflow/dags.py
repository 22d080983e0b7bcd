"""DAGs of a manifest.

Promise: every field of the manifest becomes Airflow's field of that meaning. What is imported is what is run:
Kubernetes only for pods.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk import DAG

from mainstem_airflow.callbacks import Callbacks
from mainstem_airflow.manifest import read_manifest
from mainstem_airflow.operators import KubernetesOptions, LocalOptions, Options
from mainstem_airflow.schedules import assets, schedule_of

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

    from mainstem_airflow.callbacks import Callback
    from mainstem_airflow.manifest import Dag, Manifest, Task

OPTIONS: dict[str, type[Options]] = {"kubernetes": KubernetesOptions, "local": LocalOptions}


def build_dags(
    manifest: str | Path,
    *,
    operator: Literal["kubernetes", "local"] = "kubernetes",
    alerts: str | None = None,
    tags: tuple[str, ...] = (),
    on_failure_callback: Callback | None = None,
    on_retry_callback: Callback | None = None,
    on_success_callback: Callback | None = None,
    **options: Any,
) -> dict[str, DAG]:
    """DAGs by their id, for `globals().update(…)` in a file of Airflow's DAGs.

    `manifest` is the JSON file of `mainstem plan --json`, relative to the DAG file. `options` are the
    fields of KubernetesOptions or LocalOptions. Raises ManifestError, and TypeError for an unknown option.
    """
    caller = Path(sys._getframe(1).f_globals.get("__file__", "."))
    path = caller.parent / manifest
    if operator not in OPTIONS:
        raise TypeError(f"operator is {operator!r}; valid are {', '.join(OPTIONS)}")
    how = OPTIONS[operator].of(options, path.parent)
    callbacks = Callbacks.of(
        alerts, failure=on_failure_callback, retry=on_retry_callback, success=on_success_callback
    )
    plan = read_manifest(path)
    return {dag.dag_id: _dag(plan, dag, how, callbacks, tags, str(caller)) for dag in plan.dags}


def _dag(
    manifest: Manifest,
    dag: Dag,
    how: Options,
    callbacks: Callbacks,
    tags: tuple[str, ...],
    file: str,
) -> DAG:
    made = DAG(
        dag_id=dag.dag_id,
        description=dag.description or None,
        schedule=schedule_of(dag.schedule),
        start_date=dag.start_date,
        end_date=dag.end_date,
        catchup=dag.catchup,
        max_active_runs=dag.max_active_runs,
        max_active_tasks=dag.max_active_tasks,
        dagrun_timeout=_seconds(dag.dagrun_timeout),
        deadline=callbacks.deadline(dag.sla),
        is_paused_upon_creation=dag.is_paused_upon_creation,
        tags={"mainstem", manifest.project, *dag.tags, *tags},
        auto_register=False,
        **callbacks.of_runs,
    )
    made.fileloc = file
    operators = {
        task.task_id: how.operator(
            manifest, dag, task, {"dag": made, **_fields(dag, task), **callbacks.of_tasks}
        )
        for task in dag.tasks
    }
    _join(dag, operators)
    return made


def _fields(dag: Dag, task: Task) -> dict[str, Any]:
    """What every operator takes."""
    return {
        "task_id": task.task_id,
        "owner": task.owner or dag.owner or "mainstem",
        "doc_md": task.description or None,
        "trigger_rule": task.trigger_rule,
        "retries": task.retries,
        "retry_delay": timedelta(seconds=task.retry_delay),
        "retry_exponential_backoff": task.retry_exponential_backoff,
        "max_retry_delay": _seconds(task.max_retry_delay),
        "execution_timeout": _seconds(task.execution_timeout),
        "pool": task.pool,
        "pool_slots": task.pool_slots,
        "priority_weight": task.priority_weight,
        "weight_rule": "absolute",  # Airflow's default adds up the weights of all that follows
        "inlets": assets(task.inlets),
        "outlets": assets(task.outlets),
        "do_xcom_push": False,
    }


def _join(dag: Dag, operators: dict[str, BaseOperator]) -> None:
    for task in dag.tasks:
        if task.depends_on:
            operators[task.task_id].set_upstream([operators[name] for name in task.depends_on])


def _seconds(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
