from __future__ import annotations

import json
from pathlib import Path

import pytest

from mainstem.errors import TrackingPlanError
from mainstem.tracking import PlannedEvent, PropertyRule
from mainstem.tracking.foreign import Imported, import_plan
from mainstem.tracking.read import parse_plan
from mainstem.tracking.write import plan_text

SCHEMA = {
    "type": "object",
    "properties": {
        "properties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["total", "currency"],
            "properties": {
                "total": {"type": ["number", "null"], "description": "With tax."},
                "at": {"type": "string", "format": "date-time"},
                "kind": {"type": ["string"], "enum": ["a", "b", 5]},
                "code": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 3},
                "worse": {"type": "string", "pattern": "(?<x"},
                "lines": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
                },
            },
        },
        "context": {"properties": {"app": {"type": "object", "properties": {"version": {}}}}},
    },
}
EVENT = PlannedEvent(
    "Order Completed",
    description="Paid.",
    unplanned_properties="annotate",
    properties={
        "total": PropertyRule(("number",), required=True, nullable=True, description="With tax."),
        "at": PropertyRule(("datetime",)),
        "kind": PropertyRule(("string",), enum=("a", "b")),
        "code": PropertyRule(("string",), pattern="^[A-Z]+$"),
        "worse": PropertyRule(("string",)),
        "lines": PropertyRule(
            ("array",), items=PropertyRule(("object",), properties={"sku": PropertyRule(("string",))})
        ),
        "currency": PropertyRule(required=True),
    },
    context={"app": PropertyRule(("object",), properties={"version": PropertyRule(nullable=True)})},
)
IDENTIFY = {"properties": {"traits": {"required": ["email"], "properties": {"email": {"type": ["string"]}}}}}


def imported(document: object) -> Imported:
    return import_plan(json.dumps(document), "shop", Path("export.json"))


def test_an_export_of_rudderstacks_or_segments_older_api_becomes_a_plan() -> None:
    found = imported(
        {
            "name": "workspaces/x/tracking-plans/rs_1",
            "version": 4,
            "description": "The shop.",
            "rules": {
                "events": [
                    {"name": "Order Completed", "description": "Paid.", "version": 1, "rules": SCHEMA}
                ],
                "identify": IDENTIFY,
                "global": {"properties": {"context": {"properties": {"locale": {"type": "string"}}}}},
            },
        }
    )
    assert found.plan.version == 4
    assert found.plan.context == {"locale": PropertyRule(("string",))}
    assert found.plan.events == (
        EVENT,
        PlannedEvent(type="identify", properties={"email": PropertyRule(("string",), required=True)}),
    )
    assert found.notes[:2] == (
        "Order Completed.kind: the values of enum that are not of its type are left out",
        "Order Completed.code: maxLength is left out",
    )
    assert found.notes[2].startswith(
        "Order Completed.worse: its pattern is left out, it is no regular expression"
    )


def test_the_rules_of_segments_public_api_and_of_rudderstacks_catalog_are_read_too() -> None:
    segment = {
        "data": {
            "rules": [
                {"type": "TRACK", "key": "Order Completed", "version": 1, "jsonSchema": SCHEMA},
                {"type": "IDENTIFY", "key": "", "version": 1, "jsonSchema": IDENTIFY},
                {"type": "ALIAS", "jsonSchema": {}},
            ]
        }
    }
    rudder = [{"name": "Order Completed", "eventType": "track", "rules": SCHEMA}]
    assert [event.key for event in imported(segment).plan.events] == [
        ("track", "Order Completed"),
        ("identify", None),
    ]
    assert "alias: events of type alias have no plan" in imported(segment).notes
    assert imported(rudder).plan.events[0].properties == EVENT.properties


def test_what_is_imported_writes_a_file_that_reads_the_same() -> None:
    plan = imported([{"name": "Order Completed", "rules": SCHEMA}]).plan
    assert parse_plan(plan_text(plan, "Imported"), Path("shop.yml")) == plan


@pytest.mark.parametrize("text", ["", "[", "{}", "[]", "5", '{"rules": {}}', '{"rules": [5]}', '[{"a": 1}]'])
def test_what_is_no_export_is_told_and_never_becomes_an_empty_plan(text: str) -> None:
    try:
        plan = import_plan(text, "x", Path("export.json"))
    except TrackingPlanError as e:
        assert "export.json" in str(e)
    else:
        assert plan.notes
