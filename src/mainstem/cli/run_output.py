"""Runs as commands tell them: lines for people, JSON for programs, and a run that is followed to its end."""

from __future__ import annotations

import time
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mainstem.errors import UsageError
from mainstem.web.orchestration.log_piece import Cursor, piece_onwards
from mainstem.web.orchestration.words import duration_words, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.web.orchestration import KnownDag, OrchestrationDesk, Try

_LOOK_SECONDS = 0.3
_OVER = ("success", "failed")
_MOST = 10_000
"""Runs of a DAG among which the newest failed one is looked for."""
_NEWEST = 100
"""Runs of a DAG among which those that go on are looked for."""


def known_dag(desk: OrchestrationDesk, dag_id: str) -> KnownDag:
    """Raises UsageError, with the DAGs that there are."""
    dags = {known.dag_id: known for known in desk.reading.dags()}
    if dag_id not in dags:
        there = ", ".join(name for name, known in dags.items() if not known.is_stale)
        raise UsageError(f"there is no DAG {dag_id!r} (there are: {there or 'none; has the runner run?'})")
    return dags[dag_id]


def chosen_run(desk: OrchestrationDesk, dag_id: str, run_id: str | None) -> DagRun:
    """The newest run where none is named. Raises UsageError."""
    known_dag(desk, dag_id)
    if run_id is not None:
        run = desk.reading.dag_run(dag_id, run_id)
        if run is None:
            raise UsageError(f"DAG {dag_id} has no run {run_id!r}; `mainstem runs list {dag_id}` shows them")
        return run
    newest = desk.reading.dag_runs(dag_id, 1)
    if not newest:
        raise UsageError(f"DAG {dag_id} has no run yet; `mainstem run {dag_id}` makes one")
    return newest[0]


def newest_failed_run(desk: OrchestrationDesk, dag_id: str) -> DagRun:
    """Of the kept runs that failed the newest. Raises UsageError."""
    known_dag(desk, dag_id)
    found = next((run for run in desk.reading.dag_runs(dag_id, _MOST) if run.state == "failed"), None)
    if found is None:
        raise UsageError(f"no run of DAG {dag_id} has failed; name one with --run")
    return found


def tell_chosen(run: DagRun, run_id: str | None) -> None:
    """Which run is meant, where none was named."""
    if run_id is None:
        click.echo(f"no --run: the run {run.run_id} ({run.state}) of {run.dag_id} is meant", err=True)


def instances_of(desk: OrchestrationDesk, run: DagRun) -> list[TaskInstance]:
    """Of every task, as they run."""
    found = list(desk.reading.task_instances(run.dag_id, [run.run_id]).get(run.run_id, ()))
    return sorted(found, key=lambda ti: (ti.start_date is None, ti.start_date, ti.task_id))


def as_json(value: Any) -> str:
    """On a line of its own."""
    return msgspec.json.encode(value).decode()


