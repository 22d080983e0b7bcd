from __future__ import annotations

from typing import Any

import pytest

from mainstem.events import Dropped, Sending
from mainstem.privacy import PseudonymKeys, pseudonyms, read_suppressed, suppression_step

KEYS = PseudonymKeys("k2", {"k1": b"0123456789abcdef", "k2": b"fedcba9876543210"})


def is_kept(listed: str, event: dict[str, Any]) -> bool:
    step = suppression_step(read_suppressed(listed), KEYS)
    assert step is not None
    return step(event, Sending("", "", {})) != Dropped("suppressed")


def test_nobody_listed_costs_nothing() -> None:
    assert suppression_step(read_suppressed("# nobody\n\n"), KEYS) is None


@pytest.mark.parametrize(
    "event", [{"userId": "u1"}, {"anonymousId": "u1"}, {"userId": "new", "previousId": "u1"}]
)
def test_an_id_is_met_in_every_field_that_holds_one(event: dict[str, Any]) -> None:
    assert not is_kept("u1\n", event)
    assert is_kept("u2\n", event)
    assert is_kept("u2\n", {"userId": None, "anonymousId": ["u2"]})


def test_a_number_is_met_as_its_text() -> None:
    assert not is_kept("42\n", {"userId": 42})


@pytest.mark.parametrize("key", ["k1", "k2"])
def test_pseudonyms_in_the_list_are_met_under_every_key(key: str) -> None:
    listed = pseudonyms(KEYS, "ana@shop.example")[key]
    assert not is_kept(listed, {"userId": "Ana@shop.example"})
    assert not is_kept(listed, {"userId": listed})
    assert not is_kept(listed, {"userId": "u", "traits": {"email": "ana@shop.example"}})
    assert is_kept(listed, {"userId": "eva@shop.example"})


def test_addresses_are_met_in_any_case_as_an_id_or_a_trait() -> None:
    assert not is_kept("ana@shop.example", {"userId": " ANA@shop.example"})
    assert not is_kept(
        "ana@shop.example", {"userId": "u", "context": {"traits": {"email": "Ana@Shop.example"}}}
    )


@pytest.mark.parametrize(
    "line",
    [
        '{"regulationType":"suppress","users":[{"userId":"u1","phone":"1"}]}',
        '{"regulationType":"SUPPRESS_ONLY","subjectType":"USER_ID","subjectIds":["u1"]}',
        '{"userId":"u1"}',
        "  u1  ",
    ],
)
def test_regulations_of_both_kinds_are_read(line: str) -> None:
    assert read_suppressed(f"# people\n{line}\n") == {"u1"}


@pytest.mark.parametrize(
    ("text", "problem"), [("u1\n{oops\n", "line 2 .* no JSON"), ('{"a":1}', "line 1 names nobody")]
)
def test_a_line_that_cannot_be_meant_is_refused_without_being_repeated(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        read_suppressed(text)
    assert "oops" not in str(caught.value)
