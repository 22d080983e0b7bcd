from __future__ import annotations

from typing import Any

import pytest

from mainstem.errors import ManifestError
from mainstem.manifest import (
    AssetSchedule,
    CronSchedule,
    Dag,
    Manifest,
    Pool,
    Resources,
    SecretRef,
    Task,
    check,
    ensure_sound,
    pool_slots,
)

STRIPE = "sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
"""Shaped as a key, and put together so that no scanner takes this file for a leak."""


def task(task_id: str = "x", **fields: Any) -> Task:
    return Task(task_id, fields.pop("argv", ("true",)), **fields)


def told(*tasks: Task, pools: tuple[Pool, ...] = (), **dag: Any) -> list[str]:
    return [str(one) for one in check(Manifest("shop", (Dag("d", tasks, **dag),), pools=pools))]


def test_a_sound_manifest_has_no_problems() -> None:
    tasks = (task("a", outlets=("lake/a",)), task("b", depends_on=("a",), pool="narrow", pool_slots=2))
    assert (
        told(*tasks, pools=(Pool("narrow", 2),), schedule=CronSchedule("*/30 * * * *", "Europe/Berlin")) == []
    )


def test_a_dependency_that_nobody_is_names_one_that_may_be_meant() -> None:
    assert told(task("extract"), task("load", depends_on=("extrct",))) == [
        "dags[0].tasks[1].depends_on[0]: d has no task 'extrct'; did you mean 'extract'? "
        "(valid: extract, load)"
    ]


def test_a_cycle_is_shown_in_the_order_in_which_tasks_would_run() -> None:
    tasks = (task("a", depends_on=("c",)), task("b", depends_on=("a",)), task("c", depends_on=("b",)))
    assert told(*tasks) == [
        "dags[0].tasks[0].depends_on: a cycle, in which no task can ever be the first: a → b → c → a"
    ]


def test_a_task_that_waits_for_itself_is_told_once() -> None:
    assert told(task("a", depends_on=("a",))) == ["dags[0].tasks[0].depends_on[0]: a waits for itself"]


def test_ids_are_unique_among_dags_tasks_and_pools() -> None:
    twice = Manifest(
        "shop", (Dag("d", (task(), task())), Dag("d", (task(),))), pools=(Pool("p", 1), Pool("p", 2))
    )
    assert [str(one) for one in check(twice)] == [
        "dags[1].dag_id: a DAG before it is named 'd' too",
        "pools[1].name: a pool before it is named 'p' too",
        "dags[0].tasks[1].task_id: a task of d before it is named 'x' too",
    ]


def test_a_pool_must_be_there_and_have_room() -> None:
    assert told(
        task("a", pool="wide"), task("b", pool="narrow", pool_slots=3), pools=(Pool("narrow", 2),)
    ) == [
        "dags[0].tasks[0].pool: there is no pool 'wide' (valid: default_pool, narrow)",
        "dags[0].tasks[1].pool_slots: wants 3 places of narrow, which has 2: it would wait for ever",
    ]


def test_the_default_pool_has_as_many_places_as_airflows() -> None:
    assert told(task(pool_slots=128)) == []
    assert told(task(pool_slots=129)) == [
        "dags[0].tasks[0].pool_slots: wants 129 places of default_pool, which has 128: it would wait for ever"
    ]


@pytest.mark.parametrize(
    "expression", ["0 7 * * *", "*/30 * * * *", "0 7 * * MON-FRI", "@daily", "0 0 * * fri#2"]
)
def test_cron_expressions_that_airflow_takes_are_taken(expression: str) -> None:
    assert told(task(), schedule=CronSchedule(expression)) == []


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("0 7 * *", "4 fields"),
        ("", "0 fields"),
        ("* * * * * *", "6 fields"),
        ("61 * * * *", "expression: out of range"),
        ("0 0 31 2 *", "no day is ever like that"),
        ("H H * * *", "'H' is not understood"),
        ("R(0-5) * * * *", "'R(0-5)' is not understood"),
        ("@midday", "1 field"),
        (" @daily", "1 field"),
        ("0 7 * * ☀", "'☀' is not understood"),
        ("0 7 * * FOO", "it is not understood"),
    ],
)
def test_a_cron_expression_that_is_none_is_told_with_the_reason(expression: str, why: str) -> None:
    (problem,) = told(task(), schedule=CronSchedule(expression))
    assert problem.startswith(f"dags[0].schedule.expression: {expression!r} is no cron expression: ")
    assert why in problem
    assert "five fields" in problem


@pytest.mark.parametrize("zone", ["Europe/Berln", "CEST", "", "../etc/passwd", "Europe"])
def test_a_time_zone_is_one_of_the_iana_database(zone: str) -> None:
    (problem,) = told(task(), schedule=CronSchedule("@daily", zone))
    assert problem.startswith(f"dags[0].schedule.timezone: {zone!r}: there is no such time zone")