def at_words(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def run_line(run: DagRun, now: datetime) -> str:
    lasted = duration_words(seconds_of(run, now))
    begun = at_words(run.start_date or run.queued_at)
    return f"{begun}  {run.state:<8} {lasted:>12}  {run.dag_id}  {run.run_id}"


def task_line(ti: TaskInstance, now: datetime) -> str:
    tries = f"try {ti.try_number} of {ti.max_tries}" if ti.try_number else ""
    state = (ti.state or "no status").replace("_", " ")
    return (
        f"{state:<16} {duration_words(seconds_of(ti, now)):>12}  {ti.task_id}  {tries}  {ti.reason}".rstrip()
    )


class Follower:
    """Tells of a run until it is over: what becomes of its tasks, and every line that their tries write."""

    def __init__(self, desk: OrchestrationDesk, run: DagRun, *, only: Sequence[str] = ()) -> None:
        """`only`: the tasks that are told of; empty for all."""
        self._desk = desk
        self._run = run
        self._only = frozenset(only)
        self._told: dict[str, tuple[str | None, int]] = {}
        self._cursors: dict[tuple[str, int], Cursor] = {}

    def skip(self) -> None:
        """What has been written so far is not told."""
        for one, number, log in self._logs():
            self._cursors[one.task_id, number] = Cursor(log.size(), 1)

    def follow(self) -> Iterator[tuple[str, str]]:
        """(task, line) as they come; what became of a task as a line of no task."""
        while True:
            run = self._desk.reading.dag_run(self._run.dag_id, self._run.run_id)
            if run is None:
                raise UsageError(f"the run {self._run.run_id} is kept no longer")
            yield from self._news()
            if run.state in _OVER:
                self._run = run
                return
            time.sleep(_LOOK_SECONDS)

    @property
    def run(self) -> DagRun:
        """As it was when it was over."""
        return self._run

    def _news(self) -> Iterator[tuple[str, str]]:
        for one, number, log in self._logs():
            key = one.task_id, number
            cursor = self._cursors.get(key, Cursor(0, 1))
            ended = one.state not in ("running", "queued") or number < one.try_number
            while True:
                piece = piece_onwards(log, cursor, ended=ended)
                for line in piece.lines:
                    yield one.task_id, line.text
                if piece.end == cursor:
                    break
                cursor = piece.end
            self._cursors[key] = cursor
        for ti in self._instances():
            now = (ti.state, ti.try_number)
            if self._told.get(ti.task_id, (None, 0)) != now:
                self._told[ti.task_id] = now
                yield "", task_line(ti, self._desk.now())

    def _instances(self) -> list[TaskInstance]:
        found = instances_of(self._desk, self._run)
        return [ti for ti in found if not self._only or ti.task_id in self._only]

    def _logs(self) -> Iterator[tuple[TaskInstance, int, Any]]:
        for ti in self._instances():
            for one in self._tries(ti):
                log = self._desk.logs.log(ti.dag_id, ti.run_id, ti.task_id, one.try_number)
                if log is not None:
                    yield ti, one.try_number, log

    def _tries(self, ti: TaskInstance) -> Sequence[Try]:
        return self._desk.reading.tries(ti.dag_id, ti.run_id, ti.task_id) if ti.try_number else ()


def follow_to_the_end(desk: OrchestrationDesk, follower: Follower, *, as_json_lines: bool) -> int:
    """Print it as it comes; 0 when the run has succeeded, 1 when it has failed."""
    try:
        for task_id, line in follower.follow():
            if not as_json_lines:
                click.echo(f"{task_id} | {line}" if task_id else f"-- {line}")
    except KeyboardInterrupt:
        click.echo(f"no longer followed; the run goes on: mainstem runs show {follower.run.dag_id}", err=True)
        return 130
    run = follower.run
    if as_json_lines:
        click.echo(as_json({"run": run, "tasks": instances_of(desk, run)}))
    else:
        click.echo(
            f"{run.dag_id} {run.run_id}: {run.state} after {duration_words(seconds_of(run, desk.now()))}"
        )
    return 0 if run.state == "success" else 1


def tell_of_waiting(desk: OrchestrationDesk, known: KnownDag) -> None:
    """Why a run that was asked for would not begin."""
    if known.is_paused:
        click.echo(
            f"{known.dag_id} is paused: the run waits for `mainstem dags unpause {known.dag_id}`", err=True
        )
    newest = desk.reading.dag_runs(known.dag_id, _NEWEST)
    active = sum(run.state not in _OVER and run.run_type != "backfill" for run in newest)
    if active > known.dag.max_active_runs:
        others = "another run" if active == 2 else f"{active - 1} other runs"  # and this one
        limit = f"max_active_runs is {known.dag.max_active_runs}"
        click.echo(f"{others} of {known.dag_id} may have to end first: {limit}", err=True)
    if not any(runner.is_alive for runner in desk.reading.runners()):
        click.echo("no runner is alive: the run waits for `mainstem up` or `mainstem runner`", err=True)
