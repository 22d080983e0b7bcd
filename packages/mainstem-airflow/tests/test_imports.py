"""What is imported: the scheduler lists providers, and every parse of a DAG file pays for what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_KPO = "airflow.providers.cncf.kubernetes.operators.pod"


def _modules(code: str, *arguments: str) -> set[str]:
    """Names of all that are there once `code` has run."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))", *arguments]
    return set(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    tasks = [{"task_id": f"t{n}", "argv": ["true"]} for n in range(200)]
    dag = {"dag_id": "d", "tasks": tasks, "schedule": {"type": "cron", "expression": "@daily"}, "sla": 60}
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"project": "p", "image": "i", "dags": [dag]}))
    return str(path)


def test_listing_the_provider_imports_nothing_of_airflow() -> None:
    modules = _modules("import mainstem_airflow; mainstem_airflow.get_provider_info()")

    assert {
        name for name in modules if name.partition(".")[0] in ("airflow", "kubernetes", "msgspec")
    } == set()


def test_local_tasks_import_nothing_of_kubernetes(manifest: str) -> None:
    modules = _modules(
        "import sys; from mainstem_airflow import build_dags; build_dags(sys.argv[1], operator='local')",
        manifest,
    )

    assert {name for name in modules if name.startswith(("kubernetes", _KPO))} == set()


def test_parsing_pods_imports_little_more_than_the_operator_itself(manifest: str) -> None:
    """200 tasks may take 1.2 times what the import of KubernetesPodOperator takes; that is nearly all."""
    parsing = "import sys; from mainstem_airflow import build_dags; build_dags(sys.argv[1], alerts='chat')"
    more = _modules(parsing, manifest) - _modules(f"import {_KPO}; import airflow.sdk; airflow.sdk.DAG")

    assert not {name for name in more if name.partition(".")[0] in ("mainstem", "apprise", "requests")}
    assert len({name for name in more if not name.startswith("mainstem_airflow")}) < 80
