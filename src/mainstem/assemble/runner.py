"""`mainstem runner`: the embedded runner of a project's DAGs."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mainstem.assemble.kept_plan import KeptPlan
from mainstem.assemble.logs import RECOVERED, log_process
from mainstem.assemble.postgres import mainstem_address, open_records
from mainstem.assemble.project import open_project
from mainstem.assemble.runs_folder import make_private, runs_folder
from mainstem.assemble.watch import FileWatch
from mainstem.config import Secret
from mainstem.errors import InputError, MainstemError
from mainstem.manifest import read_manifest
from mainstem.orchestrate.keeping.machine import this_machine
from mainstem.orchestrate.podman import PodmanRuntime
from mainstem.orchestrate.podman.settings import PodmanSettings
from mainstem.orchestrate.process import ProcessRuntime
from mainstem.orchestrate.runner import Identity, JobMaker, Known, OldRuns, Records, Runner, RunnerSettings
from mainstem.orchestrate.settings import OrchestrateSettings
from mainstem.store import PostgresSettings
from mainstem.store.runs import Bell, Leases, RunRecords, RunWriter
from mainstem.supervise import notify_ready, on_signals
from mainstem.transform.settings import TransformSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project
    from mainstem.config import Config
    from mainstem.manifest import Manifest

logger = logging.getLogger("mainstem.runner")

_READ_FROM = frozenset({".sql", ".yml", ".yaml", ".csv", ".py"})
"""Files of a dbt project that the tasks of its DAG come from."""
_SECRET_NAME = re.compile(r"(password|secret|token|key|key_id)$")
_PASSWORD_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#:@]*:([^/?#]+)@", re.IGNORECASE)
_PLAN_SECONDS = 300.0
_MADE_BY_DBT = frozenset({"target", "dbt_packages", "logs"})


def run_runner(folder: Path) -> None:
    """Run what the project in `folder` has to run, until SIGTERM or SIGINT; then end what runs.

    Raises InputError for what is written wrongly; once it runs, that is told, and it goes on with what was
    written before.
    """
    project = open_project(folder)
    log_process(project.config, "runner")
    learn_secrets(project.config)
    live = LivePlan(project)
    with (
        _open_runner(project, live) as runner,
        on_signals((signal.SIGTERM, signal.SIGINT), runner.stop),
    ):
        runner.run(notify_ready)


def learn_secrets(config: Config) -> None:
    """Make every secret that settings hold or point at known, so that it is struck from logs of tasks.

    By how they are written, not by whose they are: reading every section by its Struct would import every
    stage, which takes a hundred megabytes that an idle runner has no use for.
    """
    variables = {
        name.lower(): value for name, value in config.environment.items() if name.startswith("MAINSTEM_")
    }
    for name, value in [*_texts("", dict(config.values)), *variables.items()]:
        if value.startswith(("env:", "file:")):
            with suppress(ValueError):  # who needs it says that it is not there
                Secret.resolve(value, config.folder)
        elif _SECRET_NAME.search(name) and not name.endswith("write_key"):
            Secret(value)
        elif (password := _PASSWORD_IN_URL.match(value)) is not None:
            Secret(unquote(password[1]))


def _texts(name: str, written: object) -> Iterator[tuple[str, str]]:
    """Every text of settings with the name it has."""
    if isinstance(written, str) and written:
        yield name, written
    elif isinstance(written, dict):
        for key, value in written.items():
            yield from _texts(key, value)
    elif isinstance(written, list):
        for value in written:
            yield from _texts(name, value)


@contextmanager
def _open_runner(project: Project, live: LivePlan) -> Iterator[Runner]:
    settings = project.config.section("runner", RunnerSettings)
    orchestrate = project.config.section("orchestrate", OrchestrateSettings)
    runs = runs_folder(project)
    make_private(runs)
    lease = _lease_file(project, runs)
    identity = Identity.of_this_process()
    with (
        open_records(project, "runner") as database,
        closing(_runtime(project, settings, orchestrate, lease)) as runtime,
    ):
        reading, writing = RunRecords(database), RunWriter(database)
        records = Records(
            reading, writing, Leases(database), Bell(mainstem_address(project), "mainstem-runner-bell")
        )
        runner = Runner(
            records,
            Known(live.manifest, reading.manifest),
            runtime,
            _job_maker(project, settings, runs, in_container=orchestrate.runtime == "podman"),
            identity,
            settings,
            lease_file=lease,
            look_again=live.look_again,
            daily=OldRuns(writing, runs, orchestrate.keep_runs_days).forget,
        )
        with closing(runner):
            yield runner


def _lease_file(project: Project, runs: Path) -> Path | None:
    """None with the embedded Postgres: it is reached from this machine alone, where a runner sees which
    processes live, so nothing has to end because time has passed."""
    if project.config.section("postgres", PostgresSettings).url is None:
        return None
    # Of containers that share the folder each has one of its own: a runner does not see the others' keepers.
    return runs / f"lease-{re.sub(r'[^0-9a-f]+', '-', this_machine()).strip('-')}"


def _runtime(
    project: Project, settings: RunnerSettings, orchestrate: OrchestrateSettings, lease: Path | None
) -> ProcessRuntime | PodmanRuntime:
    if orchestrate.runtime == "podman":
        return PodmanRuntime(project.config.section("podman", PodmanSettings), lease=lease)
    return ProcessRuntime(kill_after=settings.stop_grace, lease=lease)


def _job_maker(project: Project, settings: RunnerSettings, runs: Path, *, in_container: bool) -> JobMaker:
    beside = str(Path(sys.executable).parent)  # where `mainstem` and `dbt` are
    environment = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    return JobMaker(
        project.folder,
        runs,
        environment,
        settings.pass_environment,
        project.config.path(settings.secrets_dir) if settings.secrets_dir else None,
        Secret.values,
        in_container,
        settings.longest_log_mb * 1024 * 1024,
    )


class LivePlan:
    """The project's manifest as its files say now; while they do not check, as they last did, also when that
    was before a restart."""

    def __init__(self, project: Project) -> None:
        """Raises InputError when they do not check and never did."""
        self._project = project
        self._kept = KeptPlan(runs_folder(project))
        self._watch = FileWatch()
        self._listed = self._files()
        self._watch.changed(self._listed)
        self._problem = ""
        self.manifest: Manifest = self._first()

    def _first(self) -> Manifest:
        try:
            manifest = _planned(self._project)
        except InputError as e:
            kept = self._kept.last()
            if kept is None:
                self._kept.refuse(str(e))
                raise
            self._refuse(str(e))
            return kept
        self._kept.keep(manifest)
        return manifest

    def _refuse(self, problem: str) -> None:
        if problem != self._problem:
            logger.error("going on with the DAGs as they were: %s", problem)
        self._problem = problem
        self._kept.refuse(problem)

    def look_again(self) -> Manifest | None:
        """The manifest, when it has changed since the last look; never raises for what is written."""
        before, self._listed = self._listed, self._files()
        if not self._watch.changed(self._listed) and set(self._listed) == set(before):
            return None
        try:
            project = open_project(self._project.config.file)
            manifest = _planned(project)
        except (MainstemError, OSError) as e:
            self._refuse(str(e))
            return None
        if self._problem:
            logger.info("the DAGs check again", extra={"fields": {RECOVERED: True}})
        self._project, self._problem = project, ""
        self._kept.keep(manifest)
        if manifest == self.manifest:
            return None
        self.manifest = manifest
        return manifest

    def _files(self) -> list[Path]:
        config = self._project.config
        dags = config.path(config.section("orchestrate", OrchestrateSettings).dags_dir)
        dbt = config.path(config.section("transform", TransformSettings).project_dir)
        return [config.file, dags, *sorted(dags.rglob("*.y*ml")), *_dbt_files(dbt)]


def _planned(project: Project) -> Manifest:
    """By a process of its own: asking every stage what it offers imports 40 MB, which the runner would keep.
    Raises InputError with what that says."""
    try:
        done = subprocess.run(
            (sys.executable, "-m", "mainstem", "plan", "--json", "--project", str(project.folder)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PLAN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"`mainstem plan` did not end in {_PLAN_SECONDS:g} s") from None
    if done.returncode != 0:
        raise InputError(done.stderr.decode(errors="replace").strip().removeprefix("mainstem: "))
    return read_manifest(done.stdout)


def _dbt_files(folder: Path) -> Iterator[Path]:
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _MADE_BY_DBT and not name.startswith(".")]
        yield from (Path(path, name) for name in files if Path(name).suffix in _READ_FROM)
