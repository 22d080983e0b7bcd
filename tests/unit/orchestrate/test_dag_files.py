from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mainstem.errors import ManifestError
from mainstem.manifest import AssetSchedule, CronSchedule, Dag, Resources, SecretRef, Task
from mainstem.orchestrate.dag_files import read_dags

if TYPE_CHECKING:
    from pathlib import Path

TASKS = "tasks:\n  - task_id: a\n    argv: [python, a.py]\n"


def read(folder: Path, text: str, name: str = "report.yml") -> Dag:
    (folder / name).write_text(text, encoding="utf-8")
    (found,) = read_dags(folder, "Europe/Berlin")
    return found.dag


def problems(folder: Path, text: str, name: str = "report.yml") -> list[str]:
    with pytest.raises(ManifestError) as raised:
        read(folder, text, name)
    return [str(problem).replace(f"{folder}/", "") for problem in raised.value.problems]


def test_a_file_is_a_dag_in_the_fields_of_the_manifest(tmp_path: Path) -> None:
    dag = read(
        tmp_path,
        """
description: Numbers for the board
schedule: "0 7 * * MON-FRI"
sla: 2h
tasks:
  - task_id: extract
    argv: [node, extract.js]
    image: node:22
    env: {REGION: eu}
    secret_env:
      TOKEN: {name: crm, key: token}
    retries: 3
    retry_delay: 1m30s
    resources: {memory_limit: 1Gi}
    outlets: [crm/accounts]
  - task_id: report
    argv: [./report.sh, --all]
    depends_on: [extract]
    execution_timeout: 90
""",
    )
    assert dag == Dag(
        "report",
        (
            Task(
                "extract",
                ("node", "extract.js"),
                image="node:22",
                env={"REGION": "eu"},
                secret_env={"TOKEN": SecretRef("crm", "token")},
                retries=3,
                retry_delay=90.0,
                resources=Resources(memory_limit="1Gi"),
                outlets=("crm/accounts",),
            ),
            Task("report", ("./report.sh", "--all"), depends_on=("extract",), execution_timeout=90.0),
        ),
        description="Numbers for the board",
        schedule=CronSchedule("0 7 * * MON-FRI", "Europe/Berlin"),
        sla=7200.0,
    )


def test_a_file_may_name_its_dag_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, f"dag_id: board\n{TASKS}").dag_id == "board"


@pytest.mark.parametrize(
    ("written", "schedule"),
    [
        ('"@daily"', CronSchedule("@daily", "Europe/Berlin")),
        ("{expression: 0 7 * * *, timezone: Asia/Tokyo}", CronSchedule("0 7 * * *", "Asia/Tokyo")),
        ("{type: cron, expression: 0 7 * * *}", CronSchedule("0 7 * * *", "Europe/Berlin")),
        ("[published, lake/x]", AssetSchedule(("published", "lake/x"))),
        ("{assets: [published], match: any}", AssetSchedule(("published",), "any")),
        ("null", None),
    ],
)
def test_a_schedule_may_be_written_short(
    tmp_path: Path, written: str, schedule: CronSchedule | AssetSchedule | None
) -> None:
    assert read(tmp_path, f"schedule: {written}\n{TASKS}").schedule == schedule


def test_a_dag_may_follow_its_data(tmp_path: Path) -> None:
    dag = read(
        tmp_path,
        "schedule: inlets\ntasks:\n"
        "  - {task_id: a, argv: [a], inlets: [published, crm/x], outlets: [mine]}\n"
        "  - {task_id: b, argv: [b], inlets: [mine, published]}\n",
    )
    assert dag.schedule == AssetSchedule(("published", "crm/x"))


def test_what_tasks_share_is_said_once(tmp_path: Path) -> None:
    dag = read(
        tmp_path,
        "default_args: {retries: 2, retry_delay: 5m, image: node:22}\ntasks:\n"
        "  - {task_id: a, argv: [a]}\n  - {task_id: b, argv: [b], retries: 0}\n",
    )
    assert [(task.retries, task.retry_delay, task.image) for task in dag.tasks] == [
        (2, 300.0, "node:22"),
        (0, 300.0, "node:22"),
    ]


