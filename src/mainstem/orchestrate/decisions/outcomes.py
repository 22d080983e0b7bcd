"""What a task becomes once its try has ended.

Promise: nothing but exit code 0 is a success. A try whose end was not seen has failed. What somebody has
decided meanwhile (cleared it, marked it) is not overwritten.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mainstem.orchestrate.decisions.retries import retry_delay
from mainstem.orchestrate.decisions.steps import ChangeTask

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.manifest import DagRun, Task, TaskInstance
    from mainstem.orchestrate.runtime import Outcome


def started(instance: TaskInstance, runner: str, handle: str, now: datetime) -> ChangeTask:
    """Its program runs."""
    after = replace(instance, state="running", start_date=now, runner=runner, handle=handle)
    return ChangeTask(instance, after)


def ended(
    task: Task, run: DagRun, instance: TaskInstance, outcome: Outcome, now: datetime
) -> ChangeTask | None:
    """None: the try that `outcome` is of is no longer one that runs, or waits to."""
    if instance.state not in ("running", "queued"):
        return None
    over = replace(
        instance,
        start_date=instance.start_date or now,
        end_date=now,
        exit_code=outcome.exit_code,
        reason=reason(task, outcome),
        next_retry_at=None,
    )
    if outcome.ended == "exited" and outcome.exit_code == 0:
        return ChangeTask(instance, replace(over, state="success"))
    if outcome.ended == "exited" and outcome.exit_code in task.skip_on_exit_code:
        return ChangeTask(instance, replace(over, state="skipped"))
    if instance.try_number < instance.max_tries:
        delay = retry_delay(task, run.dag_id, run.logical_date, instance.try_number)
        return ChangeTask(instance, replace(over, state="up_for_retry", next_retry_at=now + delay))
    return ChangeTask(instance, replace(over, state="failed"))


def reason(task: Task, outcome: Outcome) -> str:
    """In words; empty for a success that its runtime says nothing of."""
    if outcome.reason:
        return outcome.reason
    match outcome.ended:
        case "exited":
            return "" if outcome.exit_code == 0 else f"exit {_code(outcome)}"
        case "oom_killed":
            return "killed: out of memory"
        case "timed_out":
            after = "" if task.execution_timeout is None else f" after {_seconds(task.execution_timeout)}"
            return f"timed out{after}"
        case "killed":
            return "killed by a signal"
        case "lost":
            return "lost: it is gone and left no exit code"


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else str(timedelta(seconds=round(seconds)))


def _code(outcome: Outcome) -> str:
    return "code unknown" if outcome.exit_code is None else str(outcome.exit_code)
