"""The JSON Schema of plan files: what editors complete and check against.

`mainstem tracking schema` prints it. The reader is stricter: it also sees what belongs together.
"""

from __future__ import annotations

from typing import Any

from mainstem.tracking.plan import (
    CONSEQUENCES,
    PLANNED_TYPES,
    SAMPLE_UNITS,
    TYPES,
    UNPLANNED,
)

_TEXT = {"type": ["string", "number"]}
_COUNT = {"type": "integer", "minimum": 1}
_TYPE = {"enum": [*TYPES, "null"]}
_TYPE_OR_LIST = {"oneOf": [_TYPE, {"type": "array", "items": _TYPE, "minItems": 1}]}


def file_schema() -> dict[str, Any]:
    """A fresh document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mainstem tracking plan",
        "description": "One file tracking-plan/<name>.yml",
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": {
            "version": _COUNT | {"description": "Raise it with every change."},
            "description": _TEXT,
            "owner": _TEXT | {"description": "Who answers for the plan."},
            "unplanned_events": {"enum": [*UNPLANNED], "default": "annotate"},
            "unplanned_properties": {"enum": [*UNPLANNED], "default": "annotate"},
            "violations": {"enum": [*CONSEQUENCES], "default": "annotate"},
            "max_properties_per_event": _COUNT,
            "max_events_per_source": _COUNT,
            "context": {"$ref": "#/$defs/rules"},
            "events": {"type": "array", "items": {"$ref": "#/$defs/event"}},
        },
        "$defs": {"event": _event(), "rules": _rules(), "rule": _rule()},
    }


def _event() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": _TEXT | {"description": "Of a track always, of a page or screen perhaps."},
            "type": {"enum": [*PLANNED_TYPES], "default": "track"},
            "description": _TEXT,
            "owner": _TEXT,
            "since": _TEXT | {"description": "The product version that first sends it."},
            "deprecated": {"type": ["boolean", "string"]},
            "sample_rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 1},
            "sample_by": {"enum": [*SAMPLE_UNITS], "default": "person"},
            "unplanned_properties": {"enum": [*UNPLANNED]},
            "properties": {"$ref": "#/$defs/rules"},
            "traits": {"$ref": "#/$defs/rules"},
            "context": {"$ref": "#/$defs/rules"},
        },
    }


def _rules() -> dict[str, Any]:
    return {
        "type": ["object", "null"],
        "description": "Rules by name; a dotted name is a path, `\\.` a dot within a name.",
        "additionalProperties": {"$ref": "#/$defs/rule"},
    }


def _rule() -> dict[str, Any]:
    scalar = {"type": ["string", "number", "boolean"]}
    full = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "type": _TYPE_OR_LIST,
            "required": {"type": "boolean", "default": False},
            "nullable": {"type": "boolean", "default": False},
            "enum": {"oneOf": [scalar, {"type": "array", "items": scalar, "minItems": 1}]},
            "pattern": {"type": "string"},
            "description": _TEXT,
            "properties": {"$ref": "#/$defs/rules"},
            "items": {"$ref": "#/$defs/rule"},
        },
    }
    return {"oneOf": [*_TYPE_OR_LIST["oneOf"], full]}