@pytest.mark.parametrize(
    "written", ["2026-03-01", '"2026-03-01"', "2026-03-01 00:00:00", '"2026-03-01T00:00:00"']
)
def test_a_day_begins_where_the_schedule_runs(tmp_path: Path, written: str) -> None:
    dag = read(
        tmp_path,
        f"start_date: {written}\nschedule: {{expression: 0 7 * * *, timezone: Asia/Tokyo}}\n{TASKS}",
    )
    assert dag.start_date == datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_an_offset_that_is_written_counts(tmp_path: Path) -> None:
    dag = read(tmp_path, f"start_date: 2026-03-01T00:00:00+05:00\n{TASKS}")
    assert dag.start_date == datetime.fromisoformat("2026-02-28T19:00:00+00:00")


def test_yaml_may_reuse_what_it_said(tmp_path: Path) -> None:
    dag = read(
        tmp_path,
        "tasks:\n  - &first {task_id: a, argv: [a], retries: 2}\n  - {<<: *first, task_id: b}\n",
    )
    assert [(task.task_id, task.retries) for task in dag.tasks] == [("a", 2), ("b", 2)]


def test_every_mistake_of_every_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("tasks: [\n", encoding="utf-8")
    assert problems(
        tmp_path,
        """\
schedule: "0 7 * * *"
retries: 3
sla: two hours
tasks:
  - task_id: a
    argv: python a.py
    env:
      PORT: 8080
      FLAG: yes
  - task_id: b c
    argv: [python]
    triger_rule: all_done
""",
    ) == [
        "broken.yml:2: not YAML: expected the node content, but found '<stream end>'",
        "report.yml:3: sla: 'two hours' is no duration (valid: seconds, or such as 90s, 5m, 1h30m, 1d)",
        "report.yml:2: retries: there is no such field (valid: dag_id, tasks, description, owner, tags, "
        "schedule, start_date, end_date, catchup, max_active_runs, max_active_tasks, dagrun_timeout, sla, "
        "is_paused_upon_creation)",
        "report.yml:6: tasks[0].argv: expected a list, got 'python a.py' (valid: a program and its "
        'arguments: `["python", "report.py"]`)',
        "report.yml:8: tasks[0].env.PORT: expected text, got a whole number; write it in quotes",
        "report.yml:9: tasks[0].env.FLAG: expected text, got true or false; write it in quotes",
        "report.yml:12: tasks[1].triger_rule: there is no such field; did you mean trigger_rule?",
        "report.yml:10: tasks[1].task_id: 'b c' is not valid (valid: 1 to 200 letters, digits, `_`, `-` and "
        "`.`)",
    ]


def test_a_mistake_in_what_tasks_share_is_told_once_and_there(tmp_path: Path) -> None:
    text = (
        "default_args:\n  retries: many\n  retry_delay: soon\n  argv_: [x]\ntasks:\n"
        "  - {task_id: a, argv: [a]}\n  - {task_id: b, argv: [b]}\n"
    )
    assert [one.partition(" (valid")[0] for one in problems(tmp_path, text)] == [
        "report.yml:4: default_args.argv_: is no field that tasks share",
        "report.yml:3: tasks[0].retry_delay: 'soon' is no duration",
        "report.yml:2: tasks[0].retries: expected a whole number, got text",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "report.yml:1: expected the fields of a DAG, got nothing"),
        ("- a\n", "report.yml:1: expected the fields of a DAG, got a list"),
        ("description: x\n", "report.yml:1: tasks: is missing"),
        (f"sla: 5m\nsla: 6m\n{TASKS}", "report.yml:2: sla: stands here twice"),
        (f"{TASKS}start_date: 2026-02-30\n", "report.yml:1: not YAML: day is out of range for month"),
        ("tasks:\n  - a\n", "report.yml:2: tasks[0]: expected an object, got 'a'"),
        (
            f"schedule: {{cron: '@daily'}}\n{TASKS}",
            "report.yml:1: schedule.type: is missing (valid: cron or a",
        ),
        (f"schedule: 5\n{TASKS}", "report.yml:1: schedule: expected an object, got 5 (valid: its type: cron"),
        (f"default_args: [x]\n{TASKS}", "report.yml:1: default_args: expected fields, got a list"),
        ("a: *b\n", "report.yml:1: not YAML: found undefined alias 'b'"),
        ("a: !!python/object:os.system x\n", "report.yml:1: not YAML: could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_dag_says_why(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text)[0].startswith(problem)


def test_files_in_folders_below_count_and_others_do_not(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "sync.yaml").write_text(TASKS, encoding="utf-8")
    (tmp_path / "README.md").write_text("no DAG", encoding="utf-8")
    assert [one.dag.dag_id for one in read_dags(tmp_path, "UTC")] == ["sync"]
    assert read_dags(tmp_path / "nowhere", "UTC") == []
