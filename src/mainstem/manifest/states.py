"""States of runs and of tasks, named as Airflow names them."""

from __future__ import annotations

from typing import Literal

DagRunState = Literal["queued", "running", "success", "failed"]
TaskState = Literal[
    "scheduled",
    "queued",
    "running",
    "success",
    "failed",
    "up_for_retry",
    "upstream_failed",
    "skipped",
    "removed",
]
"""A task of a run that nothing has been decided of yet has none: `None`, as in Airflow."""

FINISHED: frozenset[TaskState] = frozenset({"success", "failed", "upstream_failed", "skipped", "removed"})
"""Nothing more happens to it, unless somebody clears it."""
TERMINAL_FAILURES: frozenset[TaskState] = frozenset({"failed", "upstream_failed"})
