"""What to tell of what did not happen: runs that were not made, do not begin, take too long; a runner, an
asset and a manifest that nobody hears of.

Promise: each is told once, until it has happened after all; then anew. Its key says which occasion it is.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.manifest.durations import seconds_of
from mainstem.orchestrate.alerts.wording import age
from mainstem.orchestrate.decisions import in_the_way, missed_tick, over_sla
from mainstem.store.runs import Alert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.sight import KnownDag, Pointers, Sight


def slow(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Runs that were not over in time after they were queued: `sla`. Those that are over by now count too."""
    for run in sight.active:
        yield from _late(sight, run.dag_id, run.run_id, run.queued_at, sight.now, pointers, "still goes on")
    for over in sight.runs:
        yield from _late(
            sight, over.dag_id, over.run_id, over.queued_at, over.end_date, pointers, f"ended: {over.state}"
        )


def _late(
    sight: Sight, dag_id: str, run_id: str, queued_at: datetime, until: datetime, pointers: Pointers, how: str
) -> Iterator[Alert]:
    known = sight.dags.get(dag_id)
    if known is None or known.dag.sla is None or not over_sla(known.dag, queued_at, until):
        return
    yield Alert(
        key=f"sla:{dag_id}:{run_id}:{queued_at.isoformat()}",
        at=sight.now,
        kind="sla",
        dag_id=dag_id,
        run_id=run_id,
        title=f"{dag_id} missed its SLA of {age(queued_at + timedelta(seconds=known.dag.sla), queued_at)}",
        body=f"{run_id} {how}, {age(until, queued_at)} after it was queued\n{pointers.run(dag_id, run_id)}",
    )


