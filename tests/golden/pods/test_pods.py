"""Tasks and their pods, `cases/*.json`: the tests of the Airflow provider hold it to the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mainstem.manifest import Task
from mainstem.orchestrate.pod import PodOptions, TryName, pod, program_of

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))


class Case(msgspec.Struct, forbid_unknown_fields=True):
    task: Task
    image: str
    run_environment: dict[str, str]
    options: PodOptions
    pod: dict[str, Any]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_task_becomes_the_pod_that_airflow_sends(file: Path) -> None:
    case = msgspec.json.decode(file.read_bytes(), type=Case)
    run = case.run_environment
    name = TryName(
        run["MAINSTEM_DAG_ID"], run["MAINSTEM_RUN_ID"], case.task.task_id, int(run["MAINSTEM_TRY_NUMBER"])
    )
    assert pod(name, program_of(case.task, case.image, run), case.options) == case.pod
