"""What tests of the provider share: a home for Airflow that knows nothing of this machine's."""

from __future__ import annotations

import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

# Airflow reads its settings once, when it is imported.
_home = tempfile.TemporaryDirectory(prefix="mainstem-airflow-")
os.environ.update(
    AIRFLOW_HOME=_home.name,
    AIRFLOW__CORE__UNIT_TEST_MODE="True",
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.sdk import DAG

TASK: dict[str, Any] = {"task_id": "one", "argv": ["echo", "done"]}


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., DAG]:
    """The only DAG of a manifest whose fields and task are as said."""
    from mainstem_airflow import build_dags

    def build(task: dict[str, Any] | None = None, dag: dict[str, Any] | None = None, **options: Any) -> DAG:
        tasks = [{**TASK, **(task or {})}]
        manifest = {"project": "shop", "image": "registry.example/shop:1"}
        path = tmp_path / "manifest.json"
        path.write_text(json.dumps({**manifest, "dags": [{"dag_id": "sync", "tasks": tasks, **(dag or {})}]}))
        return build_dags(path, **options)["sync"]

    return build
