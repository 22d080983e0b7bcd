"""Runs of a project, for pages and commands: what is kept of them, what is asked of them, their logs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.assemble.audited_runs import AuditedRuns
from mainstem.assemble.kept_plan import KeptPlan
from mainstem.assemble.plan import plan_of
from mainstem.assemble.postgres import open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.runs_folder import runs_folder
from mainstem.errors import ConfigError
from mainstem.manifest import DagRun, Manifest, Pool, pool_slots, read_manifest
from mainstem.orchestrate.asking import Asking
from mainstem.orchestrate.decisions import ChangeTask, Selection, missed_tick, next_tick, ticks_ahead
from mainstem.orchestrate.runner.identity import Identity
from mainstem.orchestrate.runner.places import log_path
from mainstem.store.runs import RunRecords, RunWriter
from mainstem.web.orchestration import (
    Backfilling,
    BackfillTick,
    Clearing,
    KnownDag,
    OrchestrationDesk,
    PoolUse,
    SeenAsset,
    SeenRunner,
    Try,
    Use,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.manifest import Dag, TaskInstance
    from mainstem.store import Database
    from mainstem.store.runs import AssetEvent, DagRecord, Runner
    from mainstem.web.orchestration import MarkState

_SILENT_AFTER = timedelta(minutes=2)
"""A runner that said nothing for so long is taken for dead, also one of this machine whose process is there:
it hangs."""
_MANIFESTS = 64


@dataclass(frozen=True)
class FileLog:
    path: Path

    def size(self) -> int:
        return self.path.stat().st_size

    def read(self, at: int, most: int) -> bytes:
        with self.path.open("rb") as opened:
            opened.seek(at)
            return opened.read(most)


class KeptRuns:
    """What pages and commands read. It opens no connection of its own, and keeps no more than manifests."""

    def __init__(
        self,
        records: RunRecords,
        folder: Path,
        project: Project | None = None,
        uses: Callable[[str], Sequence[Use]] = lambda _: (),
    ) -> None:
        """`folder`: that of all runs. `project`: to say where DAGs are written. `uses`: what reads an asset
        beside tasks, by its name."""
        self._uses = uses
        self._records = records
        self._folder = folder
        self._project = project
        self._manifests: dict[str, Manifest] = {}
        self._identity = Identity.of_this_process()

    def dags(self) -> Sequence[KnownDag]:
        records, now = self._records.dags(), datetime.now(UTC)
        is_late = any(one.next_dagrun is not None and one.next_dagrun <= now for one in records)
        last = self._records.last_ticks() if is_late else {}
        found = (self._known(record, last.get(record.dag_id), now) for record in records)
        return [known for known in found if known is not None]

    def recent_runs(self, limit: int) -> Mapping[str, Sequence[DagRun]]:
        with self._records.together():
            dags = [record for record in self._records.dags() if not record.is_stale]
            return {record.dag_id: self._records.dag_runs(record.dag_id, limit) for record in dags}

    def dag_runs(self, dag_id: str, limit: int) -> Sequence[DagRun]:
        return self._records.dag_runs(dag_id, limit)

    def dag_run(self, dag_id: str, run_id: str) -> DagRun | None:
        return self._records.dag_run(dag_id, run_id)

    def dag_of(self, run: DagRun) -> Dag | None:
        return self._dag(run.manifest, run.dag_id)

    def task_instances(self, dag_id: str, run_ids: Sequence[str]) -> Mapping[str, Sequence[TaskInstance]]:
        found: dict[str, list[TaskInstance]] = {}
        for instance in self._records.task_instances_of(dag_id, run_ids):
            found.setdefault(instance.run_id, []).append(instance)
        return found

    def tries(self, dag_id: str, run_id: str, task_id: str) -> Sequence[Try]:
        return [
            Try(
                one.try_number,
                one.state,  # type: ignore[arg-type] # a state of a task, kept as text
                one.start_date,
                one.end_date,
                one.exit_code,
                one.reason,
                one.runner,
            )
            for one in self._records.tries(dag_id, run_id, task_id)
        ]

    def assets(self) -> Sequence[SeenAsset]:
        seen = {one.asset: one.last for one in self._records.assets()}
        named = {
            name
            for known in self.dags()
            if not known.is_stale
            for task in known.dag.tasks
            for name in (*task.outlets, *task.inlets)
        }
        return [_asset(name, seen.get(name), self._uses(name)) for name in sorted({*seen, *named})]

    def runners(self) -> Sequence[SeenRunner]:
        now = datetime.now(UTC)
        found = [
            SeenRunner(one.name, one.heartbeat_at, self._is_alive(one, now))
            for one in self._records.runners()
        ]
        return sorted(found, key=lambda one: one.heartbeat, reverse=True)

    def pools(self) -> Sequence[PoolUse]:
        present = next((record for record in self._records.dags() if not record.is_stale), None)
        if present is None:
            return []
        used = {use.pool: use.running_slots + use.queued_slots for use in self._records.pools()}
        manifest = self._manifest(present.manifest)
        slots = {} if manifest is None else pool_slots(manifest)
        return [PoolUse(Pool(name, count), used.get(name, 0)) for name, count in slots.items()]

    def refused(self) -> str:
        return KeptPlan(self._folder).problem()

    def written_in(self, dag_id: str) -> str:
        """Read anew from the project's files: they may have changed since the manifest was made of them."""
        if self._project is None:
            return ""
        try:
            origin = plan_of(open_project(self._project.folder)).origins.get(dag_id)
        except ConfigError as e:
            return f"the project's files do not check now: {e}"
        return "" if origin is None else str(origin).replace(f"{self._project.folder}/", "")

    def next_ticks(self, dag_id: str, count: int) -> Sequence[datetime]:
        record = self._records.dag(dag_id)
        dag = None if record is None else self._dag(record.manifest, dag_id)
        if record is None or dag is None:
            return []
        last = self._records.last_ticks().get(dag_id)
        return ticks_ahead(dag, last, record.unpaused_at, datetime.now(UTC), count)

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> FileLog | None:
        path = self._folder / log_path(dag_id, run_id, task_id, try_number)
        return FileLog(path) if path.is_file() else None

    def _known(self, record: DagRecord, last_tick: datetime | None, now: datetime) -> KnownDag | None:
        dag = self._dag(record.manifest, record.dag_id)
        if dag is None:
            return None
        following = record.next_dagrun
        if following is not None and following <= now:  # the runner may be away, or have no room for it
            of = (dag, last_tick, record.unpaused_at, now)
            following = missed_tick(*of) or next_tick(*of)
        return KnownDag(dag, record.is_paused, record.first_seen_at, following, record.is_stale)

    def _dag(self, digest: str, dag_id: str) -> Dag | None:
        manifest = self._manifest(digest)
        dags = () if manifest is None else manifest.dags
        return next((dag for dag in dags if dag.dag_id == dag_id), None)

    def _manifest(self, digest: str) -> Manifest | None:
        """None for one that is kept no longer."""
        found = self._manifests.get(digest)
        if found is None:
            body = self._records.manifest(digest)
            if body is None:
                return None
            found = read_manifest(body)
            if len(self._manifests) >= _MANIFESTS:
                self._manifests.pop(next(iter(self._manifests)), None)
            self._manifests[digest] = found
        return found

    def _is_alive(self, runner: Runner, now: datetime) -> bool:
        if runner.ended_at is not None or self._identity.is_dead(runner):
            return False
        return now - runner.heartbeat_at < _SILENT_AFTER


