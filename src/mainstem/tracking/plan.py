"""A tracking plan as plain data: which events there should be, with which properties, and what happens else.

What a plan file says is exactly what stands here: nothing is worked out, so that a plan can be written back.
It refuses to know events: `mainstem.tracking.compiled` judges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

JsonType = Literal["string", "integer", "number", "boolean", "object", "array", "datetime", "any"]
TYPES: tuple[JsonType, ...] = (
    "string", "integer", "number", "boolean", "object", "array", "datetime", "any",
)  # fmt: skip
"""`datetime` is a string that ISO 8601 reads; `any` is every value but null."""

EventType = Literal["track", "page", "screen", "identify", "group"]
PLANNED_TYPES: tuple[EventType, ...] = ("track", "page", "screen", "identify", "group")
"""Other types (alias, merge, extract) are never judged, as with RudderStack."""
NAMED_TYPES = frozenset({"track", "page", "screen"})
"""A `page` or `screen` may be planned by its name, or, without one, all together."""

Unplanned = Literal["allow", "annotate", "quarantine", "drop"]
UNPLANNED: tuple[Unplanned, ...] = ("allow", "annotate", "quarantine", "drop")
Consequence = Literal["annotate", "quarantine"]
CONSEQUENCES: tuple[Consequence, ...] = ("annotate", "quarantine")
SampleUnit = Literal["person", "message"]
SAMPLE_UNITS: tuple[SampleUnit, ...] = ("person", "message")

DEEPEST = 8
"""Objects within objects that a plan may describe, and that a catalogue tells apart."""

Scalar = str | int | float | bool


class PropertyRule(msgspec.Struct, frozen=True):
    """What one property must be."""

    types: tuple[JsonType, ...] = ("any",)
    """Any one of them will do."""
    required: bool = False
    nullable: bool = False
    """Whether null will do as well."""
    enum: tuple[Scalar, ...] = ()
    """The only values there may be; empty for no such limit."""
    pattern: str | None = None
    """A regular expression that is found in the text, from anywhere unless it says `^`."""
    description: str = ""
    properties: Mapping[str, PropertyRule] | None = None
    """What an object holds; None for one that may hold anything."""
    items: PropertyRule | None = None
    """What each item of an array must be."""


Rules = Mapping[str, PropertyRule]
NO_RULES: Rules = MappingProxyType({})


class PlannedEvent(msgspec.Struct, frozen=True):
    """One event that there should be."""

    name: str | None = None
    """Of a `track` always, of a `page` or `screen` perhaps, of the others never."""
    type: EventType = "track"
    description: str = ""
    owner: str = ""
    since: str = ""
    """The version of the product that first sends it."""
    deprecated: str | bool = False
    """A text says what to send instead."""
    sample_rate: float = 1.0
    """The part that is kept, above 0 and at most 1."""
    sample_by: SampleUnit = "person"
    unplanned_properties: Unplanned | None = None
    """The plan's own where it is None."""
    properties: Rules = NO_RULES
    """Of an identify or a group these are its traits. Without any rule it may hold anything."""
    context: Rules = NO_RULES
    """Laid over the plan's own."""

    @property
    def key(self) -> tuple[str, str | None]:
        return self.type, self.name

    @property
    def label(self) -> str:
        """How people are told of it: `Signed Up`, `page Home`, `identify`."""
        if self.type == "track":
            return self.name or ""
        return self.type if self.name is None else f"{self.type} {self.name}"

    @property
    def section(self) -> str:
        """The part of the event that holds its properties."""
        return "traits" if self.type in ("identify", "group") else "properties"


class Plan(msgspec.Struct, frozen=True):
    """One file `tracking-plan/<id>.yml`."""

    id: str
    """The file's name without `.yml`; stands in `context.trackingPlanId`."""
    version: int = 1
    """Stands in `context.trackingPlanVersion`; raise it with every change."""
    description: str = ""
    owner: str = ""
    unplanned_events: Unplanned = "annotate"
    unplanned_properties: Unplanned = "annotate"
    violations: Consequence = "annotate"
    """What becomes of an event that breaks any other rule."""
    max_properties_per_event: int | None = None
    """The setting of `[tracking]` where it is None."""
    max_events_per_source: int | None = None
    """The setting of `[tracking]` where it is None."""
    context: Rules = NO_RULES
    """Context fields that have rules; SDKs may send any others."""
    events: tuple[PlannedEvent, ...] = ()

    def event(self, type: str, name: str | None) -> PlannedEvent | None:  # noqa: A002 # the field's own word
        """What is planned of such an event; of a page or screen whose name is not planned, what is of all."""
        found = next((event for event in self.events if event.key == (type, name)), None)
        if found is None and name is not None and type != "track":
            return self.event(type, None)
        return found


ANNOTATIONS = frozenset(
    {
        "context.trackingPlanId",
        "context.trackingPlanVersion",
        "context.sampleRate",
        "context.violationErrors.**",
    }
)
"""What judging an event adds to it, as paths of privacy rules."""


def planned_names(plan: Plan) -> frozenset[str]:
    """All that a plan lets events hold, as paths of privacy rules, the section first: `properties.plan`,
    `traits.address.city`, `properties.products.sku` (of each item), `context.app.version`; and ANNOTATIONS.

    An object that may hold anything stands with its own path alone, which says nothing of what is in it.
    """
    names = set(_paths("context", plan.context)) | ANNOTATIONS
    for event in plan.events:
        names.update(_paths(event.section, event.properties))
        names.update(_paths("context", event.context))
    return frozenset(names)


def _paths(prefix: str, rules: Rules) -> list[str]:
    found = []
    for name, rule in rules.items():
        path = f"{prefix}.{name}"
        inner = rule.properties or (rule.items.properties if rule.items else None)
        found += _paths(path, inner) if inner else [path]
    return found
