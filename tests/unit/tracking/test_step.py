from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from mainstem.events import Dropped, Held, Sending, Verdict
from mainstem.tracking import Budgets, Plan, PlannedEvent, PropertyRule, TrackingStep
from mainstem.tracking.violations import additional

AT = "2026-01-02T03:04:05.678Z"
SIGNED_UP = PlannedEvent(
    "Signed Up",
    properties={
        "plan": PropertyRule(("string",), required=True, enum=("free", "team")),
        "seats": PropertyRule(("integer",)),
    },
)
PLAN = Plan("website", 3, events=(SIGNED_UP,))


def judged(plan: Plan | None, event: dict[str, Any], **options: Any) -> tuple[Verdict, dict[str, Any]]:
    verdict = TrackingStep("web", plan, **options)(event, Sending("203.0.113.7", AT, {}))
    return verdict, event


def track(name: object, **properties: object) -> dict[str, Any]:
    return {"type": "track", "event": name, "messageId": "m", "userId": "u", "properties": properties}


def with_(**changes: Any) -> Plan:
    return msgspec.structs.replace(PLAN, **changes)


def errors(event: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["type"], one["property"]) for one in event["context"].get("violationErrors", [])]


def test_a_valid_event_says_which_plan_it_was_held_to_and_nothing_else() -> None:
    event = track("Signed Up", plan="free", seats=3.0)
    event["context"] = {"violationErrors": ["the sender's own"], "locale": "de"}
    assert judged(PLAN, event) == (
        None,
        track("Signed Up", plan="free", seats=3.0)
        | {"context": {"locale": "de", "trackingPlanId": "website", "trackingPlanVersion": 3}},
    )


def test_violations_are_annotated_and_hold_nothing_back_by_default() -> None:
    verdict, event = judged(PLAN, track("Signed Up", plan="gold", seats="many", extra=1))
    assert verdict is None
    assert sorted(errors(event)) == [
        ("Additional-Properties", "extra"),
        ("Datatype-Mismatch", "seats"),
        ("Unknown-Violation", "plan"),
    ]
    assert event["properties"] == {"plan": "gold", "seats": "many", "extra": 1}


def test_quarantine_holds_back_by_names_and_never_by_values() -> None:
    plan = with_(violations="quarantine")
    verdict, _ = judged(plan, track("Signed Up", plan="SECRET", seats="SECRET"))
    assert verdict == Held(
        "tracking plan website version 3: properties.seats is string, planned is integer; "
        "properties.plan is none of the planned values"
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ann@example.com", "<irregular>"),
        ("Order 4711012 paid", "<irregular>"),
        ("x" * 101, "<irregular>"),
        ("Paid", "Paid"),
    ],
)
def test_a_name_that_looks_like_data_is_not_repeated(name: str, told: str) -> None:
    verdict, _ = judged(with_(unplanned_events="quarantine"), track(name))
    assert verdict == Held(f"tracking plan website version 3: event {told} of type track is not in the plan")
    _, event = judged(PLAN, track("Signed Up", plan="free", **{name: 1}))
    assert event["context"]["violationErrors"][0]["message"] == f"properties.{told} is not in the plan"


@pytest.mark.parametrize(
    ("action", "verdict", "annotated"),
    [
        ("allow", None, []),
        ("annotate", None, [("Unplanned-Event", "")]),
        (
            "quarantine",
            Held("tracking plan website version 3: event Other of type track is not in the plan"),
            [("Unplanned-Event", "")],
        ),
    ],
)
def test_an_event_that_is_not_planned_fares_as_the_plan_says(
    action: Any, verdict: Verdict, annotated: list[tuple[str, str]]
) -> None:
    found, event = judged(with_(unplanned_events=action), track("Other", a=1))
    assert found == verdict
    assert errors(event) == annotated


def test_an_event_that_is_not_planned_may_be_dropped_and_counted() -> None:
    assert judged(with_(unplanned_events="drop"), track("Other"))[0] == Dropped("unplanned event")


@pytest.mark.parametrize(
    ("action", "kept", "annotated"),
    [
        ("allow", {"plan": "free", "x": {"y": 1}}, []),
        ("annotate", {"plan": "free", "x": {"y": 1}}, [("Additional-Properties", "x")]),
        ("drop", {"plan": "free"}, [("Additional-Properties", "x")]),
    ],
)
def test_properties_that_are_not_planned_fare_as_the_plan_says(
    action: Any, kept: dict[str, Any], annotated: list[tuple[str, str]]
) -> None:
    verdict, event = judged(with_(unplanned_properties=action), track("Signed Up", plan="free", x={"y": 1}))
    assert verdict is None
    assert event["properties"] == kept
    assert errors(event) == annotated


def test_properties_that_are_not_planned_may_hold_the_event_back() -> None:
    verdict, _ = judged(with_(unplanned_properties="quarantine"), track("Signed Up", plan="free", x=1))
    assert verdict == Held("tracking plan website version 3: properties.x is not in the plan")


