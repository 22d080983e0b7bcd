"""One turn of the scheduler: from what there is and what has ended to everything that is to be written.

Promise: pure; the same board and endings give the same actions. No task begins a try while one of it may run,
though it was cleared meanwhile: its place waits until that one has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.manifest import FINISHED, AssetSchedule, CronSchedule
from mainstem.orchestrate.decisions import (
    STOPPED_FOR_CLEARING,
    AddRun,
    Candidate,
    Step,
    asset_run,
    decide,
    ended,
    give_places,
    next_moment,
    next_tick,
    scheduled_runs,
    start_runs,
)
from mainstem.orchestrate.runner.board import Board, TaskKey, key_of
from mainstem.orchestrate.runner.places import log_path
from mainstem.store.runs import Try

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance
    from mainstem.orchestrate.runner.known import Known
    from mainstem.orchestrate.runtime import Outcome
    from mainstem.store.runs import DagRecord


_SOON = timedelta(milliseconds=1)
"""A retry without delay is due after the moment at which the try before it ended, not at it."""


@dataclass(frozen=True)
class CloseTry:
    """Nothing of it runs any more."""

    one: Try
    state: str
    outcome: Outcome
    at: datetime


@dataclass(frozen=True)
class RenewAssets:
    """The outlets of a task are new; `waiting` are DAGs that wait for one, with its name."""

    one: Try
    assets: tuple[str, ...]
    waiting: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenTry:
    """Begin a try: its task has its place."""

    one: Try


@dataclass(frozen=True)
class SetNextTick:
    """For people to see."""

    dag_id: str
    at: datetime | None


Action = Step | CloseTry | RenewAssets | OpenTry | SetNextTick


@dataclass
class TickMemo:
    """Ticks that were worked out before: finding one costs as much as the rest of a turn."""

    _found: dict[str, tuple[object, datetime | None]]

    @classmethod
    def empty(cls) -> TickMemo:
        return cls({})

    def next(self, dag: Dag, last: datetime | None, since: datetime, now: datetime) -> datetime | None:
        """As `next_tick`. One that is ahead stays as it is while nothing else changes."""
        of = (dag, last, since)
        kept = self._found.get(dag.dag_id)
        if kept is not None and kept[0] == of and (kept[1] is None or kept[1] > now):
            return kept[1]
        tick = next_tick(dag, last, since, now)
        self._found[dag.dag_id] = (of, tick)
        return tick


class Turn:
    """Made for one turn; `actions` fill as it goes, in the order in which they are to be written."""

    def __init__(
        self,
        board: Board,
        dags: Mapping[str, DagRecord],
        last_ticks: Mapping[str, datetime],
        known: Known,
        runner: str,
        now: datetime,
    ) -> None:
        self.board = board
        self.actions: list[Action] = []
        self._dags = dags
        self._last = dict(last_ticks)
        self._known = known
        self._runner = runner
        self._now = now

    def take(self, over: Iterable[tuple[Try, Outcome]], parallelism: int, memo: TickMemo) -> list[Action]:
        for one, outcome in over:
            if self.is_open(one):
                self._close(one, outcome)
        self._make_runs(memo)
        unpaused = [run for run in self.board.runs.values() if self._is_active(run)]
        self._do(*start_runs(self._known.dags, unpaused, self._now))
        for run in list(self.board.runs.values()):
            if run.state == "running" and self._is_active(run):
                held = self.board.instances[run.dag_id, run.run_id]
                self._do(*decide(self._known.dag_of(run), run, held.values(), self._now))
        self._give_places(parallelism)
        return self.actions

    def is_open(self, one: Try) -> bool:
        """What was closed already, by a transaction whose answer was lost, is not closed again."""
        held = self.board.open_tries.get(key_of(one))
        return held is not None and held.try_number == one.try_number

    def due(self, memo: TickMemo) -> datetime | None:
        """When there is to be a turn though nothing has happened."""
        moments = [
            next_moment(self._known.dag_of(run), run, self.board.instances[key].values())
            for key, run in self.board.runs.items()
            if run.state == "running" and self._is_active(run)
        ]
        moments += [tick for dag_id, tick in self._ticks(memo) if not self._dags[dag_id].is_paused]
        # One that was due and was not acted upon waits for something else: a place among `max_active_runs`.
        ahead = [moment for moment in moments if moment is not None and moment >= self._now]
        return max(min(ahead), self._now + _SOON) if ahead else None

    def _do(self, *steps: Step) -> None:
        for step in steps:
            self.board.apply(step)
            self.actions.append(step)

    def _is_active(self, run: DagRun) -> bool:
        record = self._dags.get(run.dag_id)
        return record is not None and not record.is_paused

    def _close(self, one: Try, outcome: Outcome) -> None:
        key = key_of(one)
        instance = self.board.instance(key)
        at = min(outcome.at or self._now, self._now)
        state = "failed"
        if instance is not None and self.board.is_wanted(one):
            run = self.board.runs[key[:2]]
            task = self._known.task_of(run, one.task_id)
            change = None if task is None else ended(task, run, instance, outcome, at)
            if task is not None and change is not None:
                self._do(change)
                state = str(change.after.state)
                if state == "success" and task.outlets:
                    waiting = tuple(self._waiting_for(set(task.outlets)))
                    self.actions.append(RenewAssets(one, task.outlets, waiting))
        elif instance is not None and instance.try_number == one.try_number and instance.state in FINISHED:
            state = instance.state  # as somebody marked it
        elif outcome.ended == "killed":
            outcome = replace(outcome, reason=STOPPED_FOR_CLEARING)
        self.actions.append(CloseTry(one, state, outcome, at))
        self.board.open_tries.pop(key, None)

    def _waiting_for(self, assets: set[str]) -> Iterator[tuple[str, str]]:
        """DAGs that are not paused, with the assets that they are scheduled by."""
        for dag in self._known.dags.values():
            record = self._dags.get(dag.dag_id)
            if isinstance(dag.schedule, AssetSchedule) and record is not None and not record.is_paused:
                for asset in sorted(assets & set(dag.schedule.assets)):
                    yield dag.dag_id, asset

    def _make_runs(self, memo: TickMemo) -> None:
        for dag_id, dag in self._known.dags.items():
            record = self._dags.get(dag_id)
            if record is None or record.is_paused:
                continue
            for step in self._new_runs(dag, record, memo):
                self._do(step)
                if step.run.logical_date is not None:
                    self._last[dag_id] = step.run.logical_date
        for dag_id, tick in self._ticks(memo):
            if tick != self._dags[dag_id].next_dagrun:
                self.actions.append(SetNextTick(dag_id, tick))

    def _new_runs(self, dag: Dag, record: DagRecord, memo: TickMemo) -> tuple[AddRun, ...]:
        runs = [run for run in self.board.runs.values() if run.dag_id == dag.dag_id]
        if isinstance(dag.schedule, CronSchedule):
            last = self._last.get(dag.dag_id)
            tick = memo.next(dag, last, record.unpaused_at, self._now)
            if tick is None or tick > self._now:
                return ()
            return scheduled_runs(dag, runs, last, record.unpaused_at, self._now, self._known.digest)
        made = asset_run(dag, self.board.waiting[dag.dag_id], runs, self._now, self._known.digest)
        return () if made is None else (made,)

    def _ticks(self, memo: TickMemo) -> Iterator[tuple[str, datetime | None]]:
        for dag_id, dag in self._known.dags.items():
            record = self._dags.get(dag_id)
            if record is not None:
                yield dag_id, memo.next(dag, self._last.get(dag_id), record.unpaused_at, self._now)

    def _give_places(self, parallelism: int) -> None:
        candidates = list(self._candidates())
        slots = self._known.slots([one.run for one in candidates])
        for change in give_places(candidates, slots, parallelism, self._now):
            self._do(change)
            opened = self._opened(change.after)
            self.board.open_tries[key_of(opened)] = opened
            self.actions.append(OpenTry(opened))

    def _opened(self, instance: TaskInstance) -> Try:
        return Try(
            dag_id=instance.dag_id,
            run_id=instance.run_id,
            task_id=instance.task_id,
            try_number=instance.try_number,
            state="running",
            queued_at=instance.queued_at,
            start_date=self._now,
            end_date=None,
            exit_code=None,
            reason="",
            log=str(log_path(instance.dag_id, instance.run_id, instance.task_id, instance.try_number)),
            runner=self._runner,
            handle="",
        )

    def _candidates(self) -> Iterator[Candidate]:
        for key, run in self.board.runs.items():
            for instance in self.board.instances[key].values():
                if instance.state not in ("scheduled", "queued", "running"):
                    continue
                if instance.state == "scheduled" and not self._may_begin(run, key_of(instance)):
                    continue
                task = self._known.task_of(run, instance.task_id)
                if task is not None:
                    yield Candidate(self._known.dag_of(run), run, task, instance)

    def _may_begin(self, run: DagRun, key: TaskKey) -> bool:
        return key not in self.board.open_tries and self._is_active(run)
