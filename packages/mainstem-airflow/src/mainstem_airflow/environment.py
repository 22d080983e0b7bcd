"""The environment that every try gets: which DAG, task, run, try and interval it is.

Promise: the same names and the same values as the embedded runner's. They are templates that Airflow
renders, and the only ones: what a manifest says is passed on as it is.
"""

from __future__ import annotations

from types import MappingProxyType

_DATE = "{{{{ dag_run.{0}.isoformat() if dag_run.{0} else '' }}}}"

RUN_ENVIRONMENT = MappingProxyType(
    {
        "MAINSTEM_DAG_ID": "{{ dag_run.dag_id }}",
        "MAINSTEM_TASK_ID": "{{ ti.task_id }}",
        "MAINSTEM_RUN_ID": "{{ run_id }}",
        "MAINSTEM_TRY_NUMBER": "{{ ti.try_number }}",
        "MAINSTEM_LOGICAL_DATE": _DATE.format("logical_date"),
        "MAINSTEM_DATA_INTERVAL_START": _DATE.format("data_interval_start"),
        "MAINSTEM_DATA_INTERVAL_END": _DATE.format("data_interval_end"),
    }
)
"""Dates are ISO 8601 with an offset; empty for runs that have none, as those that assets start."""
