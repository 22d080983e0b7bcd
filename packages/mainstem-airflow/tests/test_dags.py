"""A manifest's fields become Airflow's of that meaning."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import Asset, AssetAll, AssetAny, CronTriggerTimetable
from airflow.serialization.serialized_objects import DagSerialization

from mainstem_airflow import build_dags
from mainstem_airflow.environment import RUN_ENVIRONMENT
from mainstem_airflow.manifest import ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.sdk import DAG

    Build = Callable[..., DAG]

OPERATORS = ["kubernetes", "local"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_tasks_fields_are_its_operators(built: Build, operator: str) -> None:
    said = {
        "trigger_rule": "all_done_min_one_success",
        "retries": 3,
        "retry_delay": 2.5,
        "retry_exponential_backoff": 1.5,
        "max_retry_delay": 60,
        "execution_timeout": 90,
        "pool": "lake",
        "pool_slots": 2,
        "priority_weight": 7,
        "skip_on_exit_code": [99],
        "owner": "data",
    }

    made = built(said, operator=operator).get_task("one")

    assert {name: getattr(made, name) for name in said} == {
        **said,
        "retry_delay": timedelta(seconds=2.5),
        "max_retry_delay": timedelta(seconds=60),
        "execution_timeout": timedelta(seconds=90),
        "skip_on_exit_code": type(made.skip_on_exit_code)([99]),
    }
    assert (made.weight_rule, made.do_xcom_push) == ("absolute", False)


def test_a_dags_fields_are_airflows(built: Build) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    said = {
        "description": "SaaS",
        "catchup": True,
        "max_active_runs": 2,
        "max_active_tasks": 3,
        "is_paused_upon_creation": True,
    }

    made = built(dag={**said, "start_date": start.isoformat(), "dagrun_timeout": 60, "tags": ["nightly"]})

    assert {name: getattr(made, name) for name in said} == said
    assert (made.start_date, made.dagrun_timeout) == (start, timedelta(seconds=60))
    assert made.tags == {"mainstem", "shop", "nightly"}


def test_the_logical_date_of_a_cron_schedule_is_its_tick(built: Build) -> None:
    schedule = {"type": "cron", "expression": "0 7 * * *", "timezone": "Europe/Berlin"}

    assert built(dag={"schedule": schedule}).schedule == CronTriggerTimetable(
        "0 7 * * *", timezone="Europe/Berlin"
    )


@pytest.mark.parametrize(("match", "either"), [("all", AssetAll), ("any", AssetAny)])
def test_assets_start_a_dag_all_or_any_of_them(built: Build, match: str, either: type[AssetAll]) -> None:
    schedule = {"type": "assets", "assets": ["lake/a", "lake/b"], "match": match}

    assert built(dag={"schedule": schedule}).schedule == either(Asset("lake/a"), Asset("lake/b"))


def test_outlets_and_inlets_are_assets(built: Build) -> None:
    made = built({"outlets": ["lake/a"], "inlets": ["source/b"]}).get_task("one")

    assert (made.outlets, made.inlets) == ([Asset("lake/a")], [Asset("source/b")])


def test_tasks_come_after_those_that_they_depend_on(built: Build) -> None:
    tasks = [
        {"task_id": "last", "argv": ["x"], "depends_on": ["first", "second"]},
        {"task_id": "second", "argv": ["x"], "depends_on": ["first"]},
        {"task_id": "first", "argv": ["x"]},
    ]

    made = built(dag={"tasks": tasks})

    assert made.get_task("last").upstream_task_ids == {"first", "second"}
    assert made.get_task("first").downstream_task_ids == {"last", "second"}


def test_an_sla_is_a_deadline_from_when_the_run_was_queued(built: Build) -> None:
    (told,) = built(dag={"sla": 3600}, alerts="chat").deadline or []
    (untold,) = built(dag={"sla": 3600}).deadline or []

    assert told.reference.reference_name == "DagRunQueuedAtDeadline"
    assert told.interval == timedelta(hours=1)
    assert told.callback.path == "mainstem_airflow.alerts.tell_deadline_missed"
    assert told.callback.kwargs == {"conn_id": "chat", "sla": 3600}
    assert untold.callback.path == "mainstem_airflow.alerts.log_deadline_missed"


def test_a_pod_has_the_safe_defaults(built: Build) -> None:
    made = built({"execution_timeout": 60}).get_task("one")

    said = {
        "startup_check_interval_seconds": 1,
        "get_logs": True,
        "log_pod_spec_on_failure": False,
        "durable": True,
        "in_cluster": None,
        "random_name_suffix": True,
        "automount_service_account_token": False,
        "container_name_log_prefix_enabled": False,
    }
    assert {name: getattr(made, name) for name in said} == said


def test_a_pod_is_what_the_task_says(built: Build) -> None:
    task = {
        "argv": ["sh", "-c", "echo {{ x }} $(date)"],
        "cwd": "/srv",
        "env": {"MODE": "{{ full }}"},
        "secret_env": {"TOKEN": {"name": "stripe", "key": "api-key"}},
        "resources": {"cpu_limit": "2"},
    }
    options: dict[str, Any] = {
        "namespace": "data",
        "service_account_name": "runner",
        "secrets_prefix": "shop-",
    }

    pod = built(task, **options).get_task("one").build_pod_request_obj(dry_run=True)

    base = pod.spec.containers[0]
    plain = {each.name: each.value for each in base.env if each.value_from is None}
    refs = {each.name: each.value_from.secret_key_ref for each in base.env if each.value_from}
    assert pod.metadata.namespace == "data"
    assert pod.metadata.labels["mainstem/project"] == "shop"
    assert pod.spec.service_account_name == "runner"
    assert pod.spec.termination_grace_period_seconds == 30
    assert (base.image, base.working_dir) == ("registry.example/shop:1", "/srv")
    assert (base.command, base.args) == (["sh", "-c", "echo {{ x }} $$(date)"], [])
    assert base.resources.limits == {"cpu": "2"}
    assert plain == {"MODE": "{{ full }}", **RUN_ENVIRONMENT}
    assert [(name, ref.name, ref.key) for name, ref in refs.items()] == [("TOKEN", "shop-stripe", "api-key")]


@pytest.mark.parametrize("operator", OPERATORS)
def test_only_what_tells_the_run_is_a_template(built: Build, operator: str) -> None:
    made = built({"argv": ["echo", "{{ nope }}\n"], "env": {"A": "{% nope %}"}}, operator=operator)
    task = made.get_task("one")
    run = {"dag_id": "sync", "logical_date": datetime(2026, 1, 2, tzinfo=UTC)}
    none = {"data_interval_start": None, "data_interval_end": None}
    context: Any = {"dag_run": {**run, **none}, "run_id": "r", "ti": {"task_id": "one", "try_number": 2}}

    task.render_template_fields(context)

    assert task.run_environment == {
        "MAINSTEM_DAG_ID": "sync",
        "MAINSTEM_TASK_ID": "one",
        "MAINSTEM_RUN_ID": "r",
        "MAINSTEM_TRY_NUMBER": "2",
        "MAINSTEM_LOGICAL_DATE": "2026-01-02T00:00:00+00:00",
        "MAINSTEM_DATA_INTERVAL_START": "",
        "MAINSTEM_DATA_INTERVAL_END": "",
    }
    assert (task.argv if operator == "local" else task.cmds) == ["echo", "{{ nope }}\n"]
    if operator == "local":
        assert task.environment == {"A": "{% nope %}"}
    else:
        assert task.env_vars[0].value == "{% nope %}"


def test_a_local_tasks_folder_is_beside_the_manifest(built: Build, tmp_path: Path) -> None:
    made = built({"cwd": "scripts"}, operator="local", bin_folder="bin")

    task = made.get_task("one")
    assert (task.cwd, task.bin_folder) == (str(tmp_path / "scripts"), str(tmp_path / "bin"))


def test_the_manifest_is_looked_for_beside_the_file_that_asks(tmp_path: Path) -> None:
    manifest = {"project": "shop", "dags": [{"dag_id": "sync", "tasks": [{"task_id": "a", "argv": ["x"]}]}]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    file = tmp_path / "shop_dags.py"
    file.write_text(
        "from mainstem_airflow import build_dags\n"
        "globals().update(build_dags('manifest.json', operator='local'))\n"
    )
    found: dict[str, Any] = {"__file__": str(file)}

    exec(compile(file.read_text(), str(file), "exec"), found)  # noqa: S102 # as Airflow does

    assert found["sync"].fileloc == str(file)


def test_an_image_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(
        json.dumps({"project": "p", "dags": [{"dag_id": "d", "tasks": [{"task_id": "t", "argv": ["x"]}]}]})
    )

    with pytest.raises(ManifestError, match=r"d\.t: no image; say build_dags\(…, image=…\)"):
        build_dags(path)


def test_a_relative_folder_needs_to_know_where_the_project_is(built: Build) -> None:
    with pytest.raises(ManifestError, match=r"sync\.one: cwd scripts is relative"):
        built({"cwd": "scripts"})

    assert built({"cwd": "scripts"}, project_folder="/project").get_task("one").working_dir == (
        "/project/scripts"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"operator": "docker"}, "operator is 'docker'; valid are kubernetes, local"),
        ({"in_clustre": True}, "unknown option in_clustre; valid are termination_grace, image"),
        ({"operator": "local", "namespace": "x"}, "unknown option namespace; valid are termination_grace"),
    ],
)
def test_an_unknown_option_is_refused_with_those_that_there_are(
    built: Build, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(TypeError, match=words):
        built(**options)


def test_two_processes_make_the_same_dag_of_a_manifest(built: Build, tmp_path: Path) -> None:
    """Else Airflow would keep a new version of it at every parse."""
    task = {"env": {"A": "b"}, "secret_env": {"T": {"name": "a", "key": "b"}}, "outlets": ["x", "y"]}
    built(task, {"sla": 60, "tags": ["b", "a", "c"], "schedule": {"type": "cron", "expression": "@daily"}})
    code = (
        "import sys; from mainstem_airflow import build_dags;"
        "from airflow.models.serialized_dag import SerializedDagModel;"
        "from airflow.serialization.serialized_objects import DagSerialization;"
        "dag = DagSerialization.to_dict(build_dags(sys.argv[1], alerts='chat')['sync']);"
        "print(SerializedDagModel.hash(dag))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "manifest.json")]

    one, other = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))

    assert one.splitlines()[-1] == other.splitlines()[-1] != b""


def test_no_secret_and_no_template_of_it_is_in_what_airflow_keeps(built: Build) -> None:
    kept = json.dumps(DagSerialization.to_dict(built({"secret_env": {"T": {"name": "stripe", "key": "k"}}})))

    assert "secret_key_ref" in kept
    assert '"value": null' in kept
