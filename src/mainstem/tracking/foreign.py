"""Tracking plans as RudderStack's and Segment's APIs export them, read as plans of ours.

Both describe an event by a JSON Schema of its whole message. What of a schema has no counterpart here is
left out and told, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import Place, PlanProblem, TrackingPlanError
from mainstem.tracking.json_types import is_of_type
from mainstem.tracking.plan import (
    DEEPEST,
    NAMED_TYPES,
    NO_RULES,
    PLANNED_TYPES,
    Plan,
    PlannedEvent,
    PropertyRule,
)
from mainstem.tracking.read_rules import pattern_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.tracking.plan import EventType, JsonType, Rules, Scalar, Unplanned

_JSON_SCHEMA_TYPES: dict[str, JsonType] = {
    "string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "object": "object",
    "array": "array",
}  # fmt: skip
_READ = frozenset(
    {"type", "enum", "pattern", "format", "description", "properties", "required", "items",
     "additionalProperties", "$schema", "$id", "id", "title", "examples", "default", "labels"}
)  # fmt: skip
_VALID = "the JSON that RudderStack's or Segment's API gives for a tracking plan, or its list of events"


class Imported(msgspec.Struct, frozen=True):
    """A plan, and what of the export is not in it."""

    plan: Plan
    notes: tuple[str, ...]


def import_plan(text: str, plan_id: str, file: Path) -> Imported:
    """Raises TrackingPlanError for what is no export of a tracking plan."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as e:
        raise TrackingPlanError([PlanProblem(Place(file), f"not valid JSON: {e}", _VALID)]) from e
    entries = list(_entries(document))
    if not entries:
        raise TrackingPlanError([PlanProblem(Place(file), "holds no rule of a tracking plan", _VALID)])
    reader = _Reader()
    events: dict[tuple[str, str | None], PlannedEvent] = {}
    for entry in entries:
        event = reader.event(entry)
        if event is not None:
            events[event.key] = event
    head = _head(document)
    version = head.get("version")
    plan = Plan(
        id=plan_id,
        version=version if isinstance(version, int) and version >= 1 else 1,
        description=_string(head.get("description")),
        context=reader.context,
        events=tuple(events.values()),
    )
    return Imported(plan, tuple(dict.fromkeys(reader.notes)))


class _Entry(msgspec.Struct, frozen=True):
    kind: str
    name: str | None
    description: str
    schema: Mapping[str, Any]


def _head(document: Any) -> Mapping[str, Any]:
    """The object that carries the plan's own fields."""
    while isinstance(document, dict):
        inner = document.get("data") or document.get("trackingPlan")
        if not isinstance(inner, dict):
            return document
        document = inner
    return {}


def _entries(document: Any) -> Iterator[_Entry]:
    """Every rule, whichever of the forms it stands in."""
    if isinstance(document, list):
        for item in document:
            yield from _listed(item)
        return
    head = _head(document)
    for key in ("rules", "events", "data"):
        found = head.get(key)
        if isinstance(found, list):
            for item in found:
                yield from _listed(item)
        elif isinstance(found, dict):
            yield from _grouped(found)


def _grouped(rules: Mapping[str, Any]) -> Iterator[_Entry]:
    """`{"events": [{name, rules}], "identify": schema, "global": schema …}`."""
    for item in rules.get("events") or ():
        yield from _listed(item)
    for kind in ("global", *PLANNED_TYPES):
        schema = rules.get(kind)
        if isinstance(schema, dict) and schema:
            yield _Entry(kind, None, "", schema)


def _listed(item: Any) -> Iterator[_Entry]:
    """`{"name", "rules"}` with perhaps an `eventType`, or `{"type": "TRACK", "key", "jsonSchema"}`."""
    if not isinstance(item, dict):
        return
    written = (item.get(key) for key in ("rules", "jsonSchema", "schema"))
    schema: Mapping[str, Any] = next((one for one in written if isinstance(one, dict)), {})
    kind = _string(item.get("eventType") or item.get("type") or "track").lower()
    kind = {"common": "global"}.get(kind, kind)
    name = _string(item.get("name") or item.get("key")) or None
    yield _Entry(kind, name if kind in NAMED_TYPES else None, _string(item.get("description")), schema)


