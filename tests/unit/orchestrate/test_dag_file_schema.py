"""The schema for editors, read by a validator that is not ours, passes what planning takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped] # its types are a package of their own
import pytest
import yaml

from mainstem.assemble.init import init_project
from mainstem.errors import ManifestError
from mainstem.orchestrate.dag_file_schema import dag_file_schema
from mainstem.orchestrate.dag_files import read_dags

if TYPE_CHECKING:
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(dag_file_schema())
TASKS = "tasks: [{task_id: a, argv: [a]}]\n"

GOOD = [
    TASKS,
    f"schedule: '@daily'\nsla: 1h30m\ndagrun_timeout: 90\n{TASKS}",
    f"schedule: [published]\n{TASKS}",
    f"schedule: {{expression: 0 7 * * *, timezone: Asia/Tokyo}}\nstart_date: '2026-03-01'\n{TASKS}",
    f"schedule: {{assets: [published], match: any}}\n{TASKS}",
    f"schedule: null\nend_date: '2026-03-01T00:00:00+01:00'\n{TASKS}",
    "default_args: {argv: [a], retries: 2, retry_delay: 5m}\ntasks: [{task_id: a}]\n",
    "tasks: [{task_id: a, argv: [a], retry_delay: 1 h, execution_timeout: 0.5s, max_retry_delay: null}]\n",
]
BAD = [
    "description: x\n",
    "tasks: []\n",
    f"sla: soon\n{TASKS}",
    f"retries: 2\n{TASKS}",
    f"schedule: 5\n{TASKS}",
    f"default_args: {{task_id: a}}\n{TASKS}",
    "tasks: [{task_id: a b, argv: [a]}]\n",
    "tasks: [{task_id: a, argv: a}]\n",
    "tasks: [{task_id: a, argv: [a], env: {PORT: 80}}]\n",
    "tasks: [{task_id: a, argv: [a], triger_rule: all_done}]\n",
]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(dag_file_schema())


@pytest.mark.parametrize("text", GOOD)
def test_both_take_a_good_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.yml").write_text(text, encoding="utf-8")
    assert len(read_dags(tmp_path, "UTC")) == 1
    VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize("text", BAD)
def test_both_refuse_a_bad_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError):
        read_dags(tmp_path, "UTC")
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


def test_the_example_of_a_new_project_passes(tmp_path: Path) -> None:
    init_project(tmp_path / "shop", None)
    VALIDATOR.validate(yaml.safe_load((tmp_path / "shop" / "dags" / "hello.yml").read_text(encoding="utf-8")))