def overdue(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Ticks that no run was made for."""
    patience = timedelta(seconds=settings.overdue_after_s)
    for dag_id, known in sight.dags.items():
        tick = None if known.is_paused else _missed(known, sight.now, patience)
        if tick is None:
            continue
        why = _in_the_way(sight, known)
        yield Alert(
            key=f"overdue:{dag_id}:{tick.isoformat()}",
            at=sight.now,
            kind="overdue",
            dag_id=dag_id,
            title=f"{dag_id} did not run",
            body=f"no run for {tick.isoformat()}, {age(sight.now, tick)} ago: {why}\n{pointers.dag(dag_id)}",
        )


def _missed(known: KnownDag, now: datetime, patience: timedelta) -> datetime | None:
    """The first tick without a run, where that has been due for more than `patience`.

    One from before the DAG was unpaused is waited for from then on.
    """
    first = missed_tick(known.dag, known.last_tick, known.since, now)
    return first if first is not None and now - max(first, known.since) > patience else None


def _in_the_way(sight: Sight, known: KnownDag) -> str:
    active = in_the_way(known.dag, (run for run in sight.active if run.dag_id == known.dag.dag_id))
    if active:
        return f"{active[0].run_id} is {active[0].state}, and {known.dag.max_active_runs} may be active"
    return "nothing is in its way, so the runner did not make it"


def stuck(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Runs, and tasks that have a place, which wait too long to begin; runs that nothing goes on with."""
    patience = timedelta(seconds=settings.stuck_after_s)
    yield from _orphaned(sight, patience, pointers)
    for run in sight.active:
        known = sight.dags.get(run.dag_id)
        if run.state != "queued" or known is None or known.is_paused or sight.now - run.queued_at <= patience:
            continue
        yield Alert(
            key=f"stuck:{run.dag_id}:{run.run_id}:{run.queued_at.isoformat()}",
            at=sight.now,
            kind="stuck",
            dag_id=run.dag_id,
            run_id=run.run_id,
            title=f"a run of {run.dag_id} does not begin",
            body=f"{run.run_id} is queued since {age(sight.now, run.queued_at)}\n"
            f"{pointers.run(run.dag_id, run.run_id)}",
        )
    for task in sight.waiting:
        queued = task.queued_at or sight.now
        yield Alert(
            key=f"stuck:{task.dag_id}:{task.run_id}:{task.task_id}:{task.try_number}",
            at=sight.now,
            kind="stuck",
            dag_id=task.dag_id,
            run_id=task.run_id,
            task_id=task.task_id,
            try_number=task.try_number,
            title=f"{task.dag_id}.{task.task_id} does not begin",
            body=f"its try {task.try_number} has its place since {age(sight.now, queued)}\n"
            f"{pointers.task(task.dag_id, task.run_id, task.task_id)}",
        )


def _orphaned(sight: Sight, patience: timedelta, pointers: Pointers) -> Iterator[Alert]:
    """Runs of DAGs that left the manifest: no task of theirs begins any more."""
    for run in sight.active:
        if run.dag_id in sight.dags or sight.now - run.queued_at <= patience:
            continue
        yield Alert(
            key=f"stuck:{run.dag_id}:{run.run_id}:{run.queued_at.isoformat()}:left",
            at=sight.now,
            kind="stuck",
            dag_id=run.dag_id,
            run_id=run.run_id,
            title=f"a run of {run.dag_id} does not go on: the DAG left the manifest",
            body=f"{run.run_id} is {run.state}, and no task of it begins any more\n"
            f"mainstem runs mark {run.dag_id} failed --run {run.run_id}\n"
            f"{pointers.run(run.dag_id, run.run_id)}",
        )


def paused(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """DAGs with a schedule that are paused and have not run for days. Told again as many days later."""
    patience = timedelta(days=settings.paused_after_days)
    for dag_id, known in sight.dags.items():
        last = max(known.since, known.newest.queued_at if known.newest else known.since)
        if not known.is_paused or known.dag.schedule is None or sight.now - last <= patience:
            continue
        times = int((sight.now - last) / patience)
        yield Alert(
            key=f"paused:{dag_id}:{last.isoformat()}:{times}",
            at=sight.now,
            kind="paused",
            dag_id=dag_id,
            title=f"{dag_id} is paused and has not run for {age(sight.now, last)}",
            body=f"it has a schedule; unpause it, or take it out\n{pointers.dag(dag_id)}",
        )


def silent_runner(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """No runner that works has been heard of for too long, while there is something to run."""
    patience = timedelta(seconds=settings.runner_silent_after_s)
    wanted = sight.active or any(
        known.dag.schedule is not None and not known.is_paused for known in sight.dags.values()
    )
    last = max((runner.ended_at or runner.heartbeat_at for runner in sight.runners), default=None)
    since = sight.watching_since if last is None else max(last, sight.watching_since)
    if not wanted or sight.now - since <= patience:
        return
    what = "no runner has ever worked here"
    if last is not None:
        what = f"it was last heard of {age(sight.now, last)} ago"
    yield Alert(
        key=f"runner:{since.isoformat()}",
        at=sight.now,
        kind="runner",
        dag_id="",
        title="the runner is not heard of: nothing is run",
        body=f"{what}; {len(sight.active)} runs wait\nmainstem doctor\n{pointers.link}/dags",
    )


def old_assets(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Assets that have not become new in the time that settings give them."""
    for asset, written_age in settings.assets.items():
        seconds = seconds_of(written_age)
        last = sight.assets.get(asset)
        since = last or sight.watching_since
        if seconds is None or sight.now - since <= timedelta(seconds=seconds):
            continue
        how = "never was new" if last is None else f"was last new {age(sight.now, last)} ago"
        yield Alert(
            key=f"asset:{asset}:{since.isoformat()}",
            at=sight.now,
            kind="asset",
            dag_id="",
            title=f"{asset} is older than {written_age}",
            body=f"it {how}\n{pointers.link}/assets",
        )


def unreadable(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """The manifest cannot be read: what runs, runs as it was before."""
    if sight.manifest_problem:
        yield Alert(
            key=f"manifest:{_digest(sight.manifest_problem)}:{sight.now:%G-W%V}",
            at=sight.now,
            kind="manifest",
            dag_id="",
            title="the manifest cannot be read: changes to what is run do not count",
            body=f"{sight.manifest_problem}\nmainstem plan",
        )


def broken_targets(sight: Sight, settings: AlertSettings, pointers: Pointers) -> Iterator[Alert]:
    """Places that settings name and nobody can be told at."""
    for target, problem in sight.broken_targets.items():
        yield Alert(
            key=f"target:{target}:{_digest(problem)}:{sight.now:%G-W%V}",
            at=sight.now,
            kind="target",
            dag_id="",
            title=f"alerts reach nobody at {target}",
            body=f"{problem}\nmainstem alerts test",
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
