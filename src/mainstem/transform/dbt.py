"""dbt in this process: one call in, events and an outcome out.

Everything dbt writes lands in one folder of the project's data; nothing in the user's home, nothing sent
anywhere. Must be called from the main thread, where Python delivers the signals that break a run off.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import duckdb

# Importing dbt takes seconds; this module is loaded by the worker alone.
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner

from mainstem.errors import UsageError
from mainstem.transform.arguments import check_arguments
from mainstem.transform.coverage import coverage_of, read_manifest, why_partial
from mainstem.transform.gate import StructureGate
from mainstem.transform.interruption import Interruption
from mainstem.transform.messages import Finished, NodeDone, Note
from mainstem.transform.packages import Packages
from mainstem.transform.profile import PROFILE, TARGET, profile_environment, write_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from dbt.cli.main import dbtRunnerResult

    from mainstem.transform.coverage import Coverage
    from mainstem.transform.gate import Lock
    from mainstem.transform.messages import Event
    from mainstem.warehouse.ducklake import LakeLocation

SNAPSHOT_VARIABLE = "MAINSTEM_LAKE_SNAPSHOT"
"""What a project's `env_var` reads to compare with the lake as it was when the run began: events go on being
loaded during it, so a test of models against raw tables is exact only `at (version => …)`."""

_CANCEL_SECONDS = 0.1
_BUILT = frozenset({"model", "seed", "snapshot"})
_TESTS = frozenset({"test", "unit_test"})
_GOOD = frozenset({"success", "pass", "warn", "no-op", "reused"})
_BROKEN_OFF = Finished(False, 0, 0, ("broken off: the dbt worker was told to end",))
_TOLD = frozenset({"JinjaLogInfo", "JinjaLogWarning", "DepsInstallInfo"})


class Dbt:
    """One dbt project on one lake."""

    def __init__(
        self,
        project: Path,
        state: Path,
        location: LakeLocation,
        schema: str,
        lock: Lock,
        environment: Mapping[str, str] | None = None,
        newest_snapshot: Callable[[], int] | None = None,
    ) -> None:
        """`state` is the folder for dbt's own files; `environment` is what the project's `env_var` may
        read beyond the process's own, such as the place of a local package; `newest_snapshot` is asked before
        a run and at its end; the one is told to the project, the other stands in the outcome."""
        self._project = project
        self._location = location
        self._schema = schema
        self._lock = lock
        self._state = state
        installed = state / "dbt_packages"
        self._packages = Packages(project, (installed, project / "dbt_packages"), state / "packages.sha256")
        self._environment = {
            **(environment or {}),
            **profile_environment(location),
            "DBT_PROFILES_DIR": str(state),
            "DBT_PROJECT_DIR": str(project),
            "DBT_PROFILE": PROFILE,
            "DBT_TARGET": TARGET,
            "DBT_TARGET_PATH": str(state / "target"),
            "DBT_LOG_PATH": str(state / "logs"),
            "DBT_PACKAGES_INSTALL_PATH": str(installed),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_USE_COLORS": "false",
            "DBT_WRITE_JSON": "true",
        }
        self._newest_snapshot = newest_snapshot
        self._snapshot: int | None = None
        self._stopping = threading.Event()
        self._interruption = Interruption()
        self._idle = threading.Event()
        self._idle.set()

    def prepare(self) -> None:
        """Write the profile. Raises UsageError when there is no dbt project."""
        if not (self._project / "dbt_project.yml").is_file():
            raise UsageError(
                f"{self._project} holds no dbt_project.yml; name its folder in [transform] project_dir"
            )
        write_profile(self._state, self._location, self._schema)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Break the running call off, and let no node begin any more. Returns at once."""
        self._stopping.set()
        self._interruption.break_off()
        threading.Thread(target=_cancel_queries, args=(self._idle,), daemon=True).start()

    def run(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        """Run dbt once; installs packages first where their list changed.

        Whatever fails is in the outcome. Raises UsageError for arguments that are not the caller's, and
        what made the lock unavailable.
        """
        check_arguments(args)
        with self._in_environment({**self._environment, **self._lake_at_start()}):
            if args[0] != "deps" and self._packages.due():
                on_event(Note("installing dbt packages"))
                installed = self._invoke(["deps"], on_event)
                if not installed.success:
                    return installed
                self._packages.remember()
            return self._invoke(args, on_event)

    def _invoke(self, args: Sequence[str], on_event: Callable[[Event], None]) -> Finished:
        self._snapshot = None
        self._interruption = interruption = Interruption()
        gate = StructureGate(self._lock, self._stopping.is_set, interruption.break_off, self._note_snapshot)
        runner = dbtRunner(callbacks=[gate, lambda event: self._tell(event, on_event)])
        self._idle.clear()
        try:
            if args[0] == "run-operation":
                gate.hold()
            with interruption:
                if self.stopping:  # told so before there was anything to break off
                    return _BROKEN_OFF
                result = runner.invoke(list(args))
        finally:
            self._idle.set()
            gate.finish()
            _close_log_file()
            # An attached lake keeps every schema version it has seen, about 1.3 MB a structure change.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call] # dbt's is bare
        if self.stopping:
            return _BROKEN_OFF
        if gate.failure is not None:
            raise gate.failure
        return self._outcome(args[0], result)

    def _note_snapshot(self) -> None:
        if self._newest_snapshot is not None:
            self._snapshot = self._newest_snapshot()

    def _tell(self, event: Any, on_event: Callable[[Event], None]) -> None:
        name, data = event.info.name, event.data
        if name == "NodeFinished":
            result = data.run_result
            message = self._struck(result.message)
            on_event(
                NodeDone(
                    node=data.node_info.node_name,
                    kind=data.node_info.resource_type,
                    status=data.node_info.node_status,
                    seconds=round(result.execution_time, 3),
                    message=message,
                )
            )
        elif name in _TOLD:
            on_event(Note(self._struck(event.info.msg.strip())))

    def _outcome(self, command: str, result: dbtRunnerResult) -> Finished:
        if result.exception is not None:
            return Finished(False, 0, 0, (self._struck(str(result.exception)),))
        nodes = getattr(result.result, "results", None) or []
        bad = [node for node in nodes if str(node.status) not in _GOOD]
        failures = tuple(self._failure(node) for node in bad if str(node.status) != "skipped")
        if skipped := sum(str(node.status) == "skipped" for node in bad):
            failures += (f"{skipped} more were skipped because of that",)
        if not result.success and not failures:
            failures = ("dbt reported no success and named no node; its log is in the data folder",)
        return Finished(
            success=not failures,
            models=sum(_kind(node) in _BUILT and str(node.status) == "success" for node in nodes),
            tests=sum(_kind(node) in _TESTS and str(node.status) != "skipped" for node in nodes),
            failures=failures,
            partial=self._why_partial(command, result.result, nodes),
            snapshot=self._snapshot,
            coverage=self._coverage(result.result, nodes),
        )

    def _coverage(self, result: Any, nodes: Sequence[Any]) -> Coverage | None:
        """None where dbt does not say node by node what it did."""
        written = self._state / "target" / "manifest.json"
        if not hasattr(result, "results") or not written.exists():
            return None
        ran = {node.node.unique_id: str(node.status) for node in nodes if str(node.status) != "skipped"}
        good = {name for name, status in ran.items() if status in _GOOD}
        settings = (self._project / "dbt_project.yml").read_bytes()
        return coverage_of(
            written.read_bytes(), settings, getattr(result, "args", {}), good, ran.keys() - good
        )

    def _why_partial(self, command: str, result: Any, nodes: Sequence[Any]) -> str:
        written = self._state / "target" / "manifest.json"
        if not written.exists():
            return f"dbt wrote no {written.name}, so it is not known what there is to build"
        done = {node.node.unique_id for node in nodes}
        return why_partial(command, getattr(result, "args", {}), done, read_manifest(written.read_bytes()))

    def _failure(self, result: Any) -> str:
        place = getattr(result.node, "original_file_path", None)
        text = f"{_kind(result)} {result.node.name} {result.status}"
        if result.message:
            text += f": {' '.join(str(result.message).split())}"
        return self._struck(text + (f" ({place})" if place else ""))

    def _struck(self, text: str) -> str:
        """DuckDB repeats connection strings in some of its errors."""
        password = self._location.catalog.password
        return text.replace(password.reveal(), "***") if password is not None else text

    def _lake_at_start(self) -> dict[str, str]:
        return {} if self._newest_snapshot is None else {SNAPSHOT_VARIABLE: str(self._newest_snapshot())}

    @contextmanager
    def _in_environment(self, environment: Mapping[str, str]) -> Iterator[None]:
        before = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _close_log_file() -> None:
    """dbt opens its log file anew for every call and closes none of them."""
    log = logging.getLogger("file_log")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


def _cancel_queries(idle: threading.Event) -> None:
    """Interrupt what dbt's connections run until dbt has come to its end.

    dbt does so once, and once is lost on a query that was about to begin: dbt then waits for all of it.
    """
    while not idle.wait(_CANCEL_SECONDS):
        for adapter in list(FACTORY.adapters.values()):
            with suppress(duckdb.ConnectionException):  # closed between being listed and being interrupted
                adapter.connections.cancel_open()


def _kind(result: Any) -> str:
    return str(getattr(result.node, "resource_type", "node"))
