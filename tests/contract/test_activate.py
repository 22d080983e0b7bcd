"""Plans and their applying, against a CRM that others edit, that fails, and processes that die."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.activate import Op, Trouble
from mainstem.activate.definition import Guards, Relation
from mainstem.activate.staleness import refusal_of
from mainstem.errors import UsageError
from mainstem.testing.activation_scene import USAGE, ActivationScene
from mainstem.testing.memory_crm import Mishap
from mainstem.testing.memory_destination import Died

if TYPE_CHECKING:
    from mainstem.activate.definition import Activation
    from mainstem.store import Database

CREATING = msgspec.structs.replace(
    USAGE,
    mode="upsert",
    match_policy="create",
    fields=(*USAGE.fields, msgspec.structs.replace(USAGE.fields[0], to="Name", column="name", blank=None)),
)
MIRROR = msgspec.structs.replace(CREATING, mode="mirror", guards=Guards(most_deletes=10, most_changed=1.0))


def without(field: str, activation: Activation) -> Activation:
    """The same, but that this field is mapped no more."""
    return msgspec.structs.replace(
        activation, fields=tuple(mapped for mapped in activation.fields if mapped.to != field)
    )


@pytest.fixture
def scene(database: Database) -> ActivationScene:
    return ActivationScene(database)


def test_records_there_are_are_updated_and_none_is_made(scene: ActivationScene) -> None:
    scene.account("a", ActiveUsers=3)
    scene.row("a", users=5)
    scene.row("b", users=7)
    plan = scene.plan()
    assert (plan.state, plan.counts["update"], plan.counts["passed"]) == ("planned", 1, 1)
    assert not scene.crm.ours()
    (row,) = scene.plans.rows(plan.id, ops=["update"])
    assert row.body["before"]["ActiveUsers"] == 3
    assert row.body["values"]["ActiveUsers"] == 5
    assert scene.apply(plan).state == "success"
    assert scene.value("a") == 5
    assert scene.value("a", "AsOf") == "2026-01-15T12:00:01.000Z"
    assert len(scene.crm.records["Account"]) == 1


def test_what_is_as_wanted_is_neither_written_nor_looked_at_again(scene: ActivationScene) -> None:
    for key in "abc":
        scene.account(key)
        scene.row(key)
    scene.sync()
    scene.later(hours=1)
    for key in "abc":
        scene.row(key)
    scene.row("b", users=9)
    plan = scene.plan()
    assert (plan.counts["unchanged"], plan.counts["update"]) == (2, 1)
    assert scene.destinations[-1].reads[0][2] == ("b",)
    scene.apply(plan)
    assert [one.values for one in scene.crm.ours()][-1] == {
        "ActiveUsers": 9,
        "AsOf": "2026-01-15T13:00:03.000Z",
    }


def test_a_day_beside_a_value_never_lags_longer_than_the_activation_says(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a")
    scene.sync()
    scene.row("a", as_of=scene.later(days=6))
    assert scene.plan().counts["unchanged"] == 1
    scene.row("a", as_of=scene.later(days=1))
    scene.activation = msgspec.structs.replace(USAGE, guards=Guards(most_changed=0.0))
    assert scene.plan().state == "planned", "days alone change no record's values"
    scene.sync()
    assert scene.crm.ours()[-1].values == {"AsOf": "2026-01-22T12:00:01.000Z"}


def test_what_is_blank_goes_with_its_reason_and_only_where_that_is_said(scene: ActivationScene) -> None:
    scene.account("a", ActiveUsers=3)
    scene.row("a", users=None, why="no server linked")
    scene.sync()
    assert scene.value("a") == 3
    scene.activation = msgspec.structs.replace(USAGE, null_policy="write")
    scene.row("a", users=None, why="no server linked", as_of=scene.later(minutes=1))
    scene.sync()
    assert (scene.value("a"), scene.value("a", "Website")) == (None, "no server linked")


def test_a_blank_without_a_reason_is_a_fault_and_not_a_zero(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a", users=None)
    plan = scene.plan()
    (row,) = scene.plans.rows(plan.id)
    assert (row.state, row.trouble, row.code) == ("passed", "fault", "users")
    assert "why does not say why" in row.message
    assert plan.state == "blocked"


def test_an_edit_stays_until_ours_is_of_a_later_moment(scene: ActivationScene) -> None:
    number = scene.account("a")
    scene.row("a", users=5)
    scene.sync()
    scene.later(hours=2)
    scene.crm.edit("Account", number, {"ActiveUsers": 99})
    scene.row("a", users=6, as_of=scene.later(hours=-1))
    scene.sync()
    assert scene.value("a") == 99
    scene.row("a", users=7, as_of=scene.later(hours=3))
    scene.sync()
    assert scene.value("a") == 7


def test_ours_is_written_over_an_edit_where_that_is_said(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(USAGE, edit_policy="ours", look_at="all")
    number = scene.account("a")
    scene.row("a", users=5)
    scene.sync()
    scene.crm.edit("Account", number, {"ActiveUsers": 99})
    scene.sync()
    assert scene.value("a") == 5


def test_a_record_changed_between_plan_and_apply_is_left_and_due(scene: ActivationScene) -> None:
    number = scene.account("a")
    scene.row("a", users=5)
    plan = scene.plan()
    scene.later(minutes=1)
    scene.crm.edit("Account", number, {"ActiveUsers": 99})
    applied = scene.apply(plan)
    assert (applied.state, scene.value("a")) == ("failed", 99)
    (row,) = scene.plans.rows(plan.id)
    assert (row.state, row.trouble) == ("refused", "changed")
    assert scene.plan().counts["update"] == 1


def test_fill_empty_leaves_what_others_filled_in_and_goes_on_with_its_own(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(USAGE, write_policy="fill_empty")
    scene.account("a", ActiveUsers=3)
    scene.account("b")
    for key in "ab":
        scene.row(key, users=5)
    scene.sync()
    for key in "ab":
        scene.row(key, users=6)
    scene.sync()
    assert (scene.value("a"), scene.value("b")) == (3, 6)


def test_hands_off_means_nothing_is_written(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(USAGE, guards=Guards(hands_off="IsHealthy"))
    scene.account("a", IsHealthy=True)
    scene.row("a")
    plan = scene.plan()
    assert [row.code for row in scene.plans.rows(plan.id)] == ["hands_off"]


def test_hands_off_that_is_set_after_the_plan_is_respected(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        USAGE, edit_policy="ours", guards=Guards(hands_off="IsHealthy", most_changed=1.0)
    )
    flagged = scene.account("a", IsHealthy=False)
    scene.account("b", IsHealthy=False)
    scene.row("a", users=5)
    scene.row("b", users=5)
    plan = scene.plan()
    scene.crm.edit("Account", flagged, {"IsHealthy": True})
    scene.apply(plan)
    assert {row.key: (row.state, row.code) for row in scene.plans.rows(plan.id)} == {
        "a": ("refused", "HANDS_OFF"),
        "b": ("written", ""),
    }


def test_hands_off_keeps_parents_too_of_a_record_whose_values_stand_already(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        USAGE,
        edit_policy="ours",
        relations=(Relation("ParentId", "parent", "ExternalId"),),
        guards=Guards(hands_off="IsHealthy", most_changed=1.0),
    )
    scene.account("p")
    flagged = scene.account("a")
    scene.row("a", users=5, parent="p")
    plan = scene.plan()
    (row,) = scene.plans.rows(plan.id, ops=["update"])
    scene.crm.edit("Account", flagged, {**row.body["values"], "IsHealthy": True})
    scene.apply(plan)
    (row,) = scene.plans.rows(plan.id, ops=["update"])
    assert (row.state, row.code) == ("refused", "HANDS_OFF")
    assert scene.value("a", "ParentId") is None


def test_a_plan_is_stale_once_its_destination_is_another_place(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a")
    plan = scene.plan()
    now = scene.clock.now()
    assert refusal_of(plan, plan.id, scene.activation, now) == ""
    assert r"or [destinations.crm], was changed" in refusal_of(
        plan, plan.id, scene.activation, now, place=b"another"
    )


def test_a_plan_that_makes_more_records_than_its_guard_allows_is_held_back(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(CREATING, guards=Guards(most_creates=1, most_changed=1.0))
    scene.row("a")
    scene.row("b")
    plan = scene.plan()
    assert plan.state == "blocked"
    assert [one["sentence"] for one in plan.guards if not one["is_kept"]] == ["2 records are made; at most 1"]


def test_two_records_of_one_key_are_nobodys(scene: ActivationScene) -> None:
    scene.account("a")
    scene.account("A")
    scene.row("a")
    plan = scene.plan()
    assert [row.code for row in scene.plans.rows(plan.id)] == ["several_records"]


def test_rows_that_share_a_key_are_told_and_the_first_counts(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(USAGE, guards=Guards(most_refused=1.0))
    scene.account("a")
    scene.row("a", users=5)
    scene.row("A", users=6)
    plan = scene.plan()
    assert plan.counts["faults"] == 1
    scene.apply(plan)
    assert scene.value("a") == 6  # A stands before a


def test_an_empty_source_is_blocked_and_forgets_nobody(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a")
    scene.sync()
    scene.rows.clear()
    plan = scene.plan()
    assert plan.state == "blocked"
    assert [one["guard"] for one in plan.guards if not one["is_kept"]] == ["least_rows"]
    assert scene.held.count("usage") == 1


def test_records_are_made_once_and_parents_before_their_children(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        CREATING, relations=(Relation("ParentId", "parent", "ExternalId"),)
    )
    scene.row("a", parent="b")
    scene.row("b", parent="c")
    scene.row("c")
    assert scene.sync().state == "success"
    made = {one.key: one.id for one in scene.crm.ours(Op.CREATE)}
    assert list(made) == ["c", "b", "a"]
    assert scene.value("a", "ParentId") == made["b"]
    assert scene.sync().counts == {"mismatched": 0}


def test_a_record_that_somebody_deleted_does_not_rise_again(scene: ActivationScene) -> None:
    scene.activation = CREATING
    scene.row("a")
    scene.sync()
    (number,) = scene.crm.records["Account"]
    scene.crm.remove("Account", number)
    scene.row("a", users=8)
    plan = scene.plan()
    assert [row.code for row in scene.plans.rows(plan.id)] == ["deleted_there"]


def test_a_mirror_deletes_what_it_made_and_nothing_else(scene: ActivationScene) -> None:
    scene.activation = MIRROR
    scene.account("theirs")
    scene.row("theirs")
    scene.row("ours")
    scene.row("edited")
    scene.sync()
    scene.later(hours=1)
    scene.crm.edit("Account", scene.crm.one("Account", "ExternalId", "edited").id, {"ActiveUsers": 1000})
    scene.rows.clear()
    scene.row("new")
    scene.sync()
    left = sorted(str(one.values["ExternalId"]) for one in scene.crm.records["Account"].values())
    assert left == ["edited", "new", "theirs"]


def test_a_field_that_is_mapped_no_more_says_nothing_of_edits(scene: ActivationScene) -> None:
    scene.activation = MIRROR
    scene.row("left")
    scene.row("stays")
    scene.sync()
    scene.activation = without("Health", MIRROR)
    del scene.rows["left"]
    assert scene.plan().counts["delete"] == 1


def test_a_key_that_is_only_spelled_otherwise_has_not_left(scene: ActivationScene) -> None:
    scene.activation = MIRROR
    for key in "ab":
        scene.row(key)
    scene.sync()
    made = set(scene.crm.records["Account"])
    del scene.rows["a"]
    scene.row("A", name="A", users=4)
    scene.sync()
    assert set(scene.crm.records["Account"]) == made
    assert scene.value("a") == 4
    assert [one.key for one in scene.held.in_order("usage")] == ["A", "b"]
    del scene.rows["A"]
    scene.sync()
    assert len(scene.crm.records["Account"]) == 1, "it is still known as one we made"


def test_a_key_that_stands_twice_by_case_does_not_remove_the_record(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        MIRROR, guards=Guards(most_deletes=10, most_changed=1.0, most_refused=1.0)
    )
    scene.row("a")
    scene.sync()
    scene.row("A", name="A")
    scene.sync()
    assert len(scene.crm.records["Account"]) == 1


def test_nobody_leaves_while_a_rows_key_is_blank(scene: ActivationScene) -> None:
    scene.activation = MIRROR
    for key in "abcdefg":
        scene.row(key)
    scene.sync()
    scene.rows["b"]["key"] = None
    plan = scene.plan()
    assert (plan.state, plan.counts["delete"], plan.counts["faults"]) == ("planned", 0, 1)
    scene.apply(plan)
    assert scene.held.count("usage") == 7


def test_another_object_starts_with_nothing_written(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a", users=5)
    scene.sync()
    scene.activation = msgspec.structs.replace(USAGE, destination="sandbox")
    scene.crm.edit("Account", scene.crm.one("Account", "ExternalId", "a").id, {"ActiveUsers": None})
    plan = scene.plan()
    assert (plan.counts["held"], plan.counts["unchanged"], plan.counts["update"]) == (0, 0, 1)


def test_insert_leaves_records_there_are_even_those_it_made(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(CREATING, mode="insert")
    scene.row("a", users=5)
    scene.sync()
    scene.row("a", users=6)
    plan = scene.plan()
    assert (plan.counts["update"], plan.counts["same"]) == (0, 1)
    assert scene.value("a") == 5


def test_a_row_that_left_is_cleared_with_a_reason_where_that_is_said(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        USAGE, leave_policy="clear", guards=Guards(most_deletes=5, most_changed=1.0)
    )
    for key in "ab":
        scene.account(key)
        scene.row(key, users=5)
    scene.sync()
    del scene.rows["b"]
    scene.sync()
    assert (scene.value("a"), scene.value("b")) == (5, None)
    assert scene.value("b", "Website") == f"not in account_360 any more, as of {scene.clock.now():%Y-%m-%d}"
    assert scene.value("b", "AsOf") is None
    assert scene.held.count("usage") == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [("2026-01-14", "2026-01-14"), (datetime(2026, 1, 14, 9, tzinfo=UTC), "2026-01-14")],
    ids=["a day", "a moment"],
)
def test_a_row_that_left_is_told_as_of_the_day_that_the_others_are_of(
    scene: ActivationScene, told: object, said: str
) -> None:
    scene.activation = msgspec.structs.replace(
        USAGE, leave_policy="clear", edit_policy="ours", guards=Guards(most_deletes=5, most_changed=1.0)
    )
    for key in "ab":
        scene.account(key)
        scene.row(key, users=5, as_of=told)
    scene.sync()
    del scene.rows["b"]
    scene.sync()
    assert scene.value("b", "Website") == f"not in account_360 any more, as of {said}"


@pytest.mark.parametrize("mishap", [Mishap.LOST_AFTER, Mishap.LOST_BEFORE, Mishap.LOST_HALFWAY])
@pytest.mark.parametrize("tells", [True, False], ids=["the service tells", "the records tell"])
def test_a_lost_answer_is_found_out_and_nothing_is_written_twice(
    scene: ActivationScene, mishap: Mishap, tells: bool
) -> None:
    scene.activation = CREATING
    scene.options = {"tells": tells}
    scene.account("a")
    for key in "abcd":
        scene.row(key, users=5)
    scene.crm.trip(mishap)
    assert scene.sync().state == "success"
    assert sorted((one.op.value, one.key) for one in scene.crm.ours()) == [
        ("create", "b"),
        ("create", "c"),
        ("create", "d"),
        ("update", "a"),
    ]


@pytest.mark.parametrize(
    "mishap", [Mishap.DIES_UNNOTED, Mishap.DIES_BEFORE, Mishap.DIES_AFTER, Mishap.DIES_HALFWAY]
)
@pytest.mark.parametrize("tells", [True, False], ids=["the service tells", "the records tell"])
def test_a_death_is_settled_before_anything_else_is_written(
    scene: ActivationScene, mishap: Mishap, tells: bool
) -> None:
    scene.activation = CREATING
    scene.options = {"tells": tells}
    scene.account("a")
    for key in "abcd":
        scene.row(key, users=5)
    plan = scene.plan()
    scene.crm.trip(mishap)
    with pytest.raises(Died):
        scene.apply(plan)
    scene.row("a", users=6)
    assert scene.sync().state == "success"
    creates = sorted(one.key for one in scene.crm.ours(Op.CREATE))
    assert creates == ["b", "c", "d"]
    assert scene.value("a") == 6
    assert not scene.runs.open_batches("usage")


@pytest.mark.parametrize("other", [{"destination": "sandbox"}, {"object": "Contact"}], ids=str)
def test_a_batch_that_died_is_not_asked_of_another_place(
    scene: ActivationScene, other: dict[str, str]
) -> None:
    scene.activation = CREATING
    scene.row("a")
    plan = scene.plan()
    scene.crm.trip(Mishap.DIES_AFTER)
    with pytest.raises(Died):
        scene.apply(plan)
    moved = msgspec.structs.replace(CREATING, **other)
    applier = scene.applier(moved)
    assert applier.settle_open() == 1
    assert not scene.runs.open_batches("usage")
    assert not scene.destinations[-1].reads
    (row,) = scene.plans.rows(plan.id)
    assert (row.state, row.code) == ("unknown", "ELSEWHERE")
    assert "sent to crm, Account" in row.message


def test_a_batch_that_died_is_settled_by_the_fields_that_it_wrote(scene: ActivationScene) -> None:
    scene.activation = CREATING
    scene.options = {"tells": False}
    scene.row("a")
    plan = scene.plan()
    scene.crm.trip(Mishap.DIES_AFTER)
    with pytest.raises(Died):
        scene.apply(plan)
    scene.crm.clear()
    scene.activation = without("Health", CREATING)
    scene.sync()
    assert [row.state for row in scene.plans.rows(plan.id)] == ["written"]
    assert [one.key for one in scene.crm.ours(Op.CREATE)] == ["a"]


def test_the_ledger_of_another_address_of_a_destination_says_nothing(scene: ActivationScene) -> None:
    scene.account("a")
    scene.row("a", users=5)
    scene.sync()
    scene.where = b"production"
    scene.crm.edit("Account", scene.crm.one("Account", "ExternalId", "a").id, {"ActiveUsers": None})
    plan = scene.plan()
    assert (plan.counts["held"], plan.counts["update"]) == (0, 1)


def test_locked_rows_are_sent_again_in_smaller_batches(scene: ActivationScene) -> None:
    for number in range(8):
        scene.account(f"k{number}")
        scene.row(f"k{number}", users=5)
    scene.crm.trip(Mishap.REFUSED, Trouble.LOCKED, times=1, rows=4)
    assert scene.sync().state == "success"
    assert [len(batch.writes) for batch in scene.crm.batches] == [8, 2, 2]


def test_a_refused_row_stays_due_and_makes_the_run_partial(scene: ActivationScene) -> None:
    for key in "ab":
        scene.account(key)
        scene.row(key, users=5)
    scene.crm.trip(Mishap.REFUSED, Trouble.DATA, rows=1)
    applied = scene.sync()
    assert (applied.state, applied.counts["refused"], applied.counts["written"]) == ("partial", 1, 1)
    assert scene.plan().counts["update"] == 1
    states = [row.state for row in scene.runs.log(run_id=applied.run_id)]
    assert sorted(states) == ["refused", "written"]


def test_a_spent_quota_leaves_the_rest_due(scene: ActivationScene) -> None:
    scene.options = {"most": 2}
    for key in "abcd":
        scene.account(key)
        scene.row(key, users=5)
    scene.crm.trip(Mishap.QUOTA, after=1)
    applied = scene.sync()
    assert (applied.state, applied.counts["written"], applied.counts["due"]) == ("partial", 2, 2)
    assert "spent" in applied.problem
    scene.crm.clear()
    assert scene.sync().state == "success"
    assert len(scene.crm.ours()) == 4


def test_what_does_not_suit_the_object_is_told_before_anything_is_stored(scene: ActivationScene) -> None:
    scene.activation = msgspec.structs.replace(
        USAGE,
        fields=(
            msgspec.structs.replace(USAGE.fields[0], to="ActivUsers"),
            msgspec.structs.replace(USAGE.fields[1], to="Score", column="helth"),
        ),
    )
    with pytest.raises(UsageError) as told:
        scene.plan()
    assert "no field 'ActivUsers', or it may not be seen; did you mean ActiveUsers?" in str(told.value)
    assert "may not change Score" in str(told.value)
    assert "no column 'helth'; did you mean health?" in str(told.value)
    assert not scene.plans.newest("usage")
