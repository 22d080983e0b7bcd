"""Real Airflow for tests: scheduler, DAG processor, API server, and the triggerer for deferrable tasks.

SQLite and LocalExecutor, tuned for a small machine. It is asked over its REST API, as tools of a deployment
ask it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.testing.processes import all_pids, session_of, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
PROVIDER = REPOSITORY / "packages" / "mainstem-airflow" / "src"
PRELOAD = """
# What every task would import anew: forked task processes find it loaded.
import airflow.providers.cncf.kubernetes.operators.pod  # noqa
import mainstem_airflow.pod_operator, mainstem_airflow.dags  # noqa
"""


@dataclass
class Airflow:
    """One that runs. `home` is its AIRFLOW_HOME: its log files and its database lie there."""

    python: Path
    home: Path
    port: int
    variables: dict[str, str] = field(default_factory=dict)
    """Added to its environment: connections."""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _token: str = ""

    @property
    def dags(self) -> Path:
        return self.home / "dags"

    def environment(self) -> dict[str, str]:
        api = f"http://127.0.0.1:{self.port}"
        ours = {
            "AIRFLOW_HOME": str(self.home),
            "PYTHONPATH": str(PROVIDER),
            "PYTHONWARNINGS": "ignore",
            "NO_PROXY": "*",
            **_section("core", executor="LocalExecutor", parallelism="8", load_examples="False"),
            **_section("core", dags_folder=str(self.dags), dags_are_paused_at_creation="False"),
            **_section(
                "core", execution_api_server_url=f"{api}/execution/", simple_auth_manager_all_admins="True"
            ),
            **_section("core", fernet_key="", internal_api_secret_key="of-this-test"),
            **_section("database", sql_alchemy_conn=f"sqlite:///{self.home}/airflow.db"),
            **_section("api", base_url=api, host="127.0.0.1", port=str(self.port), workers="1"),
            **_section("api", secret_key="of-this-test-and-long-enough-for-it"),
            **_section(
                "api_auth", jwt_secret="of-this-test-and-long-enough-for-it-as-it-should-be-64-bytes-or-more"
            ),
            **_section(
                "scheduler",
                scheduler_idle_sleep_time="0.2",
                job_heartbeat_sec="1",
                enable_health_check="False",
            ),
            **_section("scheduler", task_instance_heartbeat_timeout="20", orphaned_tasks_check_interval="5"),
            **_section("scheduler", task_instance_heartbeat_timeout_detection_interval="2"),
            **_section("workers", api_retry_wait_min="0.2", api_retry_wait_max="1"),
            **_section(
                "dag_processor",
                refresh_interval="5",
                min_file_process_interval="300",
                bundle_refresh_check_interval="1",
            ),
            **_section("logging", base_log_folder=str(self.home / "logs"), colored_console_log="False"),
            **_section("triggerer", job_heartbeat_sec="1"),
            **_section("usage_data_collection", enabled="False"),
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, **ours, **self.variables}

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the REST API. Raises urllib.error.HTTPError."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def log_in(self) -> None:
        self._token = self.ask("GET", "/auth/token")["access_token"]

    def ready(self) -> bool:
        try:
            health = self.ask("GET", "/api/v2/monitor/health")
            self.log_in()
        except OSError:
            return False
        return bool(health["scheduler"]["status"] == "healthy")

    def knows(self, dag_id: str) -> bool:
        try:
            self.ask("GET", f"/api/v2/dags/{dag_id}")
        except urllib.error.HTTPError:
            return False
        return True

    def import_errors(self) -> list[str]:
        found = self.ask("GET", "/api/v2/importErrors")["import_errors"]
        return [each["stack_trace"] for each in found]

    def trigger(self, dag_id: str, run_id: str) -> None:
        self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": None})

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/api/v2/dags/{dag_id}/dagRuns")["dag_runs"]
        return found

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        found: list[dict[str, Any]] = self.ask("GET", path)["task_instances"]
        return found

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int) -> list[str]:
        """The lines of one try, as the page of Airflow shows them."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}"
        return [str(entry["event"]) for entry in self.ask("GET", path)["content"]]

    def wait_until(self, holds: Callable[[], object], what: str, seconds: float) -> None:
        """Raises AssertionError with the ends of all logs when it takes longer, or a process has ended."""
        pause, deadline = threading.Event(), time.monotonic() + seconds
        while not holds():
            dead = [process.args for process in self.processes if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                raise AssertionError(f"waited for {what}; ended: {dead}\n{self.complaints()}")
            pause.wait(0.2)

    def pids(self, title: str = "") -> list[int]:
        """Processes of this Airflow that run: its components and what they forked, titled so."""
        sessions = {process.pid for process in self.processes}
        return [pid for pid in all_pids() if session_of(pid) in sessions and title in title_of(pid)]

    def complaints(self) -> str:
        files = sorted(self.home.glob("*.log"))
        return "\n".join(f"== {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in files)


def _section(section: str, **settings: str) -> dict[str, str]:
    return {f"AIRFLOW__{section.upper()}__{name.upper()}": value for name, value in settings.items()}


@contextmanager
def running_airflow(
    python: Path, home: Path, dag_files: dict[str, str], variables: dict[str, str], *, triggerer: bool = False
) -> Iterator[Airflow]:
    """Start it with these files in its DAGs' folder; every process of it is ended on leaving."""
    airflow = Airflow(python, home, _free_port(), variables)
    airflow.dags.mkdir(parents=True)
    (home / "config").mkdir()
    (home / "config" / "airflow_local_settings.py").write_text(PRELOAD, encoding="utf-8")
    for name, content in dag_files.items():
        (airflow.dags / name).write_text(content, encoding="utf-8")
    _migrate(airflow)
    try:
        for command in ("scheduler", "dag-processor", "api-server", *(["triggerer"] if triggerer else [])):
            _start(airflow, command)
        airflow.wait_until(airflow.ready, "Airflow to start", 180)
        yield airflow
    finally:
        _kill_all(airflow)


def _migrate(airflow: Airflow) -> None:
    command = [str(airflow.python), "-m", "airflow", "db", "migrate"]
    done = subprocess.run(
        command, cwd=airflow.home, env=airflow.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # Kept in the file: else a writer holds up every reader, and the scheduler's loop takes seconds.
    with closing(sqlite3.connect(airflow.home / "airflow.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")


def _start(airflow: Airflow, command: str) -> None:
    argv = [str(airflow.python), "-m", "airflow", command]
    with (airflow.home / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            cwd=airflow.home,
            env=airflow.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    airflow.processes.append(process)


def _kill_all(airflow: Airflow) -> None:
    while pids := airflow.pids():
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    for process in airflow.processes:
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
