"""Which records are found alike, and what is cut out of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.events import Received, encode_received
from mainstem.load.columnar.alike import Alike, Skeletons
from mainstem.load.columnar.leaves import Kind
from mainstem.load.columnar.skeleton import skeleton_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def record(event: object, message_id: str | None = None) -> bytes:
    raw = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    return encode_received(
        Received("2026-01-01T00:00:02.000Z", "198.51.100.7", "web", msgspec.Raw(raw), None, message_id)
    )


def event(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": f"m{number}",
        "context": {"ip": "203.0.113.1", "page": {}},
        "properties": {"n": number, "ok": number % 2 == 0, "gone": None, "tags": ["a", 1], **properties},
    }


def found(payloads: Sequence[bytes]) -> list[list[int]]:
    return sorted(list(alike.places) for alike in Skeletons(least=1).sort(payloads))


def values(alike: Alike, *path: str) -> list[str]:
    column = alike.column("event", *path)
    assert column is not None
    texts: list[str] = column.to_pylist()
    return texts


def test_values_are_slots_and_all_else_is_the_skeleton() -> None:
    skeleton = skeleton_of(record(event(1, note="x")))
    assert skeleton is not None
    kinds = {slot.path[1:]: slot.kind for slot in skeleton.slots if slot.path[0] == "event"}
    assert kinds == {
        ("type",): Kind.TEXT,
        ("messageId",): Kind.TEXT,
        ("context", "ip"): Kind.TEXT,
        ("properties", "n"): Kind.FLOAT,
        ("properties", "ok"): Kind.BOOL,
        ("properties", "note"): Kind.TEXT,
    }
    assert skeleton.constants == {
        ("event", "properties", "gone"): (Kind.NULL, b"null"),
        ("event", "properties", "tags"): (Kind.LIST, b'["a", 1]'),
    }
    assert ("event", "context", "page") in skeleton.objects


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'"text"',
        b'{"receivedAt":"a"}',
        b'{"receivedAt":"a","requestIp":"b","sourceId":"c","event":{"type":"track"}',
        record(b'{"type":"track","a":1,"a":2}'),
        record({"type": "track", "note": 'a "quoted" text'}),
        record({"type": ["track"]}),
        record({"type": 5}),
        record({"type": "track", "messageId": {"a": "b"}}),
        record("no event"),
    ],
)
def test_what_is_not_of_the_usual_form_has_no_skeleton(payload: bytes) -> None:
    assert skeleton_of(payload) is None


def test_records_of_one_skeleton_are_found_and_their_values_cut_out() -> None:
    payloads = [record(event(number, note=f"{number} ä, {{}}")) for number in range(5)]
    [alike] = Skeletons(least=1).sort(payloads)
    assert list(alike.places) == [0, 1, 2, 3, 4]
    assert values(alike, "properties", "note") == [f"{number} ä, {{}}" for number in range(5)]
    assert values(alike, "properties", "n") == ["0", "1", "2", "3", "4"]
    assert values(alike, "properties", "ok") == ["true", "false", "true", "false", "true"]


def test_records_of_several_skeletons_with_as_many_quotes_are_told_apart() -> None:
    one, other = event(1, note="x"), event(2, memo="x")
    assert found([record(one), record(other), record(one), record(other)]) == [[0, 2], [1, 3]]


def test_one_byte_between_values_makes_another_skeleton() -> None:
    plain = record(event(1))
    blank = plain.replace(b'"properties": {', b'"properties":  {')
    assert blank != plain
    assert found([plain, blank, plain]) == [[0, 2], [1]]


@pytest.mark.parametrize(
    "odd",
    [
        record({**event(2), "messageId": 'a"b'}),
        record({**event(2), "messageId": "a\nb"}),
        record(json.dumps(event(2), indent=1).encode()),
        record(event(2)).replace(b"m2", b"m\x01"),
        record(event(2)).replace(b"m2", b"m\n"),
        record(event(2)).replace(b"m2", b"m\r"),
        record(event(2)).replace(b"m2", b"m\xff"),
        record(event(2))[:-1],
        b"",
        b'"',
    ],
)
def test_a_record_that_cannot_be_cut_is_left_and_hides_no_other(odd: bytes) -> None:
    groups = found([record(event(1)), odd, record(event(3))])
    assert all(1 not in group or len(group) == 1 for group in groups)
    assert b"\xff" in odd or [0, 2] in groups


def test_few_that_are_alike_are_left() -> None:
    payloads = [record(event(number)) for number in range(5)]
    assert Skeletons(least=6).sort(payloads) == []
    assert Skeletons(least=6).sort([]) == []


def test_long_records_are_cut_too() -> None:
    payloads = [record(event(number, note="x" * (3 << 20))) for number in range(2)]
    assert found(payloads) == [[0, 1]]
