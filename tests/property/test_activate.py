"""Others edit, the service fails, processes die, in any order: in the end the records are as the rule says.

The rule of `newer_wins`: a field holds what its row wants, unless somebody edited it, and the record was
changed since the moment our value is of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.activate import Op, Trouble
from mainstem.activate.definition import Guards
from mainstem.store import Database
from mainstem.store.migrate import upgrade
from mainstem.testing.activation_scene import USAGE, ActivationScene
from mainstem.testing.memory_crm import US, Mishap
from mainstem.testing.memory_destination import Died

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mainstem.config import PostgresAddress

KEYS = ("a", "b", "c", "d", "e")
MADE = ("d", "e")
"""Keys of which no record stands at first: ours to make."""
ACTIVATION = msgspec.structs.replace(
    USAGE,
    mode="upsert",
    match_policy="create",
    fields=(*USAGE.fields, msgspec.structs.replace(USAGE.fields[0], to="Name", column="name", blank=None)),
    guards=Guards(most_changed=1.0, most_refused=1.0, least_rows=0),
    sample=0,
)
MISHAPS = [one for one in Mishap if one is not Mishap.REFUSED]

actions = st.lists(
    st.one_of(
        st.tuples(st.just("row"), st.sampled_from(KEYS), st.integers(0, 50)),
        st.tuples(st.just("edit"), st.sampled_from(KEYS), st.integers(100, 150)),
        st.tuples(st.just("rename"), st.sampled_from(KEYS), st.integers(0, 9)),
        st.tuples(st.just("mishap"), st.sampled_from(MISHAPS), st.integers(0, 2)),
        st.tuples(st.just("refuse"), st.sampled_from(list(Trouble)), st.integers(1, 3)),
        st.tuples(st.just("plan"), st.none(), st.none()),
        st.tuples(st.just("apply"), st.none(), st.none()),
        st.tuples(st.just("edit while applying"), st.sampled_from(KEYS), st.integers(100, 150)),
    ),
    min_size=4,
    max_size=24,
)


@dataclass
class Story:
    scene: ActivationScene
    plan: Any = None
    meanwhile: list[tuple[str, int]] = field(default_factory=list)

    def do(self, action: str, what: Any, number: Any) -> None:
        self.scene.later(minutes=7)
        match action:
            case "row":
                self.scene.row(what, users=number)
            case "edit":
                self.edit(what, number)
            case "rename":
                for record in self.scene.crm.find("Account", "ExternalId", what):
                    self.scene.crm.edit("Account", record.id, {"Uses": "alerts" if number % 2 else "boards"})
            case "mishap":
                self.scene.crm.trip(what, after=number)
            case "refuse":
                self.scene.crm.trip(Mishap.REFUSED, what, rows=number)
            case "edit while applying":
                self.meanwhile.append((what, number))
            case "plan":
                self.survived(self.make_plan)
            case "apply":
                if self.plan is not None:
                    self.survived(self.apply)

    def make_plan(self) -> None:
        self.plan = None
        self.plan = self.scene.plan()

    def apply(self) -> None:
        plan, self.plan = self.plan, None
        self.scene.apply(plan)

    def survived(self, work: Any) -> None:
        """A process, that may die or give up."""
        from mainstem.errors import MainstemError

        try:
            work()
        except (Died, MainstemError):
            self.plan = None

    def edit(self, key: str, number: int) -> None:
        for record in self.scene.crm.find("Account", "ExternalId", key):
            self.scene.crm.edit("Account", record.id, {"ActiveUsers": number})

    def between(self, what: str) -> None:
        """Somebody saves a form right before we look, or right after we wrote."""
        if what in ("read", "written") and self.meanwhile:
            self.scene.later(seconds=1)
            self.edit(*self.meanwhile.pop(0))
            self.scene.later(seconds=1)


@pytest.fixture(scope="module")
def database(postgres: PostgresAddress) -> Iterator[Database]:
    from uuid import uuid4

    from mainstem.store.databases import ensure_database

    address = ensure_database(postgres, f"activate_{uuid4().hex[:8]}")
    upgrade(address)
    database = Database(address, name="test", largest=4)
    yield database
    database.close()


def emptied(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("TRUNCATE activation_plans, activation_rows RESTART IDENTITY CASCADE")


def told(database: Database, story: list[tuple[str, Any, Any]], tells: bool) -> None:
    emptied(database)
    scene = ActivationScene(database, ACTIVATION, options={"tells": tells, "most": 2})
    for key in KEYS:
        if key not in MADE:
            scene.account(key)
        scene.row(key)
    made = Story(scene)
    scene.between = made.between
    for action in story:
        made.do(*action)
    scene.crm.clear()
    made.meanwhile.clear()
    scene.later(minutes=7)
    scene.activation = msgspec.structs.replace(ACTIVATION, look_at="all")  # edits of rows that stay the same
    for _ in range(3):
        applied = scene.sync()
    assert applied.state == "success", applied
    assert applied.counts.get("written", 0) == 0, "what is right is not written again"
    assert_as_the_rule_says(scene)
    assert_nothing_was_done_twice(scene)
    assert_no_newer_edit_was_written_over(scene)


def assert_as_the_rule_says(scene: ActivationScene) -> None:
    for key in KEYS:
        (record,) = scene.crm.find("Account", "ExternalId", key)
        row = scene.rows[key]
        if record.values["ActiveUsers"] != row["users"]:
            edits = [
                one.values["ActiveUsers"]
                for one in scene.crm.done
                if one.id == record.id and one.by != US and "ActiveUsers" in one.values
            ]
            assert edits, f"{key} is neither as wanted nor edited"
            assert record.values["ActiveUsers"] == edits[-1]
            assert record.modified_at >= _as_of(row), f"ours of {key} is newer and was not written"


def assert_nothing_was_done_twice(scene: ActivationScene) -> None:
    """No write of ours found the record as it left it; no record was made twice."""
    stood: dict[str, dict[str, Any]] = {}
    for one in scene.crm.done:
        before = stood.setdefault(one.id, {})
        if one.by == US and one.op is Op.UPDATE:
            assert any(before.get(name) != value for name, value in one.values.items()), one
        before |= one.values
    made = [one.key for one in scene.crm.ours(Op.CREATE)]
    assert len(made) == len(set(made))


def assert_no_newer_edit_was_written_over(scene: ActivationScene) -> None:
    """Others' value gives way only to one of ours that is of a later moment than their edit."""
    last: dict[str, tuple[Any, datetime]] = {}
    for one in scene.crm.done:
        if "ActiveUsers" not in one.values:
            continue
        if one.by == US and one.id in last:
            value, edited = last.pop(one.id)
            written = one.values.get("AsOf")
            if value is not None and written is not None and value != one.values["ActiveUsers"]:
                assert str(written) > edited.isoformat(timespec="milliseconds").replace("+00:00", "Z"), one
        elif one.by != US and one.op is Op.UPDATE:
            last[one.id] = (one.values["ActiveUsers"], one.at)


def _as_of(row: dict[str, object]) -> datetime:
    return row["as_of"]  # type: ignore[return-value] # rows of a scene hold a moment


@pytest.mark.parametrize("tells", [True, False], ids=["the service tells", "the records tell"])
@settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=actions)
def test_any_interleaving_ends_as_the_rule_says(
    database: Database, story: list[tuple[str, Any, Any]], tells: bool
) -> None:
    told(database, story, tells)


@pytest.mark.slow
@pytest.mark.parametrize("tells", [True, False], ids=["the service tells", "the records tell"])
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=actions)
def test_hundreds_of_interleavings_end_as_the_rule_says(
    database: Database, story: list[tuple[str, Any, Any]], tells: bool
) -> None:
    told(database, story, tells)
