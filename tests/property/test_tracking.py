"""The compiled check against the obvious one, on random plans and events."""

from __future__ import annotations

import copy
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.events import Sending
from mainstem.testing.share import share_of
from mainstem.tracking import Budgets, Plan, PlannedEvent, PropertyRule, TrackingStep
from mainstem.tracking.levels import SHAPES_BYTES
from mainstem.tracking.paths import split_path
from mainstem.tracking.plan import TYPES, UNPLANNED, Rules
from mainstem.tracking.read import parse_plan
from mainstem.tracking.write import plan_text

Found = set[tuple[str, str]]

SENDING = Sending("203.0.113.7", "2026-01-02T03:04:05.678Z", {})
NAMES = st.sampled_from(["a", "b", "plan", "x.y", "Ünlich", "name"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, 1.0, 2.5]),
    st.sampled_from(["", "free", "team", "2026-01-02", "2026-01-02T03:04:05Z", "1"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=12,
)
SECTION = st.one_of(st.none(), SCALARS, st.dictionaries(NAMES, VALUES, max_size=5))


def rules_of(inner: st.SearchStrategy[PropertyRule]) -> st.SearchStrategy[dict[str, PropertyRule]]:
    return st.dictionaries(NAMES, inner, max_size=4)


def rule_of(inner: st.SearchStrategy[PropertyRule]) -> st.SearchStrategy[PropertyRule]:
    return st.one_of(
        SIMPLE_RULES,
        st.builds(
            PropertyRule,
            types=st.just(("object",)),
            required=st.booleans(),
            nullable=st.booleans(),
            properties=rules_of(inner),
        ),
        st.builds(PropertyRule, types=st.just(("array",)), items=inner),
    )


SIMPLE_RULES = st.one_of(
    st.builds(
        PropertyRule,
        types=st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True).map(tuple),
        required=st.booleans(),
        nullable=st.booleans(),
    ),
    st.builds(
        PropertyRule, types=st.just(("string",)), enum=st.just(("free", "team")), required=st.booleans()
    ),
    st.builds(PropertyRule, types=st.just(("number", "boolean")), enum=st.just((1, False, 2.5))),
    st.builds(PropertyRule, types=st.just(("string",)), pattern=st.just("^[a-f]")),
)
RULES = rules_of(st.recursive(SIMPLE_RULES, rule_of, max_leaves=6))
EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "identify", "page", "group", "alias", "extract"]),
        "messageId": st.just("m"),
        "userId": st.just("u"),
    },
    optional={
        "event": st.sampled_from(["Signed Up", "Other", "", 5, None, ["x"]]),
        "name": st.sampled_from(["Home", "Away", 1]),
        "properties": SECTION,
        "traits": SECTION,
        "context": SECTION,
        "userProperties": SECTION,
    },
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    planned = [
        PlannedEvent("Signed Up", properties=draw(RULES), context=draw(RULES)),
        PlannedEvent(type="identify", properties=draw(RULES)),
        PlannedEvent("Home", "page", properties=draw(RULES)),
    ]
    return Plan(
        "website",
        version=draw(st.integers(1, 9)),
        unplanned_events=draw(st.sampled_from(["allow", "annotate"])),
        unplanned_properties=draw(st.sampled_from(["allow", "annotate"])),
        context=draw(RULES),
        events=tuple(planned),
    )


def obvious(plan: Plan, event: dict[str, Any]) -> set[tuple[str, str]]:
    """(type, path) of everything wrong, by walking the plan without any memory."""
    kind, name = event["type"], event.get("event")
    if kind == "page":
        name = event.get("name") if event.get("name") == "Home" else None
    elif kind != "track":
        name = None
    planned = next((e for e in plan.events if (e.type, e.name) == (kind, name)), None)
    found: set[tuple[str, str]] = set()
    closed = plan.unplanned_properties != "allow"
    context = event.get("context")
    if kind in ("alias", "extract"):
        return found
    if planned is None and kind == "track" and plan.unplanned_events == "annotate":
        found.add(("Unplanned-Event", ""))
    if planned is not None:
        value = event.get(planned.section)
        if not value and planned.section == "traits" and isinstance(context, dict):
            value = context.get("traits")
        rules = planned.properties
        if rules and kind == "page":
            anything = PropertyRule(nullable=True)  # SDKs put these there
            rules = {"name": anything, **rules}
        walk_section(planned.section, rules, value, closed, found)
    walk_section("context", {**plan.context, **(planned.context if planned else {})}, context, False, found)
    return found


def walk_section(section: str, rules: Rules, value: Any, closed: bool, found: Found) -> None:
    if value is None:
        value = {}
    if not isinstance(value, dict):
        if rules:
            found.add(("Datatype-Mismatch", section))
        return
    walk_object(section, rules, value, closed, found)