class AskedRuns:
    """What pages and commands ask for, in their words."""

    def __init__(self, asking: Asking, records: RunRecords) -> None:
        self._asking = asking
        self._records = records

    def trigger(self, dag_id: str, logical_date: datetime | None, by: str) -> DagRun:
        run = self._records.dag_run(dag_id, self._asking.trigger(dag_id, by, logical_date))
        if run is None:
            raise AssertionError("a run that was written just now is there")
        return run

    def would_clear(self, wanted: Clearing) -> Sequence[TaskInstance]:
        steps = self._asking.clear(wanted.dag_id, _selection(wanted), dry_run=True)
        return [step.before for step in steps if isinstance(step, ChangeTask)]

    def clear(self, wanted: Clearing, by: str) -> Sequence[TaskInstance]:
        steps = self._asking.clear(wanted.dag_id, _selection(wanted))
        return [step.before for step in steps if isinstance(step, ChangeTask)]

    def mark(self, dag_id: str, run_id: str, task_id: str | None, state: MarkState, by: str) -> None:
        if task_id is None:
            self._asking.mark_run(dag_id, run_id, state)
        else:
            self._asking.mark_tasks(dag_id, Selection(run_id, (task_id,)), state)

    def pause(self, dag_id: str, is_paused: bool, by: str) -> None:
        self._asking.pause(dag_id, paused=is_paused)

    def would_backfill(self, wanted: Backfilling) -> Sequence[BackfillTick]:
        return self._backfill(wanted, "", dry_run=True)

    def backfill(self, wanted: Backfilling, by: str) -> Sequence[BackfillTick]:
        return self._backfill(wanted, by, dry_run=False)

    def _backfill(self, wanted: Backfilling, by: str, *, dry_run: bool) -> Sequence[BackfillTick]:
        planned = self._asking.backfill(
            wanted.dag_id,
            wanted.from_date,
            wanted.to_date,
            by,
            reprocess=wanted.reprocess,
            backward=wanted.backward,
            dry_run=dry_run,
        )
        return [BackfillTick(tick.logical_date, tick.action) for tick in planned]


def _asset(name: str, last: AssetEvent | None, uses: Sequence[Use]) -> SeenAsset:
    if last is None:
        return SeenAsset(name, uses=tuple(uses))
    return SeenAsset(name, last.at, last.dag_id, last.run_id, last.task_id, tuple(uses))


def _selection(wanted: Clearing) -> Selection:
    return Selection(
        wanted.run_id,
        wanted.task_ids or None,
        include_upstream=wanted.upstream,
        include_downstream=wanted.downstream,
        include_future=wanted.future,
        include_past=wanted.past,
        only_failed=wanted.only_failed,
    )


def runs_desk(
    database: Database,
    folder: Path,
    project: Project | None = None,
    uses: Callable[[str], Sequence[Use]] = lambda _: (),
) -> OrchestrationDesk:
    """Over records that are open; the rest as of `KeptRuns`."""

    def now() -> datetime:
        return datetime.now(UTC)

    records = RunRecords(database)
    kept = KeptRuns(records, folder, project, uses)
    return OrchestrationDesk(
        kept, AskedRuns(Asking(records, RunWriter(database), now), records), kept, now=now
    )


@contextmanager
def open_runs(project_dir: Path, process: str) -> Iterator[OrchestrationDesk]:
    """For a command; what it asks is written to the audit log.

    Raises EnvironmentFailure when Postgres does not answer.
    """
    project = open_project(project_dir)
    with open_records(project, process) as database:
        desk = runs_desk(database, runs_folder(project), project)
        yield replace(desk, asking=AuditedRuns(desk.asking, database))
