"""What an event does against its plan, as RudderStack's data plane writes it into `context.violationErrors`.

A violation names places and types and never holds a value of the event: what stands in a value is nothing
for messages. Names that look like data are not shown either.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.tracking.json_types import JSON_TYPES
from mainstem.tracking.paths import Path, join_path, regular

if TYPE_CHECKING:
    from mainstem.tracking.plan import PropertyRule

UNPLANNED_EVENT = "Unplanned-Event"
ADDITIONAL_PROPERTIES = "Additional-Properties"
REQUIRED_MISSING = "Required-Missing"
DATATYPE_MISMATCH = "Datatype-Mismatch"
UNKNOWN_VIOLATION = "Unknown-Violation"
"""RudderStack's name for every other rule: an enum, a pattern."""

MOST_VIOLATIONS = 50
"""That are told of one event; a sender could otherwise make it grow a hundredfold."""


ITEMS = "[]"
"""Stands in a path for any item of an array."""
_OF_THE_OBJECT = frozenset({"required", "additionalProperties"})


class Violation(msgspec.Struct, frozen=True, gc=False):
    """One thing. `path` begins with the section of the event."""

    type: str
    message: str
    path: Path = ()
    rule: str = ""
    """The part of the plan that it broke, in JSON Schema's words."""

    @property
    def property(self) -> str:
        return _name(self.path[1:])

    def annotation(self) -> dict[str, Any]:
        """The object that stands in the event; a new one each time, for later steps may change it.

        Its paths are those that a validator of JSON Schema gives, as RudderStack's does: of what is missing
        or too much they name the object in which it is so.
        """
        known = _annotated(self)
        return {**known, "meta": {**known["meta"]}}

    def _annotation(self) -> dict[str, Any]:
        if not self.path:
            return {"type": self.type, "message": self.message, "meta": {}, "property": ""}
        names = [regular(key) if key != ITEMS else key for key in self.path]
        where = names[:-1] if self.rule in _OF_THE_OBJECT else names
        schema = "".join("/items" if name == ITEMS else f"/properties/{name}" for name in where)
        meta = {"instancePath": "/" + "/".join(where), "schemaPath": f"#{schema}/{self.rule}"}
        if self.type == REQUIRED_MISSING:
            meta["missingProperty"] = names[-1]
        return {"type": self.type, "message": self.message, "meta": meta, "property": self.property}


@lru_cache(maxsize=512)
def _annotated(violation: Violation) -> dict[str, Any]:
    """As it was worked out before, 13 µs: events of one shape do the same, and many do nothing else."""
    return violation._annotation()


def unplanned_event(kind: str, name: str | None) -> Violation:
    shown = "an event without a name" if not name else f"event {regular(name)}"
    return Violation(UNPLANNED_EVENT, f"{shown} of type {kind} is not in the plan")


def additional(path: Path) -> Violation:
    return Violation(ADDITIONAL_PROPERTIES, f"{_name(path)} is not in the plan", path, "additionalProperties")


def missing(path: Path) -> Violation:
    return Violation(REQUIRED_MISSING, f"{_name(path)} is required and missing", path, "required")


def mismatch(path: Path, rule: PropertyRule, kind: type) -> Violation:
    """A value of the Python type `kind` stands where `rule` names other types."""
    valid = " or ".join((*rule.types, "null") if rule.nullable else rule.types)
    return Violation(
        DATATYPE_MISMATCH, f"{_name(path)} is {JSON_TYPES[kind]}, planned is {valid}", path, "type"
    )


def not_an_object(section: str, kind: type) -> Violation:
    """A whole section of the event is no object."""
    message = f"{section} is {JSON_TYPES[kind]}, planned is object"
    return Violation(DATATYPE_MISMATCH, message, (section,), "type")


def not_planned_value(path: Path) -> Violation:
    return Violation(UNKNOWN_VIOLATION, f"{_name(path)} is none of the planned values", path, "enum")


def not_matching(path: Path) -> Violation:
    return Violation(UNKNOWN_VIOLATION, f"{_name(path)} does not match the planned pattern", path, "pattern")


def _name(path: Path) -> str:
    return join_path(key if key == ITEMS else regular(key) for key in path).replace(f".{ITEMS}", ITEMS)
