from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.config import Secret
from mainstem.errors import UsageError, WarehouseBusy
from mainstem.transform import Event, NodeDone, Note
from mainstem.transform.dbt import Dbt

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.warehouse.ducklake import DuckLake, LakeLocation

pytestmark = pytest.mark.long


def _model(project: Path, name: str, sql: str) -> None:
    (project / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")


def _ignore(event: Event) -> None:
    pass


def test_the_lock_is_held_node_by_node_and_never_left_held(dbt: Dbt, dbt_project: Path, lock: Any) -> None:
    _model(dbt_project, "one", "{{ config(materialized='table') }} select 1 as a")
    _model(dbt_project, "two", "{{ config(materialized='table') }} select * from {{ ref('one') }}")
    assert dbt.run(["build"], _ignore).models == 2
    # The first hold covers the making of the schema and the first node; the last the end of the run.
    assert lock.history[:4] == ["acquire", "release"] * 2
    assert lock.history == ["acquire", "release"] * (len(lock.history) // 2)


def test_hooks_around_a_build_run_inside_the_lock(
    dbt: Dbt, dbt_project: Path, lock: Any, lake: DuckLake
) -> None:
    project = dbt_project / "dbt_project.yml"
    project.write_text(
        project.read_text(encoding="utf-8")
        + "on-run-start: create or replace table lake.analytics.before as select 1 as a\n"
        + "on-run-end: create or replace table lake.analytics.after as select 2 as a\n",
        encoding="utf-8",
    )
    _model(dbt_project, "one", "select 1 as a")
    assert dbt.run(["build"], _ignore).success
    assert lake.query("SELECT a FROM lake.analytics.after").to_pylist() == [{"a": 2}]
    assert lock.history == ["acquire", "release"] * 2


def test_a_failing_model_is_named_with_its_file_and_reason(dbt: Dbt, dbt_project: Path, lock: Any) -> None:
    _model(dbt_project, "broken", "select no_such_column")
    _model(dbt_project, "child", "select * from {{ ref('broken') }}")
    events: list[Event] = []
    outcome = dbt.run(["build"], events.append)
    assert not outcome.success
    assert "model broken error" in outcome.failures[0]
    assert "no_such_column" in outcome.failures[0]
    assert "models/broken.sql" in outcome.failures[0]
    assert outcome.failures[1] == "1 more were skipped because of that"
    assert [(e.node, e.status) for e in events if isinstance(e, NodeDone)] == [
        ("broken", "error"),
        ("child", "skipped"),
    ]
    assert lock.history.count("acquire") == lock.history.count("release")


def test_a_project_that_does_not_parse_fails_with_dbts_words(dbt: Dbt, dbt_project: Path) -> None:
    _model(dbt_project, "broken", "select * from {{ ref('nowhere') }}")
    outcome = dbt.run(["build"], _ignore)
    assert not outcome.success
    assert "nowhere" in outcome.failures[0]


@pytest.mark.parametrize("refused", [1, 2], ids=["before the run", "between two nodes"])
def test_without_the_lock_no_node_runs_and_the_caller_learns_why(
    dbt: Dbt, dbt_project: Path, lock: Any, refused: int
) -> None:
    _model(dbt_project, "one", "select 1 as a")
    _model(dbt_project, "two", "select * from {{ ref('one') }}")
    lock.refused, lock.refusal = refused, WarehouseBusy("the lake's lock cannot be had")
    events: list[Event] = []
    with pytest.raises(WarehouseBusy, match="cannot be had"):
        dbt.run(["build"], events.append)
    assert len([e for e in events if isinstance(e, NodeDone)]) == refused - 1
    assert lock.history.count("acquire") == lock.history.count("release")


@pytest.fixture
def of_parts(dbt: Dbt, dbt_project: Path, tmp_path: Path) -> Dbt:
    """dbt on a project with a model, that depends on a package with another."""
    package = tmp_path / "package"
    (package / "models").mkdir(parents=True)
    (package / "dbt_project.yml").write_text("name: parts\nversion: '1.0'\n", encoding="utf-8")
    (package / "models" / "part.sql").write_text("select 1 as id", encoding="utf-8")
    (dbt_project / "packages.yml").write_text(f"packages:\n  - local: {package}\n", encoding="utf-8")
    (dbt_project / "models" / "whole.sql").write_text("select * from {{ ref('part') }}", encoding="utf-8")
    return dbt


def test_packages_are_installed_once_and_again_when_their_list_changes(
    of_parts: Dbt, dbt_project: Path
) -> None:
    def installs() -> int:
        notes: list[Event] = []
        assert of_parts.run(["parse"], notes.append).success
        return notes.count(Note("installing dbt packages"))

    assert [installs(), installs()] == [1, 0]
    listing = dbt_project / "packages.yml"
    listing.write_text(listing.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert installs() == 1


def test_dbt_writes_into_the_state_folder_alone(
    of_parts: Dbt, dbt_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert of_parts.run(["parse"], _ignore).success
    assert list(home.iterdir()) == []
    # dbt's own lock file belongs beside packages.yml: people commit it.
    assert {entry.name for entry in dbt_project.iterdir()} == {
        "dbt_project.yml",
        "models",
        "package-lock.yml",
        "packages.yml",
    }


@pytest.mark.parametrize("reachable", [True, False], ids=["a build that works", "a catalog that is away"])
def test_the_password_is_in_nothing_that_dbt_writes_or_says(
    of_parts: Dbt,  # its project is what is run, with another connection
    dbt_project: Path,
    lake_location: LakeLocation,
    lock: Any,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    reachable: bool,
) -> None:
    catalog = replace(lake_location.catalog, password=Secret("correct-horse-battery"))
    if not reachable:
        catalog = replace(catalog, host=str(tmp_path))
    location = replace(lake_location, catalog=catalog)
    dbt = Dbt(dbt_project, tmp_path / "state", location, "analytics", lock)
    dbt.prepare()
    events: list[Event] = []
    outcome = dbt.run(["build"], events.append)
    assert outcome.success == reachable
    written = b"".join(file.read_bytes() for file in (tmp_path / "state").rglob("*") if file.is_file())
    captured = capfd.readouterr()
    said = f"{captured.out}{captured.err}{events}{outcome}".encode()
    assert b"analytics" in written
    assert outcome.models == (2 if reachable else 0)
    assert b"correct-horse-battery" not in written + said


def test_a_folder_without_a_dbt_project_is_refused_with_the_setting_that_names_it(
    tmp_path: Path, lake_location: LakeLocation, lock: Any
) -> None:
    with pytest.raises(UsageError, match=r"\[transform\] project_dir"):
        Dbt(tmp_path, tmp_path / "state", lake_location, "analytics", lock).prepare()