def test_an_event_may_say_otherwise_than_its_plan_of_what_is_not_planned() -> None:
    open_event = msgspec.structs.replace(SIGNED_UP, unplanned_properties="allow")
    _, event = judged(with_(events=(open_event,)), track("Signed Up", plan="free", x=1))
    assert errors(event) == []


def test_types_without_a_planned_event_are_not_judged_and_merge_and_alias_not_even_noted() -> None:
    _, event = judged(PLAN, {"type": "page", "properties": {"a": 1}})
    assert event["context"] == {"trackingPlanId": "website", "trackingPlanVersion": 3}
    assert judged(PLAN, {"type": "alias", "previousId": "p"})[1] == {"type": "alias", "previousId": "p"}


def test_what_sdks_put_into_every_page_need_not_be_planned() -> None:
    page = PlannedEvent(type="page", properties={"level": PropertyRule(("integer",))})
    properties = {"name": "Home", "path": "/", "tab_url": "http://x/", "level": 1}
    _, event = judged(with_(events=(page,)), {"type": "page", "properties": properties})
    assert errors(event) == []


def test_a_page_is_held_to_the_rules_of_its_name_and_others_to_those_of_all() -> None:
    all_pages = PlannedEvent(type="page", properties={"a": PropertyRule(required=True)})
    home = PlannedEvent("Home", "page", properties={"b": PropertyRule(required=True)})
    plan = with_(events=(all_pages, home))
    missing = {
        name: errors(judged(plan, {"type": "page", "name": name, "properties": {}})[1])
        for name in ("Home", "Docs")
    }
    assert missing == {"Home": [("Required-Missing", "b")], "Docs": [("Required-Missing", "a")]}


def test_traits_are_found_where_either_kind_of_sdk_puts_them() -> None:
    identify = PlannedEvent(type="identify", properties={"email": PropertyRule(("string",), required=True)})
    plan = with_(events=(identify,))
    for event in (
        {"type": "identify", "traits": {"email": "a"}},
        {"type": "identify", "context": {"traits": {"email": "a"}}},
        {"type": "identify", "traits": {}, "context": {"traits": {"email": "a"}}},
    ):
        assert errors(judged(plan, event)[1]) == []
    assert errors(judged(plan, {"type": "identify"})[1]) == [("Required-Missing", "email")]


def test_a_context_that_is_no_object_is_kept_beside_the_annotations() -> None:
    _, event = judged(
        with_(context={"a": PropertyRule()}), track("Signed Up", plan="free") | {"context": "x"}
    )
    assert event["context"]["value"] == "x"
    assert errors(event) == [("Datatype-Mismatch", "")]


def test_context_fields_have_rules_of_the_plan_and_of_the_event_and_others_are_welcome() -> None:
    event_rules = msgspec.structs.replace(SIGNED_UP, context={"b": PropertyRule(required=True)})
    plan = with_(context={"a": PropertyRule(("string",))}, events=(event_rules,))
    _, event = judged(plan, track("Signed Up", plan="free") | {"context": {"a": 1, "c": 1}})
    assert errors(event) == [("Datatype-Mismatch", "a"), ("Required-Missing", "b")]


def test_the_items_of_an_array_are_judged_and_told_of_once() -> None:
    item = PropertyRule(("object",), properties={"sku": PropertyRule(("string",), required=True)})
    plan = with_(events=(PlannedEvent("Paid", properties={"items": PropertyRule(("array",), items=item)}),))
    _, event = judged(plan, track("Paid", items=[{"sku": 1}, {"sku": 2}, {}, {"sku": "a", "x": 1}, 5]))
    assert [one["message"] for one in event["context"]["violationErrors"]] == [
        "properties.items[].sku is integer, planned is string",
        "properties.items[].sku is required and missing",
        "properties.items[].x is not in the plan",
        "properties.items[] is integer, planned is object",
    ]


