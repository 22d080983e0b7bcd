"""What people ask of DAGs and runs: trigger, clear, mark, backfill, pause. From pages and commands alike.

Promise: each is decided purely on what there is at that moment, and written whole or not at all; the runner
hears of it at once and does the rest. It works while no runner is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.manifest import read_manifest
from mainstem.orchestrate.decisions import (
    BackfillTick,
    Marked,
    Reprocess,
    Selection,
    Step,
    backfill,
    clear,
    manual_run,
    mark_run,
    mark_tasks,
    plan_backfill,
)
from mainstem.orchestrate.runner.known import Known
from mainstem.orchestrate.runner.notebook import write_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.store.runs import DagRecord, RunRecords, RunWriter

_ALL = 1_000_000
"""Runs of a DAG that are looked through for past and future ones."""


class Asking:
    """Every method raises StoreUnavailable, and UsageError for a DAG, run or task that there is not."""

    def __init__(self, reading: RunRecords, writing: RunWriter, now: Callable[[], datetime]) -> None:
        self._reading = reading
        self._writing = writing
        self._now = now

    def trigger(self, dag_id: str, by: str, logical_date: datetime | None = None) -> str:
        """A run by hand, queued; its id. Of a paused DAG it waits until that is unpaused.

        `logical_date` None: this moment. Raises UsageError where the DAG has a run of that date, and for one
        that the manifest has no more: nothing would ever begin its run.
        """
        now = self._now()
        with self._writing.alone():
            record, known = self._known(dag_id)
            _ensure_present(record)
            step = manual_run(known.dags[dag_id], now, record.manifest, by, logical_date)
            if not write_step(self._writing, known, {}, step):
                date = step.run.logical_date
                raise UsageError(f"DAG {dag_id} has a run of {date.isoformat() if date else now} already")
            self._writing.ring()
        return step.run.run_id

    def pause(self, dag_id: str, *, paused: bool) -> bool:
        """Whether that changed anything. What runs goes on."""
        with self._writing.alone():
            self._record(dag_id)
            changed = self._writing.set_paused(dag_id, paused, self._now())
            self._writing.ring()
        return changed

    def clear(self, dag_id: str, selection: Selection, *, dry_run: bool = False) -> tuple[Step, ...]:
        """The chosen tasks run again, as if they had not; what that came to, or with `dry_run` would."""
        with self._writing.alone():
            record, known = self._known(dag_id)
            runs, instances = self._chosen(dag_id, selection)
            dag = known.dags[dag_id]
            steps = clear(dag, runs, instances, selection, self._now(), record.manifest)
            if not dry_run:
                self._write(known, runs, steps)
        return steps

    def mark_tasks(self, dag_id: str, selection: Selection, state: Marked) -> tuple[Step, ...]:
        """The chosen tasks are `state`, whatever they came to; what runs of them is ended."""
        with self._writing.alone():
            record, known = self._known(dag_id)
            runs, instances = self._chosen(dag_id, selection)
            dag = known.dags[dag_id]
            steps = mark_tasks(dag, runs, instances, selection, state, self._now(), record.manifest)
            self._write(known, runs, steps)
        return steps

    def mark_run(self, dag_id: str, run_id: str, state: Marked) -> tuple[Step, ...]:
        """The run is `state`; what runs of it is ended."""
        with self._writing.alone():
            _, known = self._known(dag_id)
            runs, instances = self._chosen(dag_id, Selection(run_id))
            steps = mark_run(runs[0], instances[run_id], state, self._now())
            self._write(known, runs, steps)
        return steps

    def backfill(
        self,
        dag_id: str,
        from_date: datetime,
        to_date: datetime,
        by: str,
        *,
        reprocess: Reprocess = "none",
        backward: bool = False,
        dry_run: bool = False,
    ) -> tuple[BackfillTick, ...]:
        """A run for every tick from `from_date` to `to_date`; what becomes of each, or with `dry_run`
        would."""
        now = self._now()
        with self._writing.alone():
            record, known = self._known(dag_id)
            _ensure_present(record)
            dag, runs = known.dags[dag_id], self._reading.dag_runs(dag_id, _ALL)
            planned = plan_backfill(
                dag, runs, from_date, to_date, now, reprocess=reprocess, backward=backward
            )
            if not dry_run:
                again = [tick.run.run_id for tick in planned if tick.action == "clear" and tick.run]
                instances = self._instances(dag_id, again)
                self._write(known, runs, backfill(dag, planned, instances, now, record.manifest, by))
        return planned

    def _record(self, dag_id: str) -> DagRecord:
        record = self._reading.dag(dag_id)
        if record is None:
            there = ", ".join(dag.dag_id for dag in self._reading.dags() if not dag.is_stale)
            raise UsageError(f"there is no DAG {dag_id} (there are: {there or 'none; has the runner run?'})")
        return record

    def _known(self, dag_id: str) -> tuple[DagRecord, Known]:
        """The DAG as it is, or was last."""
        record = self._record(dag_id)
        body = self._reading.manifest(record.manifest)
        if body is None:
            raise AssertionError("a DAG points at a manifest that is kept")
        return record, Known(read_manifest(body), self._reading.manifest)

    def _chosen(
        self, dag_id: str, selection: Selection
    ) -> tuple[list[DagRun], Mapping[str, Sequence[TaskInstance]]]:
        if selection.include_past or selection.include_future:
            runs = self._reading.dag_runs(dag_id, _ALL)
        else:
            run = self._reading.dag_run(dag_id, selection.run_id)
            runs = [] if run is None else [run]
        if not any(run.run_id == selection.run_id for run in runs):
            raise UsageError(f"DAG {dag_id} has no run {selection.run_id}")
        return runs, self._instances(dag_id, [run.run_id for run in runs])

    def _instances(self, dag_id: str, run_ids: list[str]) -> Mapping[str, Sequence[TaskInstance]]:
        found: dict[str, list[TaskInstance]] = {run_id: [] for run_id in run_ids}
        for instance in self._reading.task_instances_of(dag_id, run_ids):
            found[instance.run_id].append(instance)
        return found

    def _write(self, known: Known, runs: Iterable[DagRun], steps: Iterable[Step]) -> None:
        held = {(run.dag_id, run.run_id): run for run in runs}
        for step in steps:
            if not write_step(self._writing, known, held, step):
                raise AssertionError(f"refused by the records, though nobody else writes: {step}")
        self._writing.ring()


def _ensure_present(record: DagRecord) -> None:
    if record.is_stale:
        raise UsageError(
            f"DAG {record.dag_id} is in the manifest no more: its runs are kept, and it has no new ones"
        )
