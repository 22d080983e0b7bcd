"""What a source was seen to send: events with their properties; reasons for quarantine with samples.

Worked out from the newest events, which say what is in them and not what there ever was; where gateways watch
the source, from what they have noted of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mainstem.tracking.catalogue import CONTEXT, events_of
from mainstem.web.source_notes import removed_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.events import Resolved
    from mainstem.tracking.catalogue import SourceCatalogue
    from mainstem.web.source_events import ShownEvent

MOST_PROPERTIES = 200
_SAMPLES = 3
_CARRIERS = {"track": "properties", "page": "properties", "screen": "properties"}


@dataclass
class SeenEvent:
    """One name of one type."""

    type: str
    name: str
    count: int = 0
    last_at: str = ""
    properties: dict[str, set[str]] = field(default_factory=dict)
    """JSON types by name."""
    removed: set[str] = field(default_factory=set)
    """Names that privacy rules took away."""


@dataclass
class SeenReason:
    reason: str
    count: int = 0
    first_at: str = ""
    last_at: str = ""
    samples: list[ShownEvent] = field(default_factory=list)
    """The newest."""


def seen_events(events: Iterable[ShownEvent]) -> list[SeenEvent]:
    """By type and name, the most frequent first. `events` come newest first."""
    found: dict[tuple[str, str], SeenEvent] = {}
    for event in events:
        name = event.name if event.type in ("track", "page", "screen") else ""
        seen = found.setdefault((event.type, name), SeenEvent(event.type, name))
        seen.count += 1
        seen.last_at = max(seen.last_at, event.received_at)
        for key, value in _properties_of(event).items():
            if key in seen.properties or len(seen.properties) < MOST_PROPERTIES:
                seen.properties.setdefault(key, set()).add(json_type(value))
        for key in removed_names(event.value) if len(seen.removed) < MOST_PROPERTIES else ():
            seen.removed.add(key)
    return sorted(found.values(), key=lambda seen: (-seen.count, seen.type, seen.name))


def with_catalogue(lately: Iterable[SeenEvent], catalogue: SourceCatalogue) -> list[SeenEvent]:
    """What was noted of all events, with what the newest alone tell: names that rules take away, and events
    that came after the last note."""
    found: dict[tuple[str, str], SeenEvent] = {}
    for event in events_of(catalogue):
        if event.key != CONTEXT:
            seen = SeenEvent(event.key[0], event.key[1] or "", event.count, event.last_seen)
            for path, one in list(event.properties.items())[:MOST_PROPERTIES]:
                seen.properties[_name_of(path)] = set(one.types)
            found[seen.type, seen.name] = seen
    for recent in lately:
        noted = found.get((recent.type, recent.name)) or found.get((recent.type, ""))
        if noted is None:
            found[recent.type, recent.name] = recent
            continue
        noted.last_at = max(noted.last_at, recent.last_at)
        noted.removed |= recent.removed
        for name in recent.removed - set(recent.properties):
            noted.properties.pop(name, None)
    return sorted(found.values(), key=lambda seen: (-seen.count, seen.type, seen.name))


def _name_of(path: tuple[str, ...]) -> str:
    """As `_properties_of` has it, or from the section on."""
    return ".".join(path[1:] if len(path) > 1 and path[0] in ("properties", "traits") else path)


def open_now(events: Iterable[ShownEvent], resolved: Mapping[str, Resolved]) -> tuple[list[ShownEvent], int]:
    """Of those in quarantine, the ones that wait, each with the reason that holds now; and how many were
    replayed, dismissed or dropped meanwhile."""
    waiting: list[ShownEvent] = []
    closed = 0
    for event in events:
        said = resolved.get(event.held_id)
        if said is not None and not said.is_open:
            closed += 1
        else:
            waiting.append(replace(event, reason=said.reason) if said and said.reason else event)
    return waiting, closed


def seen_reasons(events: Iterable[ShownEvent]) -> list[SeenReason]:
    """Of those in quarantine, the most frequent first. `events` come newest first."""
    found: dict[str, SeenReason] = {}
    for event in events:
        if event.reason is None:
            continue
        seen = found.setdefault(event.reason, SeenReason(event.reason, last_at=event.received_at))
        seen.count += 1
        seen.first_at = event.received_at
        if len(seen.samples) < _SAMPLES:
            seen.samples.append(event)
    return sorted(found.values(), key=lambda seen: (-seen.count, seen.reason))


def json_type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _properties_of(event: ShownEvent) -> Mapping[str, Any]:
    """`properties`, or `traits` of those types that have them, where SDKs may put them into the context."""
    value = event.value
    if not isinstance(value, dict):
        return {}
    carried = value.get(_CARRIERS.get(event.type, "traits"))
    if carried is None and event.type not in _CARRIERS and isinstance(value.get("context"), dict):
        carried = value["context"].get("traits")
    return carried if isinstance(carried, Mapping) else {}