def sampled(rate: float, by: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    planned = PlannedEvent("Moved", sample_rate=rate, sample_by=by)
    step = TrackingStep("web", Plan("p", events=(planned,)))
    verdicts = [step(event, Sending("", AT, {})) for event in events]
    assert {verdict for verdict in verdicts if verdict is not None} <= {Dropped("sampled")}
    return [event for event, verdict in zip(events, verdicts, strict=True) if verdict is None]


def test_a_sample_keeps_about_its_part_and_says_so_in_each_event() -> None:
    kept = sampled(0.25, "person", [track("Moved") | {"anonymousId": f"a{n}"} for n in range(4000)])
    assert 800 < len(kept) < 1200
    assert {event["context"]["sampleRate"] for event in kept} == {0.25}


def test_a_sample_by_person_keeps_all_of_a_person_through_a_login_and_a_retry() -> None:
    people = [
        [track("Moved") | {"anonymousId": f"a{n}", "userId": user} for user in ("", "u", "u")]
        for n in range(50)
    ]
    counts = {len(sampled(0.5, "person", events)) for events in people}
    assert counts == {0, 3}


def test_a_sample_by_message_keeps_the_same_messages_each_time() -> None:
    events = [track("Moved") | {"messageId": f"m{n}"} for n in range(200)]
    first = [event["messageId"] for event in sampled(0.5, "message", events)]
    assert first == [event["messageId"] for event in sampled(0.5, "message", events)]
    assert 50 < len(first) < 150


def test_an_event_name_past_the_budget_waits_in_quarantine_while_known_ones_flow() -> None:
    step = TrackingStep("web", None, Budgets(events=1))
    sending = Sending("", AT, {})
    assert step(track("A"), sending) is None
    assert step(track("B"), sending) == Held(
        "tracking budget: event B is past max_events_per_source = 1; raise that or plan the event, then "
        "replay this one"
    )
    assert step(track("A"), sending) is None


def test_planned_names_take_no_place_of_the_budget() -> None:
    step = TrackingStep("web", PLAN, Budgets(events=1, properties=1))
    sending = Sending("", AT, {})
    for event in (
        track("Other"),
        track("Signed Up", plan="free", x=1),
        track("Signed Up", plan="a", seats=1),
    ):
        assert step(event, sending) is None
    assert isinstance(step(track("Signed Up", plan="free", y=1), sending), Held)


def test_a_property_past_the_budget_holds_its_event_and_says_what_to_do() -> None:
    step = TrackingStep("web", None, Budgets(properties=2))
    sending = Sending("", AT, {})
    assert step(track("A", a=1, b=1), sending) is None
    verdict = step(track("A", a=1, c=1, d=1), sending)
    assert verdict == Held(
        "tracking budget: properties.c (and 1 more) is past max_properties_per_event = 2; raise that or plan "
        "it, then replay this one"
    )
    assert step(track("A", b=1), sending) is None


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (track("A", **{"x" * 600: 1}), "a name in properties has more than 512 characters"),
        (track("x" * 600), "the name of the event has more than 512 characters"),
        (
            track("A", a={"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": 1}}}}}}}}}),
            "more than 8 objects",
        ),
    ],
)
def test_long_names_and_deep_objects_are_past_every_budget(event: dict[str, Any], told: str) -> None:
    verdict, _ = judged(None, event)
    assert isinstance(verdict, Held)
    assert told in verdict.reason


def test_context_fields_have_one_budget_for_all_events() -> None:
    step = TrackingStep("web", None, Budgets(properties=1))
    sending = Sending("", AT, {})
    assert step(track("A") | {"context": {"a": 1}}, sending) is None
    verdict = step(track("B") | {"context": {"b": 1}}, sending)
    assert isinstance(verdict, Held)
    assert "context.b is past max_properties_per_event" in verdict.reason


def test_surplus_goes_as_json_into_one_property_and_nothing_is_lost() -> None:
    step = TrackingStep("web", None, Budgets(properties=1), "surplus")
    sending = Sending("", AT, {})
    step(track("A", a=1), sending)
    event = track("A", a=1, b={"c": [1]}, d="x")
    assert step(event, sending) is None
    surplus = event["properties"].pop("_surplus")
    assert event["properties"] == {"a": 1}
    assert msgspec.json.decode(surplus) == {"b": {"c": [1]}, "d": "x"}


def test_names_that_are_dropped_as_not_planned_are_no_surplus() -> None:
    step = TrackingStep("web", with_(unplanned_properties="drop"), Budgets(properties=1))
    for number in range(5):
        event = track("Signed Up", plan="free", **{f"x{number}": {"deep": 1}})
        assert step(event, Sending("", AT, {})) is None
        assert event["properties"] == {"plan": "free"}


def test_an_event_is_counted_by_name_and_by_property_whether_its_shape_is_known_or_not() -> None:
    step = TrackingStep("web", PLAN)
    for properties in ({"plan": "free"}, {"plan": "free"}, {"plan": "free", "seats": 1}):
        step(track("Signed Up", **properties), Sending("", AT, {}))
    seen = step.fold().events["track", "Signed Up"]
    assert seen.count == 3
    assert {path[-1]: one.count for path, one in seen.properties.items()} == {"plan": 3, "seats": 1}
    assert step.fold().events["track", "Signed Up"].count == 3


@pytest.mark.parametrize("name", [None, 5, ["x"], {}, True, ""])
def test_an_event_name_may_be_anything(name: object) -> None:
    assert judged(PLAN, track(name, a=1))[0] is None


def test_what_one_event_is_told_is_its_own_though_the_next_does_the_same() -> None:
    first, second = (additional(("properties", "colour")).annotation() for _ in range(2))
    whole = copy.deepcopy(first)
    assert second == whole
    second["meta"].clear()
    second["type"] = "changed"
    assert (first, additional(("properties", "colour")).annotation()) == (whole, whole)
