"""What Airflow calls when something has become of a task or a run: alerts, and a deployment's own.

Promise: a DAG's `sla` is a deadline counted from when a run is queued; it is missed also where nobody is
told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

Callback = Callable[[Any], Any]


@dataclass(frozen=True)
class Callbacks:
    of_tasks: dict[str, list[Callback]]
    """By the name of an operator's argument."""
    of_runs: dict[str, Any]
    """By the name of a DAG's argument."""
    alerts: str | None

    @classmethod
    def of(
        cls,
        alerts: str | None,
        *,
        failure: Callback | None = None,
        retry: Callback | None = None,
        success: Callback | None = None,
    ) -> Self:
        of_tasks: dict[str, list[Callback]] = {}
        of_runs: dict[str, Any] = {}
        if alerts:
            from mainstem_airflow.alerts import Alerts

            tell = Alerts(alerts)
            of_tasks = {"on_failure_callback": [tell.on_failure], "on_retry_callback": [tell.on_retry]}
            of_runs = {
                "on_failure_callback": [tell.on_run_failure],
                "on_success_callback": [tell.on_run_success],
            }
        given = {"on_failure_callback": failure, "on_retry_callback": retry, "on_success_callback": success}
        for name, called in given.items():
            if called:
                of_tasks.setdefault(name, []).append(called)
        return cls(of_tasks, of_runs, alerts)

    def deadline(self, sla: float | None) -> DeadlineAlert | None:
        """`sla`: seconds."""
        if sla is None:
            return None
        # By path, since the triggerer calls it, which knows no DAG file.
        if self.alerts:
            callback = AsyncCallback(
                "mainstem_airflow.alerts.tell_deadline_missed", {"conn_id": self.alerts, "sla": sla}
            )
        else:
            callback = AsyncCallback("mainstem_airflow.alerts.log_deadline_missed", {"sla": sla})
        return DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, timedelta(seconds=sla), callback)
