from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Sending
from mainstem.tracking import Plan, PlannedEvent, PropertyRule, SourceCatalogue, TrackingStep
from mainstem.tracking.infer import Inference
from mainstem.tracking.read import parse_plan
from mainstem.tracking.write import plan_text

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.sampled_from([0.5, 2.0, "a", "b", "2026-01-02", "2026-01-02T03:04:05Z", "", "ann@example.com"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b.c", "x@y", "name"]), inner, max_size=3),
    ),
    max_leaves=8,
)
SECTION = st.dictionaries(st.sampled_from(["a", "b", "c d", "1@2"]), VALUES, max_size=4)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["track", "page", "identify", "group", "alias"]),
            "event": st.sampled_from(["A", "B", "x@y.z"]),
        },
        optional={
            "properties": SECTION,
            "traits": SECTION,
            "context": st.fixed_dictionaries({"traits": SECTION}),
        },
    ),
    max_size=12,
)


def inferred(events: list[dict[str, Any]], catalogue: SourceCatalogue | None = None) -> Plan:
    inference = Inference()
    for event in events:
        inference.see(event)
    return inference.plan("p", catalogue)


@settings(max_examples=50)
@given(EVENTS)
def test_every_event_that_was_seen_is_valid_under_the_plan_as_it_is_written(
    events: list[dict[str, Any]],
) -> None:
    plan = parse_plan(plan_text(inferred(events)), Path("p.yml"))
    step = TrackingStep("web", plan)
    for event in copy.deepcopy(events):
        assert step(event, Sending("", "2026-01-01T00:00:00.000Z", {})) is None
        assert "violationErrors" not in event.get("context", {})


def track(**properties: object) -> dict[str, Any]:
    return {"type": "track", "event": "A", "properties": properties}


def rules(*events: dict[str, Any]) -> dict[str, PropertyRule]:
    (event,) = inferred(list(events)).events
    return dict(event.properties)


def test_required_is_what_was_always_there_and_types_are_those_that_came() -> None:
    assert rules(track(a=1, b=None, at="2026-01-02"), track(a=1.5, at="2026-01-02T03:04:05Z")) == {
        "a": PropertyRule(("number",), required=True),
        "at": PropertyRule(("datetime",), required=True),
        "b": PropertyRule(("any",), nullable=True),
    }


def test_values_are_listed_only_where_there_are_few_that_came_often() -> None:
    often = [track(plan=plan) for plan in ("free", "team") * 10]
    assert rules(*often)["plan"].enum == ("free", "team")
    assert rules(*often[:6])["plan"].enum == ()
    assert rules(*(track(plan=f"p{n}") for n in range(9) for _ in range(20)))["plan"].enum == ()
    assert rules(*(track(plan="ann@example.com") for _ in range(50)))["plan"].enum == ()


def test_an_object_with_ever_new_names_is_not_listed() -> None:
    events = [track(by_id={f"k{n}": 1}) for n in range(300)]
    assert rules(*events)["by_id"] == PropertyRule(("object",), required=True)


def test_what_only_the_catalogue_remembers_is_optional_and_may_be_anything() -> None:
    step = TrackingStep("web", None)
    for event in (track(old=1), {"type": "track", "event": "Gone", "properties": {"x": 1}}):
        step(event, Sending("", "", {}))
    plan = inferred([track(a=1)], step.fold())
    assert plan.events == (
        PlannedEvent(
            "A",
            properties={"a": PropertyRule(("integer",), required=True), "old": PropertyRule(nullable=True)},
        ),
        PlannedEvent("Gone", properties={"x": PropertyRule(nullable=True)}),
    )
