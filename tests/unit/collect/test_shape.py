from __future__ import annotations

import json
import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect.passage import TOO_DEEP
from mainstem.collect.shape import TOO_MANY_KEYS, Shape

SHAPE = Shape(max_depth=4, max_keys=20)


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def keys_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(1 + keys_of(inner) for inner in value.values())
    return 1 + sum(map(keys_of, value)) if isinstance(value, list) else 0


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b'{"a":[[[1]]]}', None),
        (b'{"a":[[[[1]]]]}', TOO_DEEP),
        (b'{"a":[1,2],"b":{"c":{}},"d":[[]]}', None),
        (b'{"a":"[[[[[[[[{{{{{{{"}', None),
        (b'{"a":"\\"[[[[[[[[{{{{{{{\\\\"}', None),
        (b'{"a":"\\\\","b":[[[[1]]]]}', TOO_DEEP),
        (b"{" + b",".join(b'"%d":1' % number for number in range(19)) + b"}", None),
        (b"{" + b",".join(b'"%d":1' % number for number in range(20)) + b"}", TOO_MANY_KEYS),
        (b"{" + b",".join(b'"a":1' for _ in range(20)) + b"}", TOO_MANY_KEYS),
        (b'{"a":' + json.dumps(":{" * 100).encode() + b"}", None),
        (b'{"a":[' + b",".join([b"[]"] * 20) + b"]}", TOO_MANY_KEYS),
    ],
)
def test_depth_and_keys_are_counted_outside_of_texts(event: bytes, reason: str | None) -> None:
    assert SHAPE.objection(event) == reason


@given(
    st.recursive(
        st.none() | st.text('{}[]:",\\a', max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('{[:"\\', max_size=2), inner),
        max_leaves=20,
    )
)
def test_what_is_let_in_is_within_both_limits_and_what_is_not_is_over_one(value: object) -> None:
    event = json.dumps({"event": value}).encode()
    over = depth_of({"event": value}) > 4 or keys_of({"event": value}) > 20
    assert (SHAPE.objection(event) is not None) is over


@pytest.mark.parametrize("text", [b"x", b"\\n", b"[{"])
@pytest.mark.parametrize("values", [1, 100_000])
def test_measuring_a_large_event_takes_hardly_any_memory(text: bytes, values: int) -> None:
    size = 4_000_000 // values // len(text)
    event = b'{"a":[' + b",".join([b'"' + text * size + b'"'] * values) + b"]}"
    tracemalloc.start()
    try:
        assert Shape().objection(event) is None
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_an_ordinary_event_is_seen_to_be_small_without_being_measured() -> None:
    assert Shape().is_surely_small(b'{"type":"track","properties":{"tags":["new","sale"]}}')


@given(st.lists(st.sampled_from([b"1", b"{}", b"[[[]]]", b"[[[[[]]]]]", b'"[[[[["', b"1" * 90]), min_size=1))
def test_several_events_are_seen_to_be_small_where_each_is(events: list[bytes]) -> None:
    found = SHAPE.are_surely_small(list(map(msgspec.Raw, events)))
    assert found == list(map(SHAPE.is_surely_small, events))