class _Reader:
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.context: Rules = NO_RULES

    def event(self, entry: _Entry) -> PlannedEvent | None:
        parts = entry.schema.get("properties")
        parts = parts if isinstance(parts, dict) else {}
        context = self._section(parts.get("context"), "context")
        if entry.kind == "global":
            self.context = context
            return None
        kind: EventType | None = next((one for one in PLANNED_TYPES if one == entry.kind), None)
        label = entry.name or entry.kind
        if kind is None:
            self.notes.append(f"{label}: events of type {entry.kind} have no plan")
            return None
        if kind == "track" and entry.name is None:
            self.notes.append("a track event without a name is left out")
            return None
        event = PlannedEvent(name=entry.name, type=kind, description=entry.description, context=context)
        section = parts.get(event.section)
        if event.section == "traits" and not section and isinstance(parts.get("context"), dict):
            section = (parts["context"].get("properties") or {}).get("traits")
        return msgspec.structs.replace(
            event,
            properties=self._section(section, label),
            unplanned_properties=_unplanned(section),
        )

    def _section(self, schema: Any, where: str) -> Rules:
        if not isinstance(schema, dict):
            return NO_RULES
        return self._rules(schema, where, DEEPEST - 1) or NO_RULES

    def _rules(self, schema: Mapping[str, Any], where: str, levels: int) -> Rules | None:
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return None
        needed = schema.get("required")
        required = {key for key in needed if isinstance(key, str)} if isinstance(needed, list) else set()
        found = {
            name: self._rule(one, f"{where}.{name}", name in required, levels)
            for name, one in properties.items()
        }
        return found | {name: PropertyRule(required=True) for name in sorted(required - found.keys())}

    def _rule(self, schema: Any, where: str, required: bool, levels: int) -> PropertyRule:
        if not isinstance(schema, dict):
            return PropertyRule(required=required)
        self.notes += (f"{where}: {key} is left out" for key in sorted(schema.keys() - _READ))
        types, nullable = self._types(schema, where)
        listed = schema.get("enum")
        enum = listed if isinstance(listed, list) else []
        nullable = nullable or None in enum
        items = schema.get("items")
        deeper = levels > 0
        return PropertyRule(
            types=types,
            required=required,
            nullable=nullable,
            enum=self._enum(enum, types, where),
            pattern=self._pattern(schema.get("pattern"), types, where),
            description=_string(schema.get("description")),
            properties=self._rules(schema, where, levels - 1) if deeper and "object" in types else None,
            items=self._rule(items, f"{where}[]", False, levels - 1)
            if deeper and isinstance(items, dict) and "array" in types
            else None,
        )

    def _enum(self, values: list[Any], types: tuple[JsonType, ...], where: str) -> tuple[Scalar, ...]:
        found = [one for one in values if isinstance(one, str | int | float)]
        fitting = [one for one in found if any(is_of_type(name, one) for name in types)]
        if len(fitting) < len(values) - (None in values):
            self.notes.append(f"{where}: the values of enum that are not of its type are left out")
        return tuple(fitting)

    def _pattern(self, pattern: Any, types: tuple[JsonType, ...], where: str) -> str | None:
        if not isinstance(pattern, str) or not set(types) & {"string", "datetime"}:
            return None
        if problem := pattern_problem(pattern):
            self.notes.append(f"{where}: its pattern is left out, it {problem[0]}")
            return None
        return pattern

    def _types(self, schema: Mapping[str, Any], where: str) -> tuple[tuple[JsonType, ...], bool]:
        written = schema.get("type")
        names = written if isinstance(written, list) else [written]
        found: list[JsonType] = []
        for name in names:
            known = _JSON_SCHEMA_TYPES.get(name) if isinstance(name, str) else None
            if known == "string" and schema.get("format") == "date-time":
                known = "datetime"
            if known is not None and known not in found:
                found.append(known)
            elif known is None and name not in (None, "null", ""):
                self.notes.append(f"{where}: type {name} is left out")
        if found:
            return tuple(found), "null" in names
        # A schema without a type takes everything, null too.
        return ("any",), True


def _unplanned(section: Any) -> Unplanned | None:
    if not isinstance(section, dict) or "additionalProperties" not in section:
        return None
    return "allow" if section["additionalProperties"] else "annotate"


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
