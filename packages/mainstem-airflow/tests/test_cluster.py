"""Pods on a real Kubernetes: only where MAINSTEM_KUBECONFIG says which (`make test-cluster`)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

KUBECONFIG = os.environ.get("MAINSTEM_KUBECONFIG", "")
IMAGE = os.environ.get("MAINSTEM_CLUSTER_IMAGE", "busybox:1.37")

pytestmark = pytest.mark.skipif(not KUBECONFIG, reason="no cluster: set MAINSTEM_KUBECONFIG")

TASKS: list[dict[str, Any]] = [
    {
        "task_id": "says",
        "argv": ["sh", "-c", "echo try $MAINSTEM_TRY_NUMBER; echo '{{ x }} $(y)'; echo; echo end"],
    },
    {"task_id": "fails", "argv": ["sh", "-c", "echo breaks; exit 4"], "depends_on": ["says"]},
    {"task_id": "nothing", "argv": ["sh", "-c", "exit 99"], "skip_on_exit_code": [99]},
    {"task_id": "slow", "argv": ["sleep", "600"], "execution_timeout": 20},
    {"task_id": "none", "argv": ["no-such-program"]},
]


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_cluster_runs_what_a_manifest_says(tmp_path: Path, deferrable: bool) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    manifest = {"project": "shop", "image": IMAGE, "dags": [{"dag_id": "cluster", "tasks": TASKS}]}
    (dags / "manifest.json").write_text(json.dumps(manifest))
    options = {"config_file": KUBECONFIG, "kubernetes_conn_id": None, "namespace": "default"}
    options |= {"deferrable": deferrable, "termination_grace": 1}
    (dags / "cluster.py").write_text(
        "from mainstem_airflow import build_dags\n"
        f"globals().update(build_dags('manifest.json', **{options!r}))\n"
    )
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__DAGS_FOLDER": str(dags)}
    env["AIRFLOW__CORE__UNIT_TEST_MODE"] = "False"
    airflow = [sys.executable, "-m", "airflow"]

    subprocess.run([*airflow, "db", "migrate"], env=env, check=True, capture_output=True)
    ran = subprocess.run(
        [*airflow, "dags", "test", "cluster"], env=env, check=False, capture_output=True, text=True
    )

    said = ran.stdout + ran.stderr
    reasons = re.findall(r"^mainstem_airflow\.outcomes\.TaskFailed: (.*)$", said, re.MULTILINE)
    assert sorted(reason.split(":")[0] for reason in reasons) == [
        "exit 4",
        "not started",
        "timed out after 20 s",
    ]
    assert re.search(r"\] try 1\b|try 1 ", said)
    assert "{{ x }} $(y)" in said
    assert "exit 99: nothing to do" in said
