"""Whose an event is, and the ledger of erased people."""

from __future__ import annotations

from typing import Any

import pytest

from mainstem.events import Dropped, Sending
from mainstem.events.form import Form, Kind, Leaf, Promise, Promising
from mainstem.privacy.erased import (
    Ledger,
    Person,
    erased_step,
    ledger_lines,
    linked_ids,
    read_ledger,
)
from mainstem.privacy.pseudonyms import normalised

KEY = b"k" * 32
AT = "2026-03-01T00:00:00.000Z"


def person(*ids: str, found: tuple[str, ...] = ()) -> Person:
    return Person(frozenset(map(normalised, ids)), frozenset(map(normalised, found)))


def ledger(whom: Person) -> Ledger:
    return read_ledger("\n".join(ledger_lines(whom, KEY, AT)), KEY)


@pytest.mark.parametrize(
    "event",
    [
        {"userId": "u1"},
        {"anonymousId": " u1 "},
        {"type": "alias", "userId": "x", "previousId": "u1"},
        {"userId": "x", "traits": {"email": "ANA@example.com"}},
        {"context": {"traits": {"email": "ana@example.com"}}},
        {"properties": {"phone": "+1 (555) 0100-200"}},
        {"mergeProperties": [{"type": "email", "value": "ana@example.com"}]},
        {"userId": 42},
        {"anonymousId": "browser"},
    ],
)
def test_an_event_is_theirs_by_any_id_or_address_however_spelt(event: dict[str, Any]) -> None:
    ana = person("u1", "42", "ana@example.com", "+15550100200", found=("browser",))
    assert event in ana
    step = erased_step(ledger(ana), keeps_new=False)
    assert step is not None
    assert step(event, Sending("", AT, {})) == Dropped("suppressed")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"userId": "u2"},
        {"userId": True, "anonymousId": None, "traits": "u1"},
        {"userId": "u2", "anonymousId": "browser"},
        {"properties": {"friend": "u1"}},
    ],
)
def test_an_event_of_another_is_not_even_at_the_same_browser(event: dict[str, Any]) -> None:
    ana = person("u1", found=("browser",))
    assert event not in ana
    step = erased_step(ledger(ana), keeps_new=False)
    assert step is not None
    assert step(event, Sending("", AT, {})) is None


def test_whoever_may_return_is_kept_out_only_with_what_is_older_than_the_erasure() -> None:
    step = erased_step(ledger(person("u1")), keeps_new=True)
    assert step is not None
    later = Sending("", "2026-04-01T00:00:00.000Z", {})
    assert step({"userId": "u1"}, later) is None
    assert step({"userId": "u1", "originalTimestamp": "2026-02-01T00:00:00Z"}, later) is not None
    assert step({"userId": "u1"}, Sending("", "2026-02-01T00:00:00.000Z", {})) is not None


def test_the_ledger_names_nobody_and_a_line_that_is_none_is_told() -> None:
    lines = ledger_lines(person("u1", found=("browser",)), KEY, AT)
    assert len(lines) == 2
    assert not any("u1" in line or "browser" in line for line in lines)
    assert "u1" not in repr(ledger(person("u1")))
    with pytest.raises(ValueError, match="line 2 is no line"):
        read_ledger(f"{lines[0]}\nu1\n", KEY)
    assert erased_step(Ledger(KEY, {}, {}), keeps_new=False) is None


def test_only_identify_and_alias_link_ids() -> None:
    ana = person("u1")
    assert linked_ids({"type": "track", "userId": "u1", "anonymousId": "b"}, ana) == (set(), set())
    assert linked_ids({"type": "identify", "userId": "u1", "anonymousId": "b"}, ana) == ({"u1"}, {"b"})
    assert linked_ids({"type": "alias", "userId": "u1", "previousId": "old"}, ana) == ({"u1", "old"}, set())
    assert linked_ids({"type": "identify", "userId": "u2", "anonymousId": "b"}, ana) == (set(), set())


def test_known_forms_are_promised_for_others_and_judged_by_every_value_that_names_somebody() -> None:
    step = erased_step(ledger(person("u1", found=("browser",))), keeps_new=False)
    assert isinstance(step, Promising)
    leaves = [
        Leaf(("userId",), Kind.TEXT),
        Leaf(("anonymousId",), Kind.TEXT),
        Leaf(("context", "traits", "email"), Kind.TEXT),
        Leaf(("properties", "price"), Kind.FLOAT),
    ]
    promise = step.promise(Form("track", tuple(leaves)))
    assert promise is not None
    [judged] = promise.judged
    assert judged.paths == (("userId",), ("anonymousId",), ("context", "traits", "email"))
    assert judged.judge(("bob", "b", "bob@example.com"))
    assert not judged.judge(("u1", "b", "bob@example.com"))
    assert not judged.judge(("bob", "browser", "bob@example.com"))
    assert step.promise(Form("page", (Leaf(("name",), Kind.TEXT),))) == Promise()
