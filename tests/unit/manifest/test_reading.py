from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mainstem.errors import ManifestError
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Manifest, Pool, Task, dump, read_manifest

TASK = {"task_id": "extract", "argv": ["python", "extract.py"]}


def plain(task: dict[str, Any] | None = None, **dag: Any) -> dict[str, Any]:
    """A manifest of one DAG of one task, as it comes out of JSON."""
    made = {"dag_id": "crm", "tasks": [{**TASK, **(task or {})}], **dag}
    return {"version": 1, "project": "shop", "dags": [made]}


def problems_of(value: Any, name: str = "") -> list[str]:
    with pytest.raises(ManifestError) as raised:
        read_manifest(msgspec.json.encode(value), name)
    return [str(problem) for problem in raised.value.problems]


def test_what_is_written_is_read_again() -> None:
    manifest = Manifest(
        "shop",
        (
            Dag("a", (Task("x", ("true",), env={"A": "1"}, retries=2),), schedule=CronSchedule("@daily")),
            Dag(
                "b", (Task("y", ("true",), outlets=("lake/y",)),), schedule=AssetSchedule(("lake/x",), "any")
            ),
        ),
        pools=(Pool("narrow", 1),),
    )
    assert read_manifest(dump(manifest)) == manifest


def test_the_version_is_always_written_though_other_defaults_are_left_out() -> None:
    written = msgspec.json.decode(dump(Manifest("shop", (Dag("a", (Task("x", ("true",)),)),))))
    assert written["version"] == 1
    assert written["dags"] == [{"dag_id": "a", "tasks": [{"argv": ["true"], "task_id": "x"}]}]


def test_a_manifest_without_version_is_refused() -> None:
    assert problems_of({"project": "shop", "dags": []}) == ["version: is missing (valid: 1)"]


def test_a_manifest_of_a_later_version_says_so_and_nothing_else() -> None:
    assert problems_of({"version": 2, "projects": []}) == [
        "version: 2 is not known to this version of Mainstem (valid: 1)"
    ]


def test_a_problem_says_where_it_is_with_the_name_of_the_file() -> None:
    value = plain()
    value["dags"].append({"dag_id": "b", "tasks": [TASK, {**TASK, "retries": "three"}]})
    assert problems_of(value, "manifest.json") == [
        "manifest.json: dags[1].tasks[1].retries: expected a whole number, got text "
        "(valid: a whole number, 0 or more)"
    ]


def test_every_problem_is_told_at_once() -> None:
    value = plain({"retries": -1, "argv": "python extract.py", "env": {"PORT": 80}}, catchup="yes")
    assert problems_of(value) == [
        "dags[0].tasks[0].argv: expected a list, got 'python extract.py' (valid: a program and its "
        'arguments: `["python", "report.py"]`)',
        "dags[0].tasks[0].env.PORT: expected text, got a whole number; write it in quotes",
        "dags[0].tasks[0].retries: -1 is not valid (valid: a whole number, 0 or more)",
        "dags[0].catchup: expected true or false, got text",
    ]


@pytest.mark.parametrize(
    ("task", "problem"),
    [
        ({"argv": []}, "dags[0].tasks[0].argv: is empty"),
        ({"retry": 3}, "dags[0].tasks[0].retry: there is no such field; did you mean retries?"),
        (
            {"trigger_rule": "all_succes"},
            "'all_succes' is not valid; did you mean all_success? (valid: all_s",
        ),
        ({"task_id": "a b"}, "dags[0].tasks[0].task_id: 'a b' is not valid (valid: 1 to 200 letters"),
        ({"task_id": "a\n"}, "dags[0].tasks[0].task_id: 'a\\n' is not valid"),
        ({"task_id": "a" * 201}, "aaaa…' is not valid (valid: 1 to 200 letters"),
        ({"env": {"1A": "x"}}, "dags[0].tasks[0].env['1A']: '1A' is not valid"),
        (
            {"resources": {"memory_limit": "1 GB"}},
            "resources.memory_limit: '1 GB' is not valid (valid: bytes",
        ),
        ({"resources": {"cpu_limit": "half"}}, "resources.cpu_limit: 'half' is not valid (valid: processors"),
        ({"secret_env": {"KEY": {"name": "crm"}}}, "secret_env.KEY.key: is missing (valid: a key of a Kub"),
        ({"secret_env": {"KEY": "crm"}}, "secret_env.KEY: expected an object, got 'crm' (valid: name, key)"),
        ({"outlets": ["s3://bucket"]}, "outlets[0]: 's3://bucket' is not valid (valid: a name such as"),
        ({"skip_on_exit_code": [0]}, "skip_on_exit_code[0]: 0 is not valid (valid: an exit code, 1 to 255)"),
        ({"execution_timeout": 0}, "execution_timeout: 0 is not valid (valid: seconds, more than 0)"),
    ],
)
def test_a_field_that_is_not_valid_is_told_with_what_is(task: dict[str, Any], problem: str) -> None:
    (told,) = problems_of(plain(task))
    assert problem in told


@pytest.mark.parametrize(
    ("dag", "problem"),
    [
        (
            {"schedule": "@daily"},
            "dags[0].schedule: expected an object, got '@daily' (valid: its type: cron or",
        ),
        ({"schedule": {"expression": "@daily"}}, "dags[0].schedule.type: is missing (valid: cron or assets)"),
        ({"schedule": {"type": "data"}}, "dags[0].schedule.type: there is no 'data' (valid: cron or assets)"),
        ({"schedule": {"type": "assets", "assets": []}}, "dags[0].schedule.assets: is empty"),
        ({"start_date": "2026-01-01T00:00:00"}, "dags[0].start_date: "),
        ({"tasks": []}, "dags[0].tasks: is empty"),
    ],
)
def test_a_dag_that_is_not_valid_is_told(dag: dict[str, Any], problem: str) -> None:
    (told,) = problems_of(plain(**dag))
    assert problem in told


def test_what_is_no_json_is_told_with_the_name_of_the_file() -> None:
    with pytest.raises(ManifestError, match=r"manifest\.json: not JSON"):
        read_manifest(b"{", "manifest.json")


def test_a_whole_number_may_be_written_with_a_point() -> None:
    read = read_manifest(msgspec.json.encode(plain({"retries": 3.0})))
    assert read.dags[0].tasks[0].retries == 3
