from __future__ import annotations

from typing import Any

from mainstem.events import Dropped, Sending
from mainstem.privacy import BUILT_IN, ProfileSettings, PseudonymKeys, compile_rules, resolve_profile
from mainstem.privacy.preview import Preview, preview, shape
from mainstem.privacy.scan import Scan

KEYS = PseudonymKeys("k1", {"k1": b"0123456789abcdef"})
EVENT: dict[str, Any] = {
    "type": "track", "event": "Opened", "userId": "u1", "properties": {
        "note": "free text", "title": "to ana@shop.example", "seat": "12a", "tags": ["a", "b"], "count": 3,
    },
    "context": {"ip": "203.0.113.7"},
}  # fmt: skip


def tried(profile: str, *events: dict[str, Any], values: bool = False, **written: Any) -> Preview:
    found = resolve_profile(profile, {"mine": ProfileSettings(**written)})
    step = compile_rules(found, KEYS).step
    pairs = [(event, Sending("203.0.113.7", "", {})) for event in events]
    return preview(profile, [] if step is None else [step], pairs, values=values)


def test_it_says_path_by_path_what_would_happen_and_changes_nothing() -> None:
    before = repr(EVENT)
    found = tried("mine", EVENT, EVENT, extends="product", user_id="pseudonymise", hash=("properties.seat",),
                  properties=("seat",))  # fmt: skip
    assert repr(EVENT) == before
    assert (found.events, found.changed) == (2, 2)
    assert {(c.path, c.outcome, c.count) for c in found.changes} == {
        ("properties.note", "dropped", 2), ("properties.title", "masked", 2),
        ("properties.seat", "hashed", 2),
        ("properties.tags.*", "dropped", 4), ("userId", "pseudonymised", 2), ("context.ip", "shortened", 2),
        ("request_ip", "shortened", 2),
    }  # fmt: skip


def test_values_appear_only_when_asked_for() -> None:
    [title] = [c for c in tried("product", EVENT).changes if c.path == "properties.title"]
    assert (title.before, title.after) == ("aa aaa@aaaa.aaaaaaa", "aa [email]")
    assert "ana" not in repr(tried("product", EVENT))
    [title] = [c for c in tried("product", EVENT, values=True).changes if c.path == "properties.title"]
    assert (title.before, title.after) == ("to ana@shop.example", "to [email]")


def test_events_that_would_not_be_kept_are_counted_by_reason() -> None:
    found = preview("mine", [lambda event, sending: Dropped("consent")], [(EVENT, Sending("", "", {}))])
    assert (found.not_kept, found.changed, found.changes) == ({"consent": 1}, 0, ())


def test_what_rules_had_done_before_is_told_since_no_preview_can_bring_it_back() -> None:
    noted = {"privacy": {"profile": "product", "removed": ["properties.note"], "masked": ["userId", 3]}}
    kept = {"type": "track", "event": "Opened", "context": noted}
    odd = {"type": "track", "context": {"privacy": {"removed": "x"}}}
    found = tried("none", kept, kept, odd, {"type": "track", "context": 3})
    assert found.earlier == {"removed properties.note": 2, "masked userId": 2}
    assert tried("product", EVENT).earlier == {}


def test_none_would_change_nothing() -> None:
    assert tried("none", EVENT).changed == 0


def test_a_shape_tells_the_kind_and_not_the_value() -> None:
    assert shape("Zoë 12") == "aaa 99"
    assert shape("k1:" + "0" * 64) == "k1:…"
    assert shape({"a": 1}) == "object of 1"
    assert len(shape("x" * 1000)) < 50


def test_a_scan_counts_finds_by_place_and_keeps_no_value() -> None:
    scan = Scan()
    for _ in range(2):
        scan.add("web", EVENT)
    scan.add("web", {"type": "page", "traits": {"password": "hunter2"}, "ana@shop.example": 4111111111111111})
    scan.add("web", ["+49 170 9988776"])
    assert [(f.event, f.path, f.detector, f.count) for f in scan.found()] == [
        ("Opened", "properties.title", "email", 2),
        ("(no event)", "*", "phone", 1),
        ("page", "*", "card", 1),
        ("page", "*", "email", 1),
        ("page", "traits.password", "token", 1),
    ]
    assert scan.events == 4
    assert all(secret not in repr(scan.found()) for secret in ("ana", "hunter2", "4111", "9988"))


def test_what_product_lets_through_holds_no_finds() -> None:
    step = compile_rules(BUILT_IN["product"], KEYS).step
    assert step is not None
    event = {"properties": {"title": "ana@shop.example", "url": "https://u:p@shop.example/?token=x"}}
    step(event, Sending("", "", {}))
    scan = Scan()
    scan.add("web", event)
    assert scan.found() == ()
