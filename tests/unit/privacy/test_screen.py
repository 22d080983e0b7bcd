"""The one way through must come to what the two ways come to."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from mainstem.events import Sending
from mainstem.privacy import BUILT_IN, ProfileSettings, compile_rules, resolve_profile
from mainstem.privacy.allow import allow_list
from mainstem.privacy.detection import Detection
from mainstem.privacy.screen import Screen
from mainstem.privacy.text import Redaction

if TYPE_CHECKING:
    from mainstem.privacy.notes import Note

PLAIN: dict[str, Any] = {
    "type": "page",
    "anonymousId": "a",
    "context": {"page": {"title": "Docs", "path": "/"}},
}


def run(step: Any, event: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(event)
    step(found, Sending("", "", {}))
    return found


def test_what_was_harmless_once_stays_and_what_comes_new_is_looked_at() -> None:
    step = compile_rules(BUILT_IN["product"], None).step
    for _ in range(3):
        assert run(step, PLAIN) == PLAIN
    mail = {**PLAIN, "context": {"page": {"title": "ana@shop.example", "path": "/"}}}
    for _ in range(2):
        assert run(step, mail)["context"]["page"] == {"title": "[email]", "path": "/"}


def test_a_harmless_value_is_harmless_only_under_names_that_are_let_through() -> None:
    step = compile_rules(BUILT_IN["product"], None).step
    run(step, PLAIN)
    assert "properties" not in run(step, {**PLAIN, "properties": {"note": "Docs"}})
    assert run(step, {**PLAIN, "context": {"page": {"title": "Docs", "note": "/"}}})["context"]["page"] == {
        "title": "Docs"
    }


def test_a_name_that_held_a_number_holds_no_text_later() -> None:
    step = compile_rules(BUILT_IN["product"], None).step
    assert run(step, {"properties": {"seats": 1}}) == {"properties": {"seats": 1}}
    assert "properties" not in run(step, {"properties": {"seats": "Docs"}})


def test_a_name_that_held_an_object_is_judged_anew_when_it_holds_a_text() -> None:
    step = compile_rules(BUILT_IN["product"], None).step
    run(step, PLAIN)
    assert run(step, {"type": "page", "context": {"page": "Docs"}})["context"] == {
        "privacy": {"profile": "product", "removed": ["context.page"]}
    }


def test_it_comes_to_what_a_rule_by_path_makes_of_two_ways() -> None:
    apart = resolve_profile("mine", {"mine": ProfileSettings(extends="product", drop=("properties.never",))})
    one, two = compile_rules(BUILT_IN["product"], None).step, compile_rules(apart, None).step
    for title in ("Docs", "ana@shop.example", "Größe", "a=b", "+49 170 9988776", "4111 1111 1111 1111"):
        event = {**PLAIN, "properties": {"title": title, "note": title, "count": 4111111111111111}}
        first, second = run(one, event), run(two, event)
        second["context"]["privacy"]["profile"] = "product"
        assert first == second


def test_what_an_exempt_name_may_hold_is_looked_at_under_other_names() -> None:
    mine = ProfileSettings(extends="product", properties=("contact", "note"), exempt=("properties.contact",))
    step = compile_rules(resolve_profile("mine", {"mine": mine}), None).step
    mail = "ana@shop.example"
    assert run(step, {"properties": {"contact": mail}}) == {"properties": {"contact": mail}}
    assert run(step, {"properties": {"note": mail}})["properties"] == {"note": "[email]"}


def test_what_an_id_may_hold_is_looked_at_elsewhere() -> None:
    step = compile_rules(BUILT_IN["product"], None).step
    secret = "ZXhhbXBsZXRva2VuMTIzNDU2Nzg5MGFi"
    assert run(step, {"userId": secret}) == {"userId": secret}
    assert run(step, {"properties": {"title": secret}})["properties"] == {"title": "[token]"}


def test_a_long_event_that_comes_again_is_looked_through_no_more_and_what_is_new_in_it_is() -> None:
    looked: list[int] = []

    class Recording(Detection):
        def clean(self, event: dict[str, Any], notes: list[Note]) -> None:
            looked.append(len(event["context"]["page"]))
            super().clean(event, notes)

    redaction = Redaction({"email": "mask"})
    allowed = allow_list([("context", "page", "*")], lambda name: False)
    screen = Screen(allowed, Recording(redaction, None))
    page = {f"p{number}": f"/docs/page?number={number}" for number in range(500)}
    for _ in range(6):
        found = {"context": {"page": dict(page)}}
        screen(found, [])
        assert found["context"]["page"] == page
    assert len(looked) < 6
    mail = {"context": {"page": {**page, "p7": "ana@shop.example"}}}
    screen(mail, [])
    assert mail["context"]["page"]["p7"] == "[email]"
