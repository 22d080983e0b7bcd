"""A manifest is read whole, or refused with the place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mainstem_airflow.manifest import AssetSchedule, CronSchedule, ManifestError, SecretRef, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


def _written(folder: Path, **fields: Any) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps({"project": "shop", "dags": [], **fields}))
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    task = {"task_id": "stripe", "argv": ["mainstem", "sync"], "secret_env": {"T": {"name": "a", "key": "b"}}}
    dags = [
        {"dag_id": "sync", "tasks": [task], "schedule": {"type": "cron", "expression": "@daily"}},
        {"dag_id": "build", "tasks": [], "schedule": {"type": "assets", "assets": ["lake/a"]}},
    ]

    sync, build = read_manifest(_written(tmp_path, version=1, dags=dags)).dags

    assert sync.schedule == CronSchedule("@daily")
    assert sync.tasks[0].secret_env == {"T": SecretRef("a", "b")}
    assert build.schedule == AssetSchedule(("lake/a",))


def test_a_version_of_the_future_is_refused_by_its_number(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.json: is of version 2; .* reads version 1"):
        read_manifest(_written(tmp_path, version=2, news=True))


def test_a_field_that_is_not_known_is_refused_with_its_place(tmp_path: Path) -> None:
    dags = [{"dag_id": "sync", "tasks": [{"task_id": "a", "argv": ["x"], "depends_on_past": True}]}]

    with pytest.raises(ManifestError, match=r"`depends_on_past` - at `\$\.dags\[0\]\.tasks\[0\]`"):
        read_manifest(_written(tmp_path, dags=dags))


def test_a_value_of_another_type_is_refused_with_its_place(tmp_path: Path) -> None:
    dags = [{"dag_id": "sync", "tasks": [{"task_id": "a", "argv": ["x"], "trigger_rule": "sometimes"}]}]

    with pytest.raises(ManifestError, match=r"sometimes.*\$\.dags\[0\]\.tasks\[0\]\.trigger_rule"):
        read_manifest(_written(tmp_path, dags=dags))


def test_a_file_that_is_not_there_is_refused_with_how_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.json: cannot be read: .*mainstem plan --json"):
        read_manifest(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("dags", "words"),
    [
        ([{"dag_id": "a", "tasks": []}] * 2, "two DAGs are named a"),
        ([{"dag_id": "a", "tasks": [{"task_id": "t", "argv": ["x"]}] * 2}], "a: two tasks are named t"),
        ([{"dag_id": "a", "tasks": [{"task_id": "t", "argv": []}]}], "a.t: argv is empty"),
        (
            [{"dag_id": "a", "tasks": [{"task_id": "t", "argv": ["x"], "depends_on": ["u"]}]}],
            "a.t: depends_on names no task of its DAG: u; there are t",
        ),
    ],
)
def test_names_that_airflow_would_stumble_over_are_refused(
    tmp_path: Path, dags: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ManifestError, match=words):
        read_manifest(_written(tmp_path, dags=dags))
