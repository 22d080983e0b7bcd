from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from mainstem.assemble.init import init_project
from mainstem.cli.plan import command
from mainstem.errors import ManifestError, UsageError
from mainstem.manifest import digest, read_manifest
from mainstem.manifest.schema import schema_text
from mainstem.orchestrate.dag_file_schema import dag_file_schema_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path / "shop", None)
    return tmp_path / "shop"


def plan(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(command, ["--project", str(folder), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_overview_says_what_runs_when_and_where_it_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    lines = plan(folder).splitlines()
    assert [line.split("  ")[0] for line in lines[:5]] == ["DAG", "cohorts", "hello", "nightly", "transform"]
    assert "by hand" in lines[2]
    assert lines[2].endswith("dags/hello.yml:1")
    assert "*/30 * * * * UTC" in lines[4]
    assert lines[4].endswith("offered by transform")
    assert any("the loader runs all the time" in line for line in lines)


def test_a_dags_tasks_are_shown_with_what_they_run(folder: Path) -> None:
    shown = plan(folder, "transform")
    assert "mainstem build --group company.intermediate_marts" in shown
    assert "mainstem publish --of" in shown


def test_a_dag_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no DAG 'transfrom'.*hello, nightly, transform"):
        plan(folder, "transfrom")


def test_the_json_is_the_manifest_and_its_digest_the_one_that_check_tells(folder: Path) -> None:
    manifest = read_manifest(plan(folder, "--json"))
    assert plan(folder, "--check") == f"4 DAGs, 8 tasks; digest {digest(manifest)}\n"


def test_the_schema_needs_no_project(tmp_path: Path) -> None:
    assert plan(tmp_path, "--schema") == plan(tmp_path, "--schema", "manifest") == schema_text()
    assert plan(tmp_path, "--schema", "dag") == dag_file_schema_text()


def test_a_warning_keeps_nothing_from_being_planned(folder: Path) -> None:
    text = "schedule: [publishd]\ntasks:\n  - {task_id: a, argv: [a]}\n"
    (folder / "dags" / "send.yml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(command, ["--project", str(folder), "--json"])
    assert done.exit_code == 0
    assert "warning: " in done.stderr
    assert "send" in [dag.dag_id for dag in read_manifest(done.stdout).dags]


def test_what_is_wrong_ends_the_command(folder: Path) -> None:
    (folder / "dags" / "send.yml").write_text("tasks: []\n", encoding="utf-8")
    with pytest.raises(ManifestError, match=r"send\.yml:1: tasks: is empty"):
        plan(folder, "--check")


def test_options_that_answer_different_questions_do_not_go_together(folder: Path) -> None:
    done = CliRunner().invoke(command, ["--project", str(folder), "--json", "transform"])
    assert done.exit_code == 2
    assert "cannot be given together" in done.output
