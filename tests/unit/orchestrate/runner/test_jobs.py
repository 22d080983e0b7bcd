from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import TaskNotStarted
from mainstem.manifest import DagRun, SecretRef, Task, TaskInstance
from mainstem.orchestrate.runner import JobMaker

if TYPE_CHECKING:
    from pathlib import Path

_AT = datetime(2026, 3, 29, 3, tzinfo=UTC)
_RUN = DagRun("d", "scheduled__x", "scheduled", "running", _AT, _AT, _AT, _AT)
_INSTANCE = TaskInstance("d", "scheduled__x", "t", "queued", 2, 3)
_ENVIRONMENT = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "DATABASE_PASSWORD": "hidden",
    "CRM_API_TOKEN": "t0ken",
    "EXTRA_A": "a",
}


def a_task(**changes: object) -> Task:
    return Task("t", ("true",), **changes)  # type: ignore[arg-type] # named values of a test


def test_a_task_of_ones_own_gets_what_programs_need_what_is_passed_and_nothing_else(tmp_path: Path) -> None:
    maker = JobMaker(tmp_path, tmp_path / "runs", _ENVIRONMENT, ("EXTRA_*",))
    job = maker.job(a_task(env={"OWN": "1"}), _RUN, _INSTANCE, "")
    assert job.environment == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "EXTRA_A": "a",
        "OWN": "1",
        "MAINSTEM_DAG_ID": "d",
        "MAINSTEM_TASK_ID": "t",
        "MAINSTEM_RUN_ID": "scheduled__x",
        "MAINSTEM_TRY_NUMBER": "2",
        "MAINSTEM_LOGICAL_DATE": "2026-03-29T03:00:00+00:00",
        "MAINSTEM_DATA_INTERVAL_START": "2026-03-29T03:00:00+00:00",
        "MAINSTEM_DATA_INTERVAL_END": "2026-03-29T03:00:00+00:00",
    }


def test_a_container_gets_nothing_of_this_machine_and_the_stacks_own_programs_all(tmp_path: Path) -> None:
    inside = JobMaker(tmp_path, tmp_path, _ENVIRONMENT, ("EXTRA_*",), in_container=True)
    assert not _ENVIRONMENT.keys() & inside.job(a_task(), _RUN, _INSTANCE, "").environment.keys()
    beside = JobMaker(tmp_path, tmp_path, _ENVIRONMENT)
    assert beside.job(a_task(kind="dbt"), _RUN, _INSTANCE, "").environment.items() >= _ENVIRONMENT.items()


def test_a_secret_is_a_file_else_a_variable_and_is_struck(tmp_path: Path) -> None:
    task = a_task(secret_env={"TOKEN": SecretRef("crm-api", "token"), "KEY": SecretRef("crm-api", "key")})
    (tmp_path / "crm-api").mkdir()
    (tmp_path / "crm-api" / "key").write_text("fr0m a file\n")
    maker = JobMaker(tmp_path, tmp_path, _ENVIRONMENT, secrets_folder=tmp_path, struck=lambda: ["known"])
    job = maker.job(task, _RUN, _INSTANCE, "")
    assert (job.environment["TOKEN"], job.environment["KEY"]) == ("t0ken", "fr0m a file")
    assert sorted(job.secrets) == ["fr0m a file", "known", "t0ken"]
    assert "t0ken" not in repr(job)


def test_a_secret_that_is_not_there_is_told_with_where_it_may_be(tmp_path: Path) -> None:
    task = a_task(secret_env={"TOKEN": SecretRef("absent", "token")})
    with pytest.raises(
        TaskNotStarted, match=r"absent/token of t is not there: set ABSENT_TOKEN, or write .*"
    ):
        JobMaker(tmp_path, tmp_path, {}, secrets_folder=tmp_path).job(task, _RUN, _INSTANCE, "")
