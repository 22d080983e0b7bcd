"""A turn's actions, written: all of a turn together, or nothing of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mainstem.orchestrate.decisions import SET_ASIDE, AddRun, AddTask, ChangeRun, ChangeTask, StopTry
from mainstem.orchestrate.runner.board import key_of
from mainstem.orchestrate.runner.turn import CloseTry, OpenTry, RenewAssets, SetNextTick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance
    from mainstem.orchestrate.decisions import Step
    from mainstem.orchestrate.runner.board import Board, RunKey, TaskKey
    from mainstem.orchestrate.runner.known import Known
    from mainstem.orchestrate.runner.turn import Action
    from mainstem.store.runs import RunWriter

logger = logging.getLogger("mainstem.runner")


def write_step(writer: RunWriter, known: Known, runs: Mapping[RunKey, DagRun], step: Step) -> bool:
    """False: it is no longer as it was. Called within `RunWriter.alone`. `runs` are those of the steps."""
    match step:
        case AddRun(run=run, instances=instances, consumed=consumed, consumed_until=until):
            added = writer.add_run(run, [_with_pool(known, run, one) for one in instances])
            if added and consumed:
                writer.consume_assets(run, consumed, until)
            return added
        case ChangeRun(before=before, after=after):
            return writer.change_run(before, after)
        case ChangeTask(before=was, after=becomes):
            return writer.change_task(was, becomes)
        case AddTask(instance=instance):
            return writer.add_task(*_with_pool(known, runs[instance.dag_id, instance.run_id], instance))
        case StopTry():
            return True  # the runner ends every try that its task is not at any more


def write_actions(
    writer: RunWriter, known: Known, board: Board, actions: Iterable[Action], now: datetime
) -> bool:
    """Everything a turn decided; whether a run was set aside. Called within `RunWriter.alone`, in which what
    it was decided of was read: nothing can have changed since, but a run that is to be added may share its
    logical date with another. A run whose records contradict themselves is failed: it alone, for whoever
    decided the same of it in every turn would stop all others."""
    refused: set[RunKey] = set()
    set_aside = False
    for action in _shortened(actions):
        key = _run_of(action)
        if key in refused and not isinstance(action, CloseTry):  # that nothing of it runs is so all the same
            continue
        if _write(writer, known, board, action, now):
            continue
        if isinstance(action, AddRun):
            run = action.run
            logger.error(
                "%s has a run of %s already: %s is not made", run.dag_id, run.logical_date, run.run_id
            )
            refused.add((run.dag_id, run.run_id))
        elif key is None:
            raise AssertionError(f"refused by the records, though it is of no run: {action}")
        elif key not in refused:
            logger.error("%s %s is set aside and fails: the records refuse %s", *key, action)
            writer.set_aside(*key, SET_ASIDE, now)
            refused.add(key)
            set_aside = True
    for key in refused:
        board.forget(key)
    return set_aside


def _shortened(actions: Iterable[Action]) -> list[Action]:
    """Several changes of one task as one: what is between them nobody ever sees."""
    found: list[Action] = []
    places: dict[TaskKey, int] = {}
    for action in actions:
        if not isinstance(action, ChangeTask):
            found.append(action)
            continue
        key = key_of(action.after)
        if key in places and isinstance(earlier := found[places[key]], ChangeTask):
            found[places[key]] = ChangeTask(earlier.before, action.after)
        else:
            places[key] = len(found)
            found.append(action)
    return found


def _write(writer: RunWriter, known: Known, board: Board, action: Action, now: datetime) -> bool:
    match action:
        case OpenTry(one=opened):
            return writer.open_try(opened)
        case CloseTry(one=closed, state=state, outcome=outcome, at=at):
            return writer.close_try(closed, state, outcome.exit_code, outcome.reason, at)
        case RenewAssets(one=renewed, assets=assets, waiting=waiting):
            writer.renew_assets(assets, renewed, waiting, now)
        case SetNextTick(dag_id=dag_id, at=at):
            writer.set_next_dagrun(dag_id, at)
        case _:
            return write_step(writer, known, board.runs, action)
    return True


def _run_of(action: Action) -> RunKey | None:
    match action:
        case AddRun(run=run) | ChangeRun(after=run):
            return run.dag_id, run.run_id
        case ChangeTask(after=one) | AddTask(instance=one) | StopTry(instance=one) | OpenTry(one=one):
            return one.dag_id, one.run_id
        case CloseTry(one=tried) | RenewAssets(one=tried):
            return tried.dag_id, tried.run_id
        case _:
            return None


def _with_pool(known: Known, run: DagRun, instance: TaskInstance) -> tuple[TaskInstance, str, int]:
    task = known.task_of(run, instance.task_id)
    if task is None:
        raise AssertionError(f"{run.dag_id} has no task {instance.task_id}")
    return instance, task.pool, task.pool_slots
