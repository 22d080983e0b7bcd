"""What the quick way keeps of a batch is what each event by itself would come to."""

from __future__ import annotations

import json
from itertools import count

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect import Accepted, Request, SourceTable
from mainstem.collect.checks import USUAL_CHECKS, Item, is_blank, is_usual
from mainstem.collect.shape import Shape
from mainstem.collect.sorting import Sorting
from mainstem.collect.sources import compile_plainly
from mainstem.events import EVENT_TYPES, Source, decode_quarantined, decode_received

REQUEST = Request(b"POST", b"/v1/batch", b"", {}, b"", "203.0.113.7", "2026-01-02T03:04:05.678Z")
USUAL = b'{"type":"track","userId":"u","messageId":"m","n":%d}'
ODD = (
    b'{"type":"track","userId":"u"}',
    b'{"type":"track","userId":" ","messageId":"m"}',
    b'{"type":"x","userId":"u","messageId":"m"}',
    b'{"type":"track","userId":1,"messageId":"m"}',
    b'{"type":"track","userId":"u","messageId":"\\u00a0"}',
    b'{"type":"extract","messageId":"m"}',
    b'{"type":"track","userId":"u","messageId":"m","deep":' + b"[" * 120 + b"]" * 120 + b"}",
    b'{"type":"track","userId":"u","messageId":"m","flat":[' + b",".join([b"[]"] * 120) + b"]}",
    b"1",
)
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [None, "", " ", "\u00a0", "u", "é", "\x7f", "track", "x", 0, 1, True, [], {}]
)


def sorted_out(events: list[bytes], together: bool) -> Accepted:
    """`events` as one batch, or each as a batch of its own."""
    sender = SourceTable([Source("web", "Website", ("WK",))]).compiled[0]
    ids = count(1)
    sorting = Sorting(Shape(max_keys=1000), lambda: f"made-{next(ids)}")
    into = Accepted([], [])
    for some in [events] if together else [[event] for event in events]:
        sorting.sort(list(map(msgspec.Raw, some)), sender, REQUEST, into)
    assert sender.counts.events == len(into.records)
    assert sender.counts.quarantined == len(into.quarantined)
    return into


@given(st.lists(st.sampled_from(ODD) | st.integers(0, 99).map(lambda number: USUAL % number), min_size=1))
def test_a_batch_comes_to_what_its_events_come_to_one_by_one_and_in_their_order(events: list[bytes]) -> None:
    found = sorted_out(events, together=True)
    assert found == sorted_out(events, together=False)
    kept = [bytes(decode_received(record).event) for record in found.records]
    held = [bytes(decode_quarantined(record).event) for record in found.quarantined]
    assert sorted(kept + held) == sorted(events)
    assert kept == [event for event in events if event in kept]


def test_a_deep_event_among_small_ones_is_measured_by_itself() -> None:
    deep, flat = ODD[6], ODD[7]
    found = sorted_out([USUAL % 1, deep, flat, USUAL % 2], together=True)
    assert [bytes(decode_received(record).event) for record in found.records] == [USUAL % 1, flat, USUAL % 2]
    assert [decode_quarantined(record).reason for record in found.quarantined] == ["event is nested too deep"]


@given(VALUES | st.sampled_from(EVENT_TYPES), VALUES, VALUES, VALUES)
def test_what_is_usual_at_a_glance_no_check_refuses_and_no_id_is_made_for(
    kind: object, user: object, anonymous: object, message: object
) -> None:
    item = Item(kind, user, anonymous, message)
    if is_usual(item):
        assert [check(item) for check in USUAL_CHECKS] == [None] * len(USUAL_CHECKS)
        assert not is_blank(item.message_id)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_an_ordinary_event_of_each_type_is_usual(kind: str) -> None:
    event = {"type": kind, "anonymousId": "a", "messageId": "m"}
    assert is_usual(msgspec.json.decode(json.dumps(event), type=Item))


def test_a_source_with_checks_of_its_own_is_asked_for_every_event() -> None:
    def no(item: Item) -> str | None:
        return "not today"

    sender = msgspec.structs.replace(compile_plainly(Source("web", "Website", ("WK",))), checks=(no,))
    into = Accepted([], [])
    Sorting(Shape(), lambda: "made").sort([msgspec.Raw(USUAL % 1)], sender, REQUEST, into)
    assert not into.records
    assert [decode_quarantined(one).reason for one in into.quarantined] == ["not today"]
