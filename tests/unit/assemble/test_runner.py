from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.kept_plan import KeptPlan
from mainstem.assemble.project import open_project
from mainstem.assemble.runner import LivePlan, learn_secrets
from mainstem.assemble.runs_folder import runs_folder
from mainstem.config import Secret, parse_config
from mainstem.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.manifest import Manifest

pytestmark = pytest.mark.long

_DAG = "tasks:\n  - task_id: greet\n    argv: [echo, hello]\n"


def test_a_changed_dag_is_followed_and_a_broken_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    (tmp_path / "dags").mkdir()
    dag = tmp_path / "dags" / "hello.yml"
    dag.write_text(_DAG)
    live = LivePlan(open_project(tmp_path))
    assert "hello" in [one.dag_id for one in live.manifest.dags]
    assert live.look_again() is None
    dag.write_text("tasks: 7\n")
    assert live.look_again() is None
    assert "hello.yml" in caplog.text
    dag.write_text(_DAG.replace("greet", "welcome"))
    found = live.look_again()
    assert found is not None
    (hello,) = (one for one in found.dags if one.dag_id == "hello")
    assert [task.task_id for task in hello.tasks] == ["welcome"]


def test_a_model_that_is_deleted_is_no_task_any_more(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    models = tmp_path / "dbt" / "models"
    for group in ("kept", "gone"):
        (models / group).mkdir(parents=True)
        (models / group / f"{group}_model.sql").write_text("select 1 as id")
    (tmp_path / "dbt" / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    live = LivePlan(open_project(tmp_path))
    assert "build.gone" in _tasks_of(live.manifest)
    (models / "gone" / "gone_model.sql").unlink()
    found = live.look_again()
    assert found is not None
    assert "build.gone" not in _tasks_of(found)
    assert "build.kept" in _tasks_of(found)


def _tasks_of(manifest: Manifest) -> list[str]:
    return [task.task_id for dag in manifest.dags for task in dag.tasks]


def test_a_runner_that_starts_while_a_dag_is_broken_goes_on_with_what_last_checked(tmp_path: Path) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    (tmp_path / "dags" / "team").mkdir(parents=True)
    dag = tmp_path / "dags" / "team" / "hello.yml"
    dag.write_text("tasks: 7\n")
    project = open_project(tmp_path)
    kept = KeptPlan(runs_folder(project))
    with pytest.raises(InputError, match=r"hello\.yml:1"):
        LivePlan(project)
    dag.write_text(_DAG)
    checked = LivePlan(project).manifest
    assert kept.problem() == ""
    dag.write_text("tasks: 7\n")
    live = LivePlan(project)
    assert live.manifest == checked
    assert "hello.yml:1" in kept.problem()
    dag.write_text(_DAG.replace("greet", "welcome"))
    assert live.look_again() is not None, "files of folders below are looked at too"
    assert kept.problem() == ""


def test_every_secret_of_the_settings_is_known_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key.txt").write_text("from-a-file\n")
    monkeypatch.setenv("SOME_NAME", "from-the-environment")
    text = (
        '[postgres]\nurl = "postgresql://u:in%2Fa-url@h/d"\nanalyst_password = "as-it-is"\n'
        '[privacy]\nkey = "file:key.txt"\n[log]\ntoken = "env:SOME_NAME"\n'
        '[[sources]]\nname = "web"\nwrite_key = "no-secret"\n'
    )
    environment = {"MAINSTEM_COLLECT_INTERNAL_TOKEN": "in-a-variable", "PATH": "no-secret-either"}
    learn_secrets(parse_config(tmp_path / "mainstem.toml", text, environment))
    assert Secret.values() == {
        "in/a-url",
        "as-it-is",
        "from-a-file",
        "from-the-environment",
        "in-a-variable",
    }