def walk_object(
    path: str,
    rules: Rules,
    value: dict[str, Any],
    closed: bool,
    found: set[tuple[str, str]],
) -> None:
    for key, rule in rules.items():
        place = f"{path}/{key}"
        if key in value:
            walk_value(place, rule, value[key], closed, found)
        elif rule.required:
            found.add(("Required-Missing", place))
    if closed and rules:
        found.update(("Additional-Properties", f"{path}/{key}") for key in value if key not in rules)


def walk_value(path: str, rule: PropertyRule, value: Any, closed: bool, found: Found) -> None:
    if value is None:
        if not rule.nullable:
            found.add(("Datatype-Mismatch", path))
        return
    if not any(is_a(name, value) for name in rule.types):
        found.add(("Datatype-Mismatch", path))
        if not any(could_be(name, value) for name in rule.types):
            return
    if rule.enum and json.dumps(value) not in {json.dumps(one) for one in rule.enum} | {
        json.dumps(float(one)) for one in rule.enum if isinstance(one, int) and not isinstance(one, bool)
    }:
        found.add(("Unknown-Violation", path))
    if rule.pattern and isinstance(value, str) and not re.search(rule.pattern, value):
        found.add(("Unknown-Violation", path))
    if isinstance(value, dict) and rule.properties is not None:
        walk_object(path, dict(rule.properties), value, closed, found)
    if isinstance(value, list) and rule.items is not None:
        for item in value:
            walk_value(f"{path}/[]", rule.items, item, closed, found)


def is_a(name: str, value: Any) -> bool:
    if name == "datetime":
        try:
            return isinstance(value, str) and bool(datetime.fromisoformat(value))
        except ValueError:
            return False
    if name == "integer" and isinstance(value, float):
        return value == int(value)
    return could_be(name, value)


def could_be(name: str, value: Any) -> bool:
    """By its Python type alone."""
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "datetime": (str,),
        "integer": (int, float),
        "number": (int, float),
        "boolean": (bool,),
        "object": (dict,),
        "array": (list,),
        "any": (str, int, float, bool, dict, list),
    }
    return isinstance(value, kinds[name]) and (not isinstance(value, bool) or name in ("boolean", "any"))


def told(event: dict[str, Any]) -> set[tuple[str, str]]:
    context = event.get("context")
    errors = context.get("violationErrors", []) if isinstance(context, dict) else []
    return {(error["type"], place(error)) for error in errors}


def place(error: dict[str, Any]) -> str:
    """Of what is missing or too much the meta names only the object."""
    path = str(error["meta"].get("instancePath", ""))[1:]
    if error["type"] in ("Required-Missing", "Additional-Properties"):
        path += "/" + split_path(error["property"])[-1]
    return path


@given(plans(), st.lists(EVENTS, min_size=1, max_size=4))
def test_the_compiled_check_finds_what_the_obvious_one_finds_for_new_shapes_and_known_ones(
    plan: Plan, events: list[dict[str, Any]]
) -> None:
    step = TrackingStep("web", plan)
    for event in [*events, *events]:
        judged = copy.deepcopy(event)
        expected = obvious(plan, event)
        assert step(judged, SENDING) is None
        if event["type"] not in ("alias", "extract"):
            assert told(judged) == expected


@settings(max_examples=share_of(40))
@given(plans())
def test_a_plan_that_is_written_reads_back_the_same(plan: Plan) -> None:
    assert parse_plan(plan_text(plan), Path("website.yml")) == plan


@settings(max_examples=share_of(40))
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["track", "identify", "extract"]),
                "event": st.text(max_size=8),
                "properties": st.dictionaries(st.text(max_size=6), VALUES, max_size=8),
                "context": st.dictionaries(st.text(max_size=6), VALUES, max_size=8),
            }
        ),
        max_size=40,
    ),
    st.sampled_from(UNPLANNED),
    st.sampled_from(["quarantine", "surplus"]),
)
def test_whatever_names_are_sent_no_memory_grows_past_its_budget(
    events: list[dict[str, Any]], unplanned: Any, over_budget: Any
) -> None:
    budgets = Budgets(events=3, properties=5, total=9)
    plan = Plan("p", unplanned_events=unplanned, unplanned_properties=unplanned)
    step = TrackingStep("web", plan, budgets, over_budget)
    for event in events:
        step(event, SENDING)
        msgspec.json.encode(event)
    catalogue = step.fold()
    assert len([key for key in catalogue.events if key[1] is not None]) <= budgets.events
    assert all(len(seen.properties) <= budgets.properties for seen in catalogue.events.values())
    assert sum(len(seen.properties) for seen in catalogue.events.values()) <= budgets.total
    assert step._watcher.room <= SHAPES_BYTES
