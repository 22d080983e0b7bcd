"""Airflow on one machine: what it is told, and that it ends whole."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem_airflow.manifest import Dag, Manifest, Task
from mainstem_airflow.programs import INHERITED
from mainstem_airflow.standalone import Standalone, environment, keep_log_ahead, password_of, write_dag_file

if TYPE_CHECKING:
    from pathlib import Path

_LOOPBACK = "127.0.0.1"


@pytest.fixture
def standalone(tmp_path: Path) -> Standalone:
    manifest = tmp_path / "manifest.json"
    said = Manifest("shop", (Dag("sync", (Task("one", ("mainstem", "doctor")),)),))
    manifest.write_bytes(msgspec.json.encode(said))
    return Standalone(tmp_path / "home", manifest, tmp_path, tmp_path / "bin", 8099, ("SHOP_*",))


def test_it_is_reached_from_this_machine_alone(standalone: Standalone) -> None:
    found = environment(standalone, {"PATH": "/bin"}, "signs")

    assert found["AIRFLOW__API__HOST"] == _LOOPBACK
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == f"http://{_LOOPBACK}:8099/execution/"
    assert found["PATH"].endswith(":/bin")


def test_what_is_set_for_airflow_already_stands(standalone: Standalone) -> None:
    found = environment(standalone, {"AIRFLOW__CORE__PARALLELISM": "32"}, "signs")

    assert found["AIRFLOW__CORE__PARALLELISM"] == "32"


def test_the_admins_password_is_kept_and_the_owners_alone(standalone: Standalone) -> None:
    first = password_of(standalone.home)

    assert password_of(standalone.home) == first
    assert stat.S_IMODE((standalone.home / "passwords.json").stat().st_mode) == 0o600
    assert len(first) >= 16


def test_its_sqlite_lets_readers_read_while_one_writes(tmp_path: Path) -> None:
    keep_log_ahead(tmp_path)  # none yet, or another database
    assert list(tmp_path.iterdir()) == []
    with closing(sqlite3.connect(tmp_path / "airflow.db")) as writer:
        writer.execute("CREATE TABLE dag (dag_id TEXT)")
        keep_log_ahead(tmp_path)
        writer.execute("BEGIN EXCLUSIVE")
        with closing(sqlite3.connect(tmp_path / "airflow.db", timeout=0)) as reader:
            assert reader.execute("SELECT * FROM dag").fetchall() == []


def test_its_dag_file_holds_the_manifests_dags(standalone: Standalone) -> None:
    file = write_dag_file(standalone)
    found: dict[str, Any] = {"__file__": str(file)}

    exec(compile(file.read_text(), str(file), "exec"), found)  # noqa: S102 # as Airflow does

    task = found["sync"].get_task("one")
    assert (task.argv, task.cwd) == (["mainstem", "doctor"], str(standalone.project))
    assert task.bin_folder == str(standalone.bin_folder)
    assert task.inherit == (*INHERITED, "SHOP_*")
