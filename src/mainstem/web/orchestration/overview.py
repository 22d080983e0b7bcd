"""The list of DAGs: what is wrong first, and why.

What did not run is as wrong as what failed, so it is looked for: a tick that is due and has no run, a run
that takes longer than its SLA, a DAG whose runner is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from mainstem.orchestrate.decisions import in_the_way, over_sla
from mainstem.web.orchestration.words import duration_words, schedule_words, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.web.orchestration.desk import KnownDag, SeenRunner

DUE_AFTER = timedelta(seconds=60)
"""A runner looks at its schedules more often than that; a tick that waits longer did not run. Alerts are more
patient (`[alerts] overdue_after_s`): whoever looks at a page is not woken by it."""

Standing = Literal["overdue", "failed", "running", "ok", "none", "paused"]
STANDINGS: dict[Standing, str] = {
    "overdue": "Did not run",
    "failed": "Failed",
    "running": "Running",
    "ok": "Succeeded",
    "none": "No run yet",
    "paused": "Paused",
}
"""In the order of the list."""


@dataclass(frozen=True)
class DagRow:
    known: KnownDag
    runs: tuple[DagRun, ...] = field(repr=False)
    """The oldest first, as they are drawn."""
    standing: Standing
    problem: str = ""
    """Why it stands among what is wrong, in a sentence."""

    @property
    def dag_id(self) -> str:
        return self.known.dag.dag_id

    @property
    def last(self) -> DagRun | None:
        return self.runs[-1] if self.runs else None

    @property
    def to_blame(self) -> DagRun | None:
        """The run that is what is wrong; None where nothing is, or no run is it."""
        if self.standing == "failed":
            return _last_ended(self.runs)
        under_way = [run for run in self.runs if run.state in ("queued", "running")]
        return under_way[0] if self.standing == "overdue" and under_way else None

    @property
    def schedule(self) -> str:
        return schedule_words(self.known.dag)


def dag_rows(
    dags: Sequence[KnownDag],
    recent: Mapping[str, Sequence[DagRun]],
    runners: Sequence[SeenRunner],
    now: datetime,
    why: Callable[[DagRun], str] = lambda run: "",
) -> list[DagRow]:
    """A row for each, what is wrong first, then by id.

    `recent` has the newest run first; `why` tells what failed in a run, and is asked only where the last did.
    """
    is_looked_after = any(runner.is_alive for runner in runners)
    rows = [
        _row(known, tuple(reversed(recent.get(known.dag_id, ()))), is_looked_after, now, why)
        for known in dags
        if not known.is_stale
    ]
    order = list(STANDINGS)
    return sorted(rows, key=lambda row: (_urgency(row, order), row.dag_id))


def _urgency(row: DagRow, order: list[Standing]) -> int:
    """What is wrong stands on top; all that is well together, so that rows do not jump as runs begin."""
    return order.index(row.standing) if row.standing in ("overdue", "failed") else len(order)


def _row(
    known: KnownDag,
    runs: tuple[DagRun, ...],
    is_looked_after: bool,
    now: datetime,
    why: Callable[[DagRun], str],
) -> DagRow:
    last = runs[-1] if runs else None
    problem = overdue_words(known, runs, is_looked_after, now)
    if problem:
        return DagRow(known, runs, "overdue", problem)
    ended = _last_ended(runs)
    if ended is not None and ended.state == "failed":
        return DagRow(known, runs, "failed", why(ended) or "The last run that ended has failed.")
    if last is not None and last.state in ("running", "queued"):
        return DagRow(known, runs, "running")
    if known.is_paused:
        return DagRow(known, runs, "paused")
    return DagRow(known, runs, "none" if last is None else "ok")


def _last_ended(runs: Sequence[DagRun]) -> DagRun | None:
    return next((run for run in reversed(runs) if run.state in ("success", "failed")), None)


def failure_words(instances: Iterable[TaskInstance]) -> str:
    """`identity failed: exit 1`, and how many more; empty where no task of the run did."""
    failed = sorted((ti for ti in instances if ti.state == "failed"), key=lambda ti: ti.end_date is None)
    if not failed:
        return ""
    first = f"{failed[0].task_id} failed" + (f": {failed[0].reason}" if failed[0].reason else "")
    return first + (f"; so did {len(failed) - 1} more" if len(failed) > 1 else "")


def overdue_words(known: KnownDag, runs: Sequence[DagRun], is_looked_after: bool, now: datetime) -> str:
    """What should have happened and did not; empty when all that was due has been done."""
    for run in runs:
        late = over_sla(known.dag, run.queued_at, now)
        if late and run.state in ("queued", "running"):
            return (
                f"A run has not ended {duration_words(known.dag.sla)} after it was queued: "
                f"{duration_words(late.total_seconds())} over its SLA."
            )
    due = known.next_run
    if known.is_paused or due is None or now - due <= DUE_AFTER:
        return ""
    late_words = duration_words((now - due).total_seconds())
    active = in_the_way(known.dag, runs)
    if not is_looked_after:
        return f"Should have started {late_words} ago; no runner is alive."
    if active:
        longest = max((seconds_of(run, now) or 0.0 for run in active), default=0.0)
        return (
            f"Should have started {late_words} ago; waits for a run that goes on for "
            f"{duration_words(longest)} ({len(active)} of {known.dag.max_active_runs} active)."
        )
    return f"Should have started {late_words} ago."


@dataclass(frozen=True)
class Asked:
    """Which DAGs the list is asked for."""

    words: str = ""
    standing: str = ""
    tag: str = ""
    owner: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.standing or self.tag or self.owner)

    def matches(self, row: DagRow) -> bool:
        """Words may stand in its name, what it is for, its tasks, owner or tags."""
        dag = row.known.dag
        if self.standing == "paused" and not row.known.is_paused:
            return False
        if self.standing not in ("", "paused") and self.standing != row.standing:
            return False
        if self.tag and self.tag not in dag.tags:
            return False
        if self.owner and self.owner != dag.owner:
            return False
        searched = " ".join(
            (dag.dag_id, dag.description, dag.owner, *dag.tags, *(task.task_id for task in dag.tasks))
        ).casefold()
        return all(word in searched for word in self.words.casefold().split())


def counts_of(rows: Sequence[DagRow]) -> dict[Standing, int]:
    """How many stand how; a paused one also counts as what became of its last run."""
    counts = {standing: sum(row.standing == standing for row in rows) for standing in STANDINGS}
    counts["paused"] = sum(row.known.is_paused for row in rows)
    return counts
