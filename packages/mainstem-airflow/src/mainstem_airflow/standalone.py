"""Airflow on one machine, with a manifest's DAGs: `mainstem-airflow standalone`.

Promise: real Airflow (its scheduler, LocalExecutor, triggerer and pages) on SQLite, reachable from this
machine alone, small enough for two cores. It is for trying out and for development: Airflow itself wants no
more of SQLite.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem_airflow.components import Ended, airflow, run_all
from mainstem_airflow.pools import pools_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem_airflow.manifest import Manifest

_DAG_FILE = '''\
"""Written anew at each start: the DAGs of {manifest}."""

from __future__ import annotations

from mainstem_airflow import build_dags

globals().update(build_dags({manifest!r}, operator="local", {options}))
'''
_QUIET = ("airflow.jobs", "airflow.executors", "airflow.dag_processing", "airflow.api_fastapi", "supervisor")


@dataclass(frozen=True)
class Standalone:
    """`home` is Airflow's own folder; the rest says where tasks run."""

    home: Path
    manifest: Path
    project: Path
    bin_folder: Path | None
    port: int
    pass_environment: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def environment(standalone: Standalone, inherited: Mapping[str, str], secret: str) -> dict[str, str]:
    """Of all of Airflow's processes. What is set for Airflow already goes first. `secret` signs tokens."""
    settings = {
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_FOLDER": str(standalone.home / "dags"),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__EXECUTION_API_SERVER_URL": f"{standalone.url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(standalone.home)),
        "WORKERS__EXECUTION_API_TIMEOUT": "30",  # 5 s are too few for a busy machine of two cores
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(standalone.port),
        "API__BASE_URL": standalone.url,
        "API__WORKERS": "1",
        "API_AUTH__JWT_SECRET": secret,
        "API__SECRET_KEY": secret,
        # A task's own log stays at INFO.
        "LOGGING__NAMESPACE_LEVELS": " ".join(f"{name}=WARNING" for name in _QUIET),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    ours = {f"AIRFLOW__{name}": value for name, value in settings.items()}
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join(filter(None, [here, inherited.get("PATH", "")]))
    return {**ours, **inherited, "AIRFLOW_HOME": str(standalone.home), "PATH": path}


def write_dag_file(standalone: Standalone) -> Path:
    options = {
        "project_folder": str(standalone.project),
        "bin_folder": str(standalone.bin_folder or ""),
        "pass_environment": standalone.pass_environment,
    }
    file = standalone.home / "dags" / "mainstem_dags.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    said = ", ".join(f"{name}={value!r}" for name, value in options.items())
    file.write_text(_DAG_FILE.format(manifest=str(standalone.manifest), options=said), encoding="utf-8")
    return file


def run(standalone: Standalone, manifest: Manifest, say: Callable[[str], None]) -> Ended:
    """Until it is told to end by SIGINT or SIGTERM. Raises CalledProcessError."""
    write_dag_file(standalone)
    password = password_of(standalone.home)
    env = environment(standalone, os.environ, secrets.token_urlsafe(64))
    say("making Airflow's database")
    _once(["db", "migrate"], env)
    keep_log_ahead(standalone.home)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(pools_file(manifest), file)
        file.flush()
        _once(["pools", "import", file.name], env)
    say("starting Airflow")
    return run_all(
        env,
        standalone.home / "logs" / "components",
        answers=lambda: bool(health(standalone.url)),
        is_ready=lambda: _is_ready(standalone.url),
        when_ready=lambda: say(f"ready: {standalone.url} (admin, {password}); Ctrl-C ends it"),
    )


def keep_log_ahead(home: Path) -> None:
    """Of Airflow's database, where that is its own SQLite: else a writer holds up every reader, and the
    scheduler's loop takes seconds on a busy machine. The file itself remembers it."""
    file = home / "airflow.db"
    if file.exists():
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA journal_mode = WAL")


def password_of(home: Path) -> str:
    """The admin's; made once, readable by the owner alone."""
    file = _passwords(home)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps({"admin": secrets.token_urlsafe(12)}), encoding="utf-8")
    return str(json.loads(file.read_text(encoding="utf-8"))["admin"])


def health(url: str) -> Mapping[str, str | None]:
    """State by component, as Airflow says it; empty while its API does not answer."""
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310 # ours
            said = json.load(answer)
    except OSError:
        return {}
    return {name: part["status"] for name, part in said.items()}


def _is_ready(url: str) -> bool:
    found = health(url)
    return {found.get(name) for name in ("metadatabase", "scheduler", "triggerer", "dag_processor")} == {
        "healthy"
    }


def _passwords(home: Path) -> Path:
    return home / "passwords.json"


def _once(arguments: list[str], env: Mapping[str, str]) -> None:
    subprocess.run(airflow(*arguments), env=dict(env), check=True, capture_output=True)
