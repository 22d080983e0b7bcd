"""The command `mainstem-airflow`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mainstem_airflow.command import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    said: dict[str, Any] = {
        "project": "shop",
        "dags": [{"dag_id": "sync", "tasks": [{"task_id": "a", "argv": ["x"]}]}],
        "pools": [{"name": "lake", "slots": 1, "description": "One writer"}],
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(said))
    return path


def test_check_lists_the_dags(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(manifest)]) == 0
    assert capsys.readouterr().out == "sync: 1 tasks\n"


def test_a_manifest_that_is_wrong_is_one_line_and_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err.startswith(f"mainstem-airflow: {tmp_path}/none.json: cannot be read")


def test_pools_hold_their_places_also_while_airflow_waits_elsewhere(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pools", str(manifest)]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "lake": {"slots": 1, "description": "One writer", "include_deferred": True}
    }
