"""When a try that failed is tried again: Airflow's formula, to the second.

With a backoff the delay is doubled by up to as much again, so that many tasks that failed together do not
come back together. How much is no chance but a digest of the try, so every scheduler that is asked says the
same.
"""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.manifest import Task

LONGEST = 24 * 60 * 60.0
"""Seconds: Airflow's `core.max_task_retry_delay`, of delays that grow."""


def retry_delay(task: Task, dag_id: str, logical_date: datetime | None, try_number: int) -> timedelta:
    """After the try `try_number` has failed.

    Without a backoff `retry_delay`, whatever `max_retry_delay` says. With one, `retry_delay` ×
    backoff^(try_number − 1), rounded up to whole seconds, and up to as much again; no longer than
    `max_retry_delay`, nor a day.
    """
    backoff = task.retry_exponential_backoff
    if backoff in (0, 1):
        return timedelta(seconds=task.retry_delay)
    least = _least(task.retry_delay, backoff, try_number)
    seconds = min(least + _spread(dag_id, task.task_id, logical_date, try_number) % least, LONGEST)
    return timedelta(seconds=min(seconds, task.max_retry_delay or seconds))


def _least(delay: float, backoff: float, try_number: int) -> int:
    try:
        return max(1, math.ceil(delay * backoff ** (try_number - 1)))
    except OverflowError:
        return int(LONGEST)


def _spread(dag_id: str, task_id: str, logical_date: datetime | None, try_number: int) -> int:
    moment = None if logical_date is None else logical_date.astimezone(UTC)
    key = f"{dag_id}#{task_id}#{moment}#{try_number}"
    return int(hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest(), 16)
