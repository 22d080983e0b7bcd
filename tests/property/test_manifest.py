from __future__ import annotations

import contextlib
import string
from graphlib import TopologicalSorter
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import ManifestError
from mainstem.manifest import (
    AssetSchedule,
    CronSchedule,
    Dag,
    Manifest,
    Pool,
    Resources,
    Task,
    check,
    digest,
    dump,
    pool_slots,
    read_manifest,
)

NAMES = st.sampled_from(["a", "b", "c", "A-1", "x.y"])
ASSETS = st.sampled_from(["lake/a", "lake/b"])
TEXT = st.text(string.printable + "é\0", max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(
        ["dags", "dag_id", "tasks", "task_id", "argv", "env", "schedule", "type", "version", "resources", "?"]
    ), inside, max_size=4),
    max_leaves=12,
)  # fmt: skip
TASKS = st.builds(
    Task,
    NAMES,
    st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    env=st.dictionaries(st.sampled_from(["A", "TOKEN"]), TEXT, max_size=2),
    depends_on=st.lists(NAMES, max_size=2).map(tuple),
    pool=st.sampled_from(["default_pool", "narrow", "absent"]),
    pool_slots=st.integers(1, 200),
    resources=st.builds(
        Resources, cpu_request=st.sampled_from(["", "2", "500m"]), cpu_limit=st.sampled_from(["", "1", "0"])
    ),
    outlets=st.lists(ASSETS, max_size=2).map(tuple),
)
SCHEDULES = (
    st.none()
    | st.builds(
        CronSchedule, TEXT | st.sampled_from(["@daily", "0 7 * * *"]), st.sampled_from(["UTC", "Mars"])
    )
    | st.builds(AssetSchedule, st.lists(ASSETS, min_size=1, max_size=2).map(tuple))
)
MANIFESTS = st.builds(
    Manifest,
    TEXT,
    st.lists(
        st.builds(Dag, NAMES, st.lists(TASKS, min_size=1, max_size=4).map(tuple), schedule=SCHEDULES),
        max_size=3,
    ).map(tuple),
    pools=st.just(()) | st.just((Pool("narrow", 1),)),
)


@given(JSON)
def test_whatever_json_comes_is_a_manifest_or_told_to_be_none(value: Any) -> None:
    with contextlib.suppress(ManifestError):
        read_manifest(msgspec.json.encode(value))


@given(JSON, st.integers(0, 1))
def test_whatever_stands_for_a_task_is_told_with_its_place(value: Any, number: int) -> None:
    tasks: list[Any] = [{"task_id": "a", "argv": ["a"]}, {"task_id": "b", "argv": ["b"]}]
    tasks[number] = value
    plain = {"version": 1, "project": "p", "dags": [{"dag_id": "d", "tasks": tasks}]}
    try:
        read_manifest(msgspec.json.encode(plain))
    except ManifestError as e:
        assert all(str(one.where).startswith(f"dags[0].tasks[{number}]") for one in e.problems)


@given(MANIFESTS)
def test_a_manifest_is_read_as_it_was_written(manifest: Manifest) -> None:
    read = read_manifest(dump(manifest))
    assert (read, digest(read)) == (manifest, digest(manifest))


@given(MANIFESTS)
def test_what_passes_the_check_can_be_run(manifest: Manifest) -> None:
    if any(not problem.is_warning for problem in check(manifest)):
        return
    slots = pool_slots(manifest)
    assert len({dag.dag_id for dag in manifest.dags}) == len(manifest.dags)
    for dag in manifest.dags:
        needs = {task.task_id: task.depends_on for task in dag.tasks}
        assert set(TopologicalSorter(needs).static_order()) == needs.keys()
        assert all(task.pool_slots <= slots[task.pool] for task in dag.tasks)
