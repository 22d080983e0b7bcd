"""The destination that others are tested on does what its mishaps say."""

from __future__ import annotations

import pytest

from mainstem.activate import Batch, Op, Parent, Trouble, Write
from mainstem.errors import ApiUnavailable, CredentialsRefused, OutcomeUnknown, QuotaSpent, UsageError
from mainstem.testing.memory_crm import MemoryCrm, Mishap
from mainstem.testing.memory_destination import ACCOUNT, MESSAGES, Died, MemoryDestination, memory_crm

KEYS = ("a1", "a2", "a3", "a4")


def drop(ticket: str) -> None:
    """Keeps no ticket."""


def creates(name: str = "b1", keys: tuple[str, ...] = KEYS) -> Batch:
    writes = [
        Write(number=number, op=Op.CREATE, key=key, values={"Name": f"Company {key}"})
        for number, key in enumerate(keys)
    ]
    return Batch(name, "Account", "ExternalId", Op.CREATE, writes)


@pytest.fixture
def crm() -> MemoryCrm:
    return memory_crm()


@pytest.mark.parametrize(
    ("mishap", "raised", "done"),
    [
        (Mishap.LOST_BEFORE, OutcomeUnknown, 0),
        (Mishap.LOST_HALFWAY, OutcomeUnknown, 2),
        (Mishap.LOST_AFTER, OutcomeUnknown, 4),
        (Mishap.DIES_UNNOTED, Died, 0),
        (Mishap.DIES_BEFORE, Died, 0),
        (Mishap.DIES_HALFWAY, Died, 2),
        (Mishap.DIES_AFTER, Died, 4),
        (Mishap.QUOTA, QuotaSpent, 0),
        (Mishap.UNAVAILABLE, ApiUnavailable, 0),
        (Mishap.SHUT_OUT, CredentialsRefused, 0),
    ],
)
def test_a_mishap_leaves_done_what_it_says(
    crm: MemoryCrm, mishap: Mishap, raised: type[BaseException], done: int
) -> None:
    crm.trip(mishap)
    tickets: list[str] = []
    with pytest.raises(raised):
        MemoryDestination(crm).write(creates(), tickets.append)
    assert [one.key for one in crm.ours()] == list(KEYS[:done])
    assert tickets == ([] if mishap is Mishap.DIES_UNNOTED else ["b1"])
    found = MemoryDestination(crm).resume(creates(), "b1")
    assert found is not None
    assert [one.refusal is None for one in found] == [place < done for place in range(4)]
    assert MemoryDestination(crm, tells=False).resume(creates(), "b1") is None


def test_rows_are_refused_by_place_or_by_key_as_often_as_planned(crm: MemoryCrm) -> None:
    crm.trip(Mishap.REFUSED, Trouble.LOCKED, rows=1, after=1)
    crm.trip(Mishap.REFUSED, Trouble.DATA, keys=frozenset({"a2"}), times=0)
    destination = MemoryDestination(crm)

    def troubles(name: str) -> list[Trouble | None]:
        return [
            one.refusal.trouble if one.refusal else None for one in destination.write(creates(name), drop)
        ]

    assert troubles("b1") == [None, Trouble.DATA, None, None]
    assert troubles("b2") == [Trouble.LOCKED, Trouble.DATA, Trouble.TAKEN, Trouble.TAKEN]
    crm.clear()
    assert troubles("b3") == [Trouble.TAKEN, None, Trouble.TAKEN, Trouble.TAKEN]


def test_others_edit_between_the_calls(crm: MemoryCrm) -> None:
    number = crm.add("Account", {"ExternalId": "A1", "Name": "One", "ActiveUsers": 1})

    def edited(what: str) -> None:
        if what == "write":
            crm.edit("Account", number, {"ActiveUsers": 5})

    destination = MemoryDestination(crm, between=edited)
    (before,) = destination.read(ACCOUNT, "ExternalId", ["a1"], ["ActiveUsers"])
    write = Write(number=0, op=Op.UPDATE, key="a1", id=number, values={"ActiveUsers": None})
    destination.write(Batch("b", "Account", "ExternalId", Op.UPDATE, [write]), drop)
    (after,) = destination.read(ACCOUNT, "ExternalId", ["a1"], ["ActiveUsers"])
    assert (before.key, before.values, after.values) == ("a1", {"ActiveUsers": 1}, {"ActiveUsers": None})
    assert [one.by for one in crm.done] == ["somebody", "somebody", "mainstem"]
    assert before.modified_at is not None
    assert after.modified_at is not None
    assert before.modified_at < after.modified_at


def test_a_parent_is_found_by_its_key(crm: MemoryCrm) -> None:
    account = crm.add("Account", {"ExternalId": "a1", "Name": "One"})
    writes = [
        Write(
            number=number,
            op=Op.CREATE,
            key=f"c{number}",
            values={"LastName": "Hopper"},
            parents={"AccountId": Parent("Account", "ExternalId", key)},
        )
        for number, key in enumerate(["A1", "a2"])
    ]
    batch = Batch("b", "Contact", "ExternalId", Op.CREATE, writes)
    good, bad = MemoryDestination(crm).write(batch, drop)
    assert crm.records["Contact"][good.id].values["AccountId"] == account
    assert bad.refusal is not None
    assert (bad.refusal.trouble, bad.refusal.fields) == (Trouble.PARENT, ("AccountId",))


def test_messages_cannot_be_read_back(crm: MemoryCrm) -> None:
    destination = MemoryDestination(crm, MESSAGES)
    write = Write(number=0, op=Op.CREATE, key="m1", values={"Text": "hello"})
    (sent,) = destination.write(Batch("b", "Message", "", Op.CREATE, [write]), drop)
    assert sent.refusal is None
    with pytest.raises(UsageError, match="cannot be read back"):
        list(destination.read(destination.shape("Message"), "", ["m1"], []))
