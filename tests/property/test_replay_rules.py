"""Rules over anything that JSON can be: never an error, never a change without a rule."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mainstem.replay import HeldEvent, Rule, differences, mend
from mainstem.replay.actions import Action, Cast, Default, Delete, Move, Rename, SetType, SetValue
from mainstem.replay.rules import Condition, Match

keys = st.sampled_from(["a", "b", "c", "type", "event", "0", "1"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
paths = st.lists(keys | st.just("*"), min_size=1, max_size=4).map(tuple)
plain_paths = st.lists(keys, min_size=1, max_size=4).map(tuple)
actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(SetValue, paths, json_values),
    st.builds(Default, plain_paths, json_values),
    st.builds(Delete, paths),
    st.builds(Rename, paths, keys),
    st.builds(Move, plain_paths, plain_paths),
    st.builds(Cast, paths, st.sampled_from(["string", "number", "integer", "boolean"])),
    st.builds(SetType, st.just("track")),
)
conditions = st.one_of(
    st.builds(Condition, paths, st.just("exists"), st.booleans()),
    st.builds(Condition, paths, st.just("equals"), json_values),
    st.builds(Condition, paths, st.just("matches"), st.just("a|1")),
    st.builds(Condition, paths, st.just("is"), st.sampled_from(["string", "number", "list", "null"])),
)
matches = st.builds(Match, where=st.lists(conditions, max_size=2).map(tuple))
rules = st.lists(
    st.builds(Rule, st.just("r"), matches, st.lists(actions, min_size=1, max_size=4).map(tuple)), max_size=3
)
raw = st.binary(max_size=20)


def held(event: bytes) -> HeldEvent:
    return HeldEvent("gateway", "gateway-0", 0, "", "", "web", "odd", event)


@given(rules, json_values)
def test_mending_gives_json_again_and_the_same_twice(rules: list[Rule], event: Any) -> None:
    sent = json.dumps(event).encode()
    first = mend(rules, held(sent))
    json.loads(first.event)
    assert first == mend(rules, held(sent))
    if not first.rules:
        assert first.event == sent
    if first.event != sent:
        assert isinstance(event, dict)
    differences(sent, first.event)


@given(rules, raw)
def test_no_bytes_stop_a_rule(rules: list[Rule], event: bytes) -> None:
    found = mend(rules, held(event))
    assert found.rules or found.event == event
    differences(event, found.event)


@given(json_values)
def test_an_event_differs_from_itself_nowhere(event: Any) -> None:
    sent = json.dumps(event).encode()
    assert differences(sent, json.dumps(event, indent=1).encode()) == ()
