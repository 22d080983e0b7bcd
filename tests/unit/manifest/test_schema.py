"""The JSON Schema, read by a validator that is not ours, takes and refuses what our reader does."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped] # it ships no types
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.manifest.reading import manifest_of
from mainstem.manifest.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.manifest.paths import Problem

WHOLE: dict[str, Any] = {
    "version": 1,
    "project": "shop",
    "image": "shop:1",
    "pools": [{"name": "narrow", "slots": 2, "description": "one at a time"}],
    "dags": [
        {
            "dag_id": "a",
            "schedule": {"type": "cron", "expression": "0 7 * * *", "timezone": "Europe/Berlin"},
            "start_date": "2026-01-31T07:00:00+01:00",
            "catchup": True,
            "sla": 60,
            "tags": ["nightly"],
            "tasks": [
                {
                    "task_id": "x",
                    "argv": ["python", "x.py"],
                    "env": {"A": "1"},
                    "secret_env": {"KEY": {"name": "crm", "key": "token"}},
                    "retries": 3,
                    "retry_delay": 1.5,
                    "max_retry_delay": None,
                    "trigger_rule": "all_done",
                    "skip_on_exit_code": [99],
                    "priority_weight": -5,
                    "resources": {"cpu_limit": "500m", "memory_limit": "1.5Gi"},
                    "outlets": ["lake/x"],
                },
                {"task_id": "y", "argv": ["true"], "depends_on": ["x"]},
            ],
        },
        {"dag_id": "b", "schedule": {"type": "assets", "assets": ["lake/x"], "match": "any"},
         "tasks": [{"task_id": "z", "argv": ["true"]}]},
        {"dag_id": "c", "schedule": None, "tasks": [{"task_id": "z", "argv": ["true"]}]},
    ],
}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, 1, -1, 1.0, 1.5, 256, "", "x", "a b", "a\n", "x" * 201, "500m", "1Gi", "@daily", "cron",
    "2026-01-31T07:00:00", [], ["x"], [1], {}, {"x": "y"}, {"name": "n", "key": "k"}, {"1x": "y"},
    {"type": "cron"}, {"type": "assets", "assets": ["x"]},
]  # fmt: skip

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from places(inside, (*path, key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from places(inside, (*path, number))


def our_problems(value: Any) -> list[Problem]:
    found: list[Problem] = []
    manifest_of(msgspec.json.decode(msgspec.json.encode(value)), found)
    return found


def changed(path: tuple[str | int, ...], to: Any) -> Any:
    made = copy.deepcopy(WHOLE)
    inside: Any = made
    for step in path[:-1]:
        inside = inside[step]
    if not path:
        return to
    if to is ...:
        del inside[path[-1]]
    else:
        inside[path[-1]] = to
    return made


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_both_take_a_manifest_with_every_kind_of_field() -> None:
    assert our_problems(WHOLE) == []
    VALIDATOR.validate(WHOLE)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(places(WHOLE))), st.sampled_from([..., *ODD]))
def test_both_agree_on_a_manifest_with_one_thing_changed(path: tuple[str | int, ...], to: Any) -> None:
    if not path and to is ...:
        return
    value = changed(path, to)
    assert (our_problems(value) == []) == VALIDATOR.is_valid(value), our_problems(value)


@pytest.mark.parametrize(
    "path", [("dags", 0), ("dags", 0, "tasks", 0), ("pools", 0), (), ("dags", 0, "schedule")]
)
def test_neither_takes_a_field_that_there_is_not(path: tuple[str | int, ...]) -> None:
    value = changed((*path, "surprise"), 1)
    assert our_problems(value) != []
    assert not VALIDATOR.is_valid(value)


def test_every_struct_is_described() -> None:
    definitions = json_schema()["$defs"]
    assert [name for name, one in definitions.items() if not one["description"]] == []
    assert definitions["Dag"]["properties"]["catchup"]["description"].startswith("Run every tick")
