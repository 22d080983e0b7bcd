from __future__ import annotations

import json
from typing import Any

import pytest

from mainstem.replay import HeldEvent, Rule, differences, mend
from mainstem.replay.actions import Action, Cast, Default, Delete, Move, Rename, SetType, SetValue
from mainstem.replay.rules import Condition, Match

EVERY = Match(sources=("*",))


def held(event: object, reason: str = "odd", source: str = "web") -> HeldEvent:
    sent = event if isinstance(event, bytes) else json.dumps(event).encode()
    return HeldEvent("gateway", "gateway-0", 0, "2026-01-02T03:04:05.678Z", "10.0.0.1", source, reason, sent)


def mended(action: Action, event: Any) -> Any:
    return json.loads(mend([Rule("r", EVERY, (action,))], held(event)).event)


ITEMS = {"properties": {"items": [{"price": "1"}, {"price": 2}, {}]}}


@pytest.mark.parametrize(
    ("action", "event", "after"),
    [
        (SetValue(("a", "b"), 1), {}, {"a": {"b": 1}}),
        (SetValue(("a", "b"), 1), {"a": {"b": 2, "c": 3}}, {"a": {"b": 1, "c": 3}}),
        (SetValue(("a", "b"), 1), {"a": "text"}, {"a": "text"}),
        (SetValue(("l", "1"), 9), {"l": [1, 2]}, {"l": [1, 9]}),
        (SetValue(("l", "2"), 9), {"l": [1, 2]}, {"l": [1, 2]}),
        (SetValue(("l", "*", "a"), 0), {"l": [{"a": 1}, {"a": 2}, {}]}, {"l": [{"a": 0}, {"a": 0}, {}]}),
        (Default(("a",), 1), {"a": None}, {"a": 1}),
        (Default(("a",), 1), {"a": 0}, {"a": 0}),
        (Default(("a", "b"), 1), {}, {"a": {"b": 1}}),
        (Delete(("a", "b")), {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        (Delete(("l", "*")), {"l": [1, 2, 3]}, {"l": []}),
        (Delete(("a", "b")), {"a": 1}, {"a": 1}),
        (Rename(("a", "B"), "b"), {"a": {"x": 0, "B": 1}}, {"a": {"x": 0, "b": 1}}),
        (Rename(("a", "B"), "b"), {"a": {"B": 1, "b": 2}}, {"a": {"B": 1, "b": 2}}),
        (Rename(("l", "*", "P"), "p"), {"l": [{"P": 1}, {"P": 2}]}, {"l": [{"p": 1}, {"p": 2}]}),
        (Move(("a",), ("b", "c")), {"a": 1}, {"b": {"c": 1}}),
        (Move(("a",), ("b", "c")), {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        (Move(("a",), ("a", "c")), {"a": {"x": 1}}, {"a": {"x": 1}}),
        (Move(("a",), ("b",)), {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        (SetType("page"), {"type": "pagee"}, {"type": "page"}),
    ],
)
def test_an_action_does_what_it_says_or_leaves_the_event_alone(
    action: Action, event: Any, after: Any
) -> None:
    assert mended(action, event) == after


@pytest.mark.parametrize(
    ("value", "kind", "after"),
    [
        ("12.50", "number", 12.5), ("12", "number", 12), (" 7 ", "integer", 7), ("7.0", "integer", 7),
        ("7.5", "integer", "7.5"), ("twelve", "number", "twelve"), ("1_000", "number", "1_000"),
        ("1e999", "number", "1e999"), ("nan", "number", "nan"), ("٣", "number", "٣"), ("", "number", ""),
        (True, "number", 1), (None, "number", None), ([1], "string", [1]), ({}, "number", {}),
        (12, "string", "12"), (1.5, "string", "1.5"), (True, "string", "true"),
        ("yes", "boolean", True), ("FALSE", "boolean", False), (1, "boolean", True), (0, "boolean", False),
        ("maybe", "boolean", "maybe"), (2, "boolean", 2), ("9" * 300, "integer", "9" * 300),
    ],
)  # fmt: skip
def test_a_cast_reads_a_value_as_another_type_or_leaves_it(value: Any, kind: Any, after: Any) -> None:
    found = mended(Cast(("v",), kind), {"v": value})["v"]
    assert (found, type(found)) == (after, type(after))


def test_a_cast_reaches_every_element_of_a_list() -> None:
    after = mended(Cast(("properties", "items", "*", "price"), "number"), ITEMS)
    assert after == {"properties": {"items": [{"price": 1}, {"price": 2}, {}]}}


@pytest.mark.parametrize(
    ("match", "takes"),
    [
        (Match(sources=("web",)), True),
        (Match(sources=("app", "w*")), True),
        (Match(sources=("app",)), False),
        (Match(reasons=("*currency*",)), True),
        (Match(reasons=("currency",)), False),
        (Match(events=("Order *",)), True),
        (Match(types=("page",)), False),
        (Match(sources=("web",), types=("page",)), False),
        (Match(where=(Condition(("properties", "total"), "is", "string"),)), True),
        (Match(where=(Condition(("properties", "total"), "is", "number"),)), False),
        (Match(where=(Condition(("properties", "total"), "exists", False),)), False),
        (Match(where=(Condition(("properties", "tax"), "exists", False),)), True),
        (Match(where=(Condition(("properties", "total"), "matches", r"^\d"),)), True),
        (Match(where=(Condition(("properties", "paid"), "equals", True),)), False),
        (Match(where=(Condition(("properties", "paid"), "equals", 1),)), True),
        (Match(where=(Condition(("properties", "list", "*"), "equals", 2),)), True),
    ],
)
def test_a_rule_takes_what_fits_all_that_it_names(match: Match, takes: bool) -> None:
    properties = {"total": "12.50", "paid": 1, "list": [1, 2]}
    event = {"type": "track", "event": "Order Completed", "properties": properties}
    rule = Rule("r", match, (Delete(("none",)),))
    assert bool(mend([rule], held(event, "no currency given")).rules) is takes


def test_rules_act_one_after_the_other_and_are_named() -> None:
    first = Rule("first", EVERY, (Rename(("A",), "a"),))
    second = Rule("second", Match(where=(Condition(("a",), "is", "string"),)), (Cast(("a",), "number"),))
    other = Rule("other", Match(sources=("app",)), (Delete(("a",)),))
    found = mend([first, other, second], held({"A": "5"}))
    assert (json.loads(found.event), found.rules) == ({"a": 5}, ("first", "second"))


@pytest.mark.parametrize("event", [b"[1, 2]", b'"text"', b"1e999", b"\xff", b"{", b'{"a" :  1}'])
def test_what_no_rule_can_take_keeps_its_bytes(event: bytes) -> None:
    rules = [Rule("r", Match(types=("track",)), (SetType("page"),))]
    assert mend(rules, held(event)).event == event
    assert mend([], held(event)).event == event


def test_differences_name_each_place_with_both_values() -> None:
    before = b'{"a":1,"l":[1,{"x":"2"}],"gone":null,"same":[1]}'
    after = b'{"a":1.0,"l":[1,{"x":2}],"new":{},"same":[1]}'
    assert [(one.path, one.before, one.after) for one in differences(before, after)] == [
        ("a", "1", "1.0"),
        ("l.1.x", '"2"', "2"),
        ("gone", "null", None),
        ("new", None, "{}"),
    ]
