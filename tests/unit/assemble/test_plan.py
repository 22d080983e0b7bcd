from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from mainstem.assemble.init import init_project
from mainstem.assemble.plan import Plan, plan_of
from mainstem.assemble.project import open_project
from mainstem.errors import ConfigError, EnvironmentFailure, ManifestError
from mainstem.manifest import CronSchedule, Dag, Task, digest, dump
from mainstem.manifest.offers import GROUP, Offer, OfferContext, OfferedDag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STAGES = [EntryPoint(name, f"mainstem.{name}.tasks:offer", GROUP) for name in ("operate", "transform")]
BILLING = EntryPoint("billing", f"{__name__}:offer_billing", GROUP)


def offer_billing(project: OfferContext) -> Offer:
    """A stage that somebody else wrote: its data comes before the models that read it, and it after them."""
    sync = Task("sync", ("acme-billing", "pull"), outlets=("source/billing/invoices",))
    send = Task("send", ("acme-billing", "push"), inlets=("published",), depends_on=())
    return Offer(
        (OfferedDag(Dag("billing", (sync, send))), OfferedDag(Dag("billing_audit", (sync,)), "rarely"))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_project(tmp_path / "shop", None)
    return tmp_path / "shop"


def plan(folder: Path, settings: str = "", stages: Sequence[EntryPoint] = STAGES) -> Plan:
    with (folder / "mainstem.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return plan_of(open_project(folder), stages)


def dag_of(made: Plan, dag_id: str) -> Dag:
    return next(dag for dag in made.manifest.dags if dag.dag_id == dag_id)


def test_a_new_project_builds_and_publishes_its_models_and_is_examined_every_night(folder: Path) -> None:
    made = plan(folder)
    assert [dag.dag_id for dag in made.manifest.dags] == ["cohorts", "hello", "nightly", "transform"]
    assert dag_of(made, "hello").schedule is None
    tasks = {task.task_id: task for task in dag_of(made, "transform").tasks}
    assert list(tasks) == [
        "build.company.staging", "build.company.intermediate_marts", "build.rest", "publish"
    ]  # fmt: skip
    assert tasks["build.company.intermediate_marts"].depends_on == ("build.company.staging",)
    assert tasks["publish"].outlets == ("published",)


def test_what_mainstem_up_runs_all_the_time_is_not_run_again(folder: Path) -> None:
    assert [(left.dag_id, left.by) for left in plan(folder).left_out] == [
        ("load", "operate"),
        ("upkeep", "operate"),
    ]


def test_the_same_files_give_the_same_plan(folder: Path) -> None:
    assert digest(plan(folder).manifest) == digest(plan(folder).manifest)


def test_a_project_changes_what_is_offered_and_the_plan_says_where(folder: Path) -> None:
    made = plan(
        folder,
        '[orchestrate]\ntimezone = "Europe/Berlin"\nimage = "shop:1"\npools = {dbt = 2, crm = 1}\n'
        '[orchestrate.dags.transform]\nschedule = "0 * * * *"\nretries = 3\nretry_delay = "5m"\n'
        "[orchestrate.dags.transform.tasks.publish]\nretries = 0\n"
        "[orchestrate.dags.load]\nenabled = true\n"
        "[orchestrate.dags.nightly]\nenabled = false\n",
    )
    transform = dag_of(made, "transform")
    assert transform.schedule == CronSchedule("0 * * * *", "Europe/Berlin")
    assert {task.task_id: task.retries for task in transform.tasks}["publish"] == 0
    assert {task.retry_delay for task in transform.tasks} == {300.0}
    assert made.manifest.image == "shop:1"
    assert {pool.name: pool.slots for pool in made.manifest.pools} == {"crm": 1, "dbt": 2}
    assert [dag.dag_id for dag in made.manifest.dags] == ["cohorts", "hello", "load", "transform"]
    assert "offered by transform, changed in " in str(made.origins["transform"])


def test_a_backup_is_made_every_night_where_a_place_is_named(folder: Path) -> None:
    made = plan(folder, '[backup]\nplace = "s3://copies/shop"\n')
    dags = [dag.dag_id for dag in made.manifest.dags]
    assert dags == ["cohorts", "hello", "nightly", "transform", "weekly"]
    assert dag_of(made, "nightly").tasks[0].argv == ("mainstem", "backup", "s3://copies/shop")


def test_a_dag_that_nobody_offers_cannot_be_changed(folder: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"mainstem\.toml:\d+: no stage offers a DAG 'transfrom' \(valid: cohorts, load, "
    ):
        plan(folder, "[orchestrate.dags.transfrom]\nretries = 1\n")


def test_a_mistake_in_a_change_is_told_with_its_line(folder: Path) -> None:
    with pytest.raises(
        ManifestError, match=r"mainstem\.toml:\d+: transform: schedule\.expression: '61 \* \* \* \*'"
    ):
        plan(folder, '[orchestrate.dags.transform]\nschedule = "61 * * * *"\n')


def test_a_stage_of_somebody_else_is_asked_by_entry_point(folder: Path) -> None:
    made = plan(folder, "[orchestrate.dags.billing_audit]\nenabled = true\n", [*STAGES, BILLING])
    assert str(made.origins["billing"]) == "offered by billing"
    assert [dag.dag_id for dag in made.manifest.dags] == [
        "billing", "billing_audit", "cohorts", "hello", "nightly", "transform"
    ]  # fmt: skip


def test_a_stage_that_cannot_be_imported_is_named(folder: Path) -> None:
    broken = EntryPoint("billing", "acme_billing.tasks:offer", GROUP)
    with pytest.raises(
        EnvironmentFailure, match=r"billing offers tasks by the entry point acme_billing\.tasks"
    ):
        plan(folder, "", [*STAGES, broken])


def test_a_project_may_build_its_models_as_one(folder: Path) -> None:
    text = (folder / "mainstem.toml").read_text(encoding="utf-8")
    (folder / "mainstem.toml").write_text(
        text.replace("[transform]", '[transform]\ngroups = "whole"'), encoding="utf-8"
    )
    (task,) = dag_of(plan(folder), "transform").tasks
    assert (task.argv, task.outlets) == (("mainstem", "build"), ("published",))


def write_dag(folder: Path, name: str, text: str) -> None:
    (folder / "dags" / name).write_text(text, encoding="utf-8")


TASKS = "tasks:\n  - {task_id: a, argv: [a]}\n"


def test_a_file_stands_in_for_an_offer_of_the_same_name(folder: Path) -> None:
    write_dag(folder, "transform.yml", f"schedule: '@daily'\n{TASKS}")
    made = plan(folder)
    assert [task.task_id for task in dag_of(made, "transform").tasks] == ["a"]
    assert str(made.origins["transform"]) == (
        f"{folder / 'dags' / 'transform.yml'}:1, in place of what transform offers"
    )


def test_a_dag_of_ones_own_is_changed_in_its_file(folder: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"mainstem\.toml:\d+: the DAG 'hello' is your own: change it in .*hello\.yml"
    ):
        plan(folder, "[orchestrate.dags.hello]\nretries = 1\n")


def test_what_a_file_cannot_mean_is_told_with_its_line(folder: Path) -> None:
    write_dag(
        folder,
        "report.yml",
        "schedule: '61 * * * *'\n"
        "tasks:\n"
        "  - task_id: a\n    argv: [a]\n    pool: crm\n"
        "  - task_id: b\n    argv: [b]\n    depends_on: [a, c]\n    env:\n      PASSWORD: hunter2\n",
    )
    with pytest.raises(ManifestError) as raised:
        plan(folder)
    places = [str(one.where).removeprefix(f"{folder / 'dags'}/") for one in raised.value.problems]
    assert [place.partition(": ")[0] for place in places] == [
        "report.yml:1", "report.yml:5", "report.yml:8", "report.yml:10"
    ]  # fmt: skip


def test_two_files_of_one_dag_are_told(folder: Path) -> None:
    write_dag(folder, "again.yml", f"dag_id: hello\n{TASKS}")
    with pytest.raises(ManifestError, match=r"hello\.yml:\d+: dag_id: a DAG before it is named 'hello' too"):
        plan(folder)


def test_a_dag_may_run_once_readers_are_shown_new_numbers(folder: Path) -> None:
    write_dag(folder, "send.yml", f"schedule: [published]\n{TASKS}")
    assert plan(folder).warnings == ()


def test_an_asset_that_nobody_makes_is_a_warning_with_its_line(folder: Path) -> None:
    write_dag(folder, "send.yml", f"{TASKS}schedule: [publishd]\n")
    (warning,) = plan(folder).warnings
    assert str(warning).startswith(
        f"{folder / 'dags' / 'send.yml'}:3: schedule.assets[0]: no task's outlets hold"
    )
    assert "did you mean 'published'" in str(warning)


def test_no_value_of_a_secret_is_in_a_plan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "canary-5ecret")
    write_dag(
        folder, "sync.yml", "tasks:\n  - {task_id: a, argv: [a], secret_env: {T: {name: crm, key: token}}}\n"
    )
    made = plan(folder)
    assert dag_of(made, "sync").tasks[0].secret_env["T"].variable == "CRM_TOKEN"
    assert b"canary" not in dump(made.manifest)
