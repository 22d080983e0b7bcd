"""A plan written from what was seen: every event that was looked at is valid under it.

It asks for what was always there, names the types that came, and lists values only where a text had few of
them often enough that it is no accident. Values that look like data never get into a plan.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mainstem.events import parse_time
from mainstem.tracking.json_types import JSON_TYPES
from mainstem.tracking.paths import is_regular
from mainstem.tracking.plan import DEEPEST, PLANNED_TYPES, Plan, PlannedEvent, PropertyRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.tracking.catalogue import SourceCatalogue
    from mainstem.tracking.plan import JsonType, Rules

MOST_NAMES = 200
"""Names in one object; one with more is a map from data to values."""
MOST_ENUM = 8
"""Different values that an enum may have."""
ENUM_REPEATS = 10
"""Times each value must have come on average before they are taken for all there are."""
_LONGEST_ENUM_VALUE = 40
_MOST_VALUES = MOST_ENUM + 1


class _Field:
    """What came at one place."""

    __slots__ = ("count", "is_open", "items", "kinds", "not_a_time", "objects", "values", "within")

    def __init__(self) -> None:
        self.count = 0
        self.kinds: Counter[str] = Counter()
        self.not_a_time = False
        self.values: Counter[str] = Counter()
        self.within: dict[str, _Field] = {}
        self.is_open = False
        """Whether names stood in it that no plan can list: names like data, or ever new ones."""
        self.objects = 0
        self.items: _Field | None = None

    def see(self, value: Any, levels: int) -> None:
        self.count += 1
        self.kinds[JSON_TYPES[type(value)]] += 1
        if isinstance(value, str):
            self.not_a_time = self.not_a_time or "-" not in value or parse_time(value) is None
            if len(self.values) < _MOST_VALUES:
                self.values[value] += 1
        elif isinstance(value, dict) and levels > 0:
            self.see_object(value, levels - 1)
        elif isinstance(value, list) and levels > 0:
            self.items = self.items or _Field()
            for item in value:
                self.items.see(item, levels - 1)

    def see_object(self, value: Mapping[str, Any], levels: int) -> None:
        self.objects += 1
        for key, one in value.items():
            if not is_regular(key) or (key not in self.within and len(self.within) >= MOST_NAMES):
                self.is_open = True
            else:
                self.within.setdefault(key, _Field()).see(one, levels)

    def rules(self) -> Rules:
        return {key: one.rule(always=one.count == self.objects) for key, one in sorted(self.within.items())}

    def rule(self, *, always: bool) -> PropertyRule:
        types = self._types()
        return PropertyRule(
            types=types,
            required=always,
            nullable=self.kinds["null"] > 0,
            enum=self._enum() if types == ("string",) else (),
            properties=self.rules() if self.within and not self.is_open else None,
            items=self.items.rule(always=False) if self.items and self.items.count else None,
        )

    def _types(self) -> tuple[JsonType, ...]:
        found: list[JsonType] = []
        if self.kinds["string"]:
            found.append("string" if self.not_a_time else "datetime")
        if self.kinds["number"]:
            found.append("number")  # holds integers, too
        elif self.kinds["integer"]:
            found.append("integer")
        if self.kinds["boolean"]:
            found.append("boolean")
        if self.kinds["object"]:
            found.append("object")
        if self.kinds["array"]:
            found.append("array")
        return tuple(found) or ("any",)

    def _enum(self) -> tuple[str, ...]:
        values = self.values
        if len(values) > MOST_ENUM or self.kinds["string"] < ENUM_REPEATS * len(values):
            return ()
        if not all(map(_is_word, values)):
            return ()
        return tuple(sorted(values))


def _is_word(value: str) -> bool:
    """Whether it may be one of a few that a sender chooses from, rather than an address or a text."""
    return is_regular(value) and "/" not in value and len(value) <= _LONGEST_ENUM_VALUE


class Inference:
    """Takes event after event of one source and gives the plan that they follow."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str | None], _Field] = {}
        self.seen = 0
        self.skipped = 0
        """Events that no plan can list: their name looks like data, or their properties are no object."""

    def see(self, event: Mapping[str, Any]) -> None:
        kind = event.get("type")
        if kind not in PLANNED_TYPES:
            return
        self.seen += 1
        key = _key(event)
        section = "traits" if kind in ("identify", "group") else "properties"
        value = event.get(section)
        context = event.get("context")
        if not value and section == "traits" and isinstance(context, dict):
            value = context.get("traits")
        if key is None or not isinstance(value, dict | None):
            self.skipped += 1
            return
        field = self._events.setdefault(key, _Field())
        field.see_object(value or {}, DEEPEST - 1)

    def plan(self, plan_id: str, catalogue: SourceCatalogue | None = None) -> Plan:
        """What the events had in common. Events and properties that only the catalogue knows, because the log
        no longer holds them, are added as optional."""
        events = {key: field.rules() for key, field in self._events.items()}
        for seen in catalogue.events.values() if catalogue else ():
            kind, name = seen.key
            if kind in PLANNED_TYPES and (kind != "track" or (name and is_regular(name))):
                rules = events.get(seen.key, {})
                events[seen.key] = _with_remembered(rules, seen.properties)
        opened = {key for key, field in self._events.items() if field.is_open}
        planned = [_planned(key, rules, key in opened) for key, rules in sorted(events.items(), key=_order)]
        return Plan(plan_id, unplanned_events="allow" if self.skipped else "annotate", events=tuple(planned))


def _key(event: Mapping[str, Any]) -> tuple[str, str | None] | None:
    kind = event["type"]
    if kind != "track":
        return kind, None
    name = event.get("event")
    return (kind, name) if isinstance(name, str) and is_regular(name) else None


def _order(item: tuple[tuple[str, str | None], Any]) -> tuple[int, str]:
    kind, name = item[0]
    return [*PLANNED_TYPES].index(kind), name or ""  # type: ignore[arg-type] # keys are of planned types only


def _planned(key: tuple[str, str | None], rules: Rules, is_open: bool) -> PlannedEvent:
    kind = next(one for one in PLANNED_TYPES if one == key[0])
    return PlannedEvent(
        name=key[1], type=kind, properties=rules, unplanned_properties="allow" if is_open else None
    )


def _with_remembered(rules: Rules, remembered: Mapping[tuple[str, ...], Any]) -> Rules:
    """`rules` with the top-level names of the event's own section that they lack, any value allowed."""
    names = {path[1] for path in remembered if len(path) == 2 and path[0] in ("properties", "traits")}
    missing = {name: PropertyRule(nullable=True) for name in sorted(names - rules.keys()) if is_regular(name)}
    return {**rules, **missing}
