"""What to tell of what has ended: tries that failed, runs that were too long, and those that are well
again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.manifest.durations import written
from mainstem.orchestrate.alerts.wording import age
from mainstem.store.runs import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mainstem.orchestrate.alerts.sight import Pointers, Sight
    from mainstem.store.alerts import EndedRun, EndedTry


def failures(sight: Sight, pointers: Pointers) -> Iterator[Alert]:
    """`failure` for a task's last try, `retry` for one that another follows."""
    for one in sight.tries:
        kind = "failure" if one.state == "failed" else "retry"
        yield Alert(
            key=key_of(one),
            at=one.end_date or sight.now,
            kind=kind,
            dag_id=one.dag_id,
            run_id=one.run_id,
            task_id=one.task_id,
            try_number=one.try_number,
            title=f"{one.dag_id}.{one.task_id} failed" + ("" if kind == "failure" else ", is tried again"),
            body=_of_try(one, pointers),
        )


def key_of(one: EndedTry) -> str:
    kind = "failure" if one.state == "failed" else "retry"
    return f"{kind}:{one.dag_id}:{one.run_id}:{one.task_id}:{one.try_number}"


def _of_try(one: EndedTry, pointers: Pointers) -> str:
    last = max(one.max_tries, one.try_number)
    lines = [
        f"{one.reason or 'failed'} · try {one.try_number} of {last} · {one.run_id}",
        pointers.task(one.dag_id, one.run_id, one.task_id),
        f"mainstem runs log {one.dag_id} {one.task_id} --run {one.run_id} --try {one.try_number}",
    ]
    return "\n".join([*lines, *(f"> {line}" for line in pointers.log_tail(one))])


def timeouts(sight: Sight, pointers: Pointers) -> Iterator[Alert]:
    """Runs that `dagrun_timeout` ended."""
    for run in sight.runs:
        if (run.dag_id, run.run_id) in sight.timed_out:
            known = sight.dags.get(run.dag_id)
            limit = known.dag.dagrun_timeout if known else None
            after = "" if limit is None else f" after {written(limit)}"
            yield _of_run(
                run, "timeout", f"{run.dag_id} was ended: its run timed out{after}", pointers, run.end_date
            )


def set_aside(sight: Sight, pointers: Pointers) -> Iterator[Alert]:
    """Runs that the runner failed, so that the others go on."""
    for run in sight.runs:
        if (run.dag_id, run.run_id) in sight.set_aside:
            title = f"a run of {run.dag_id} was set aside and failed: its records contradict themselves"
            yield _of_run(run, "failure", title, pointers, run.end_date)


def recoveries(sight: Sight, pointers: Pointers) -> Iterator[Alert]:
    """The first success of a DAG after a failure that was told of."""
    for run in sight.runs:
        if run.state != "success" or run.failed_since is None or run.failed_since < sight.watching_since:
            continue
        runs = "1 failed run" if run.failures == 1 else f"{run.failures} failed runs"
        title = f"{run.dag_id} is well again, after {runs} in {age(run.end_date, run.failed_since)}"
        yield _of_run(run, "recovery", title, pointers, run.end_date)


def _of_run(run: EndedRun, kind: str, title: str, pointers: Pointers, at: datetime) -> Alert:
    # A run that was cleared is another occasion: its time of queueing is new.
    key = f"{kind}:{run.dag_id}:{run.run_id}:{run.queued_at.isoformat()}"
    body = f"{run.run_id}\n{pointers.run(run.dag_id, run.run_id)}"
    return Alert(key=key, at=at, kind=kind, dag_id=run.dag_id, run_id=run.run_id, title=title, body=body)
