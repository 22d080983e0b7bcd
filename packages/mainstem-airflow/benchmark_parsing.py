"""What parsing a DAG file of 200 pods takes, against the import of KubernetesPodOperator alone.

Each in a new process, by turns, by its CPU time; medians of `ROUNDS`. Run it by Airflow's Python.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 7
TASKS = 200
LIMIT = 1.2
ALONE = "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator"
PARSING = "import sys; from mainstem_airflow import build_dags; build_dags(sys.argv[1], alerts='chat')"


def cpu(code: str, *arguments: str) -> float:
    """Seconds, user and system."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def manifest(folder: Path) -> Path:
    """Two hundred tasks in ten DAGs, each after the one before, with all that a task may say."""
    task = {
        "argv": ["mainstem", "sync", "stripe"],
        "env": {"A": "b"},
        "secret_env": {"TOKEN": {"name": "stripe", "key": "key"}},
        "resources": {"cpu_limit": "1", "memory_limit": "1Gi"},
        "outlets": ["lake/stripe/charges"],
    }
    dags = []
    for number in range(10):
        tasks = [
            {**task, "task_id": f"t{n}", "depends_on": [f"t{n - 1}"] if n else []} for n in range(TASKS // 10)
        ]
        schedule = {"type": "cron", "expression": "@daily"}
        dags.append({"dag_id": f"d{number}", "tasks": tasks, "schedule": schedule, "sla": 3600})
    path = folder / "manifest.json"
    path.write_text(json.dumps({"project": "shop", "image": "shop:1", "dags": dags}))
    return path


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("AIRFLOW_HOME", folder)
        path = str(manifest(Path(folder)))
        cpu(PARSING, path)  # byte code
        rounds = [(cpu(ALONE), cpu(PARSING, path)) for _ in range(ROUNDS)]
    alone, parsing = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratios = [after / before for before, after in rounds]
    ratio = statistics.median(ratios)
    print(f"import of the operator alone  {alone:.2f} s")
    print(f"parsing {TASKS} tasks             {parsing:.2f} s")
    print(f"ratio {ratio:.2f} (min {min(ratios):.2f}, max {max(ratios):.2f}), limit {LIMIT}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