def test_an_asset_that_nobody_makes_is_a_warning() -> None:
    dags = (
        Dag("d", (task(outlets=("lake/orders",)),)),
        Dag("e", (task(),), schedule=AssetSchedule(("lake/orders", "lake/order"))),
    )
    (problem,) = check(Manifest("shop", dags))
    assert str(problem) == (
        "dags[1].schedule.assets[1]: no task's outlets hold 'lake/order': nothing starts it; "
        "did you mean 'lake/orders'?"
    )
    assert problem.is_warning


def test_dags_that_start_one_another_for_ever_are_a_warning() -> None:
    dags = (
        Dag("d", (task(outlets=("a",)),), schedule=AssetSchedule(("b",))),
        Dag("e", (task(outlets=("b",)),), schedule=AssetSchedule(("a",))),
    )
    (problem,) = check(Manifest("shop", dags))
    assert str(problem) == "dags[0].schedule: every run starts another, for ever: d → e → d"
    assert problem.is_warning


def test_more_than_the_limit_cannot_be_asked_for() -> None:
    resources = Resources(cpu_request="1.5", cpu_limit="500m", memory_request="1Gi", memory_limit="1G")
    assert told(task(resources=resources)) == [
        "dags[0].tasks[0].resources.cpu_request: 1.5 is more than cpu_limit, 500m",
        "dags[0].tasks[0].resources.memory_request: 1Gi is more than memory_limit, 1G",
    ]


@pytest.mark.parametrize(
    ("env", "where"),
    [
        ({"KEY": STRIPE}, "env.KEY: holds what looks like a key or token"),
        ({"URL": "postgres://shop:hunter2@db/shop"}, "env.URL: holds an address with a password"),
        ({"DB_PASSWORD": "hunter2"}, "env.DB_PASSWORD: is named as a secret is"),
    ],
)
def test_a_secret_in_plain_env_is_refused_and_not_repeated(env: dict[str, str], where: str) -> None:
    (problem,) = told(task(env=env))
    assert problem.startswith(f"dags[0].tasks[0].{where}")
    assert "secret_env" in problem
    assert next(iter(env.values())) not in problem


@pytest.mark.parametrize(
    "env",
    [
        {"MAX_TOKEN": "5", "PASSWORD": "", "USES_TOKEN": "false"},
        {
            "REGION": "eu-central-1",
            "DIGEST": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        },
        {"PASSWORD_FILE": "/run/secrets/db", "URL": "https://example.com/a:b@c"},
    ],
)
def test_plain_values_are_no_secrets(env: dict[str, str]) -> None:
    assert told(task(env=env)) == []


def test_a_secret_among_the_arguments_is_refused() -> None:
    (problem,) = told(task(argv=("sync", "--key", STRIPE)))
    assert problem.startswith("dags[0].tasks[0].argv[2]: holds what looks like a key or token")
    assert STRIPE not in problem


def test_what_the_runner_says_cannot_be_set() -> None:
    (problem,) = told(task(env={"MAINSTEM_RUN_ID": "mine"}))
    assert problem.startswith("dags[0].tasks[0].env.MAINSTEM_RUN_ID: is told by whoever runs the task")


def test_two_secrets_are_never_one_variable() -> None:
    tasks = (
        task("a", secret_env={"A": SecretRef("crm-api", "key")}),
        task("b", secret_env={"A": SecretRef("crm", "api_key")}),
    )
    assert told(*tasks) == [
        "dags[0].tasks[1].secret_env.A: crm/api_key and crm-api/key are both CRM_API_KEY in the runner's "
        "environment: rename one"
    ]


def test_a_name_is_plain_or_secret_and_not_both() -> None:
    (problem,) = told(task(env={"A": "1"}, secret_env={"A": SecretRef("crm", "key")}))
    assert problem == "dags[0].tasks[0].secret_env.A: stands in env too: which one is meant?"


def test_warnings_pass_and_everything_else_is_raised_at_once() -> None:
    warned = Manifest("shop", (Dag("d", (task(),), schedule=AssetSchedule(("lake/a",))),))
    assert [one.is_warning for one in ensure_sound(warned)] == [True]
    wrong = Manifest("shop", (Dag("d", (task(pool="p"), task(argv=("",)))),))
    with pytest.raises(ManifestError) as raised:
        ensure_sound(wrong)
    assert len(raised.value.problems) == 3


def test_the_default_pool_has_airflows_128_slots_unless_it_is_named() -> None:
    assert pool_slots(Manifest("p", ())) == {"default_pool": 128}
    named = Manifest("p", (), pools=(Pool("default_pool", 4), Pool("lake", 1)))
    assert pool_slots(named) == {"default_pool": 4, "lake": 1}
