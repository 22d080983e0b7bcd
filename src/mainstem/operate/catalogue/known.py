"""What is known of events beside their tables: spellings, JSON types, plans; brought to tables and columns.

A path of an event (`properties.orderId`) is led to its column (`order_id`) by the loader's own rules: an
event that holds nothing else is transformed, and its one value looked for. So no rule of naming is written
twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import TransformRejected
from mainstem.load.schema import EventMetadata, Options, transform
from mainstem.privacy.spec import CONTEXT as CONTEXT_PATHS
from mainstem.tracking.catalogue import CONTEXT
from mainstem.tracking.paths import join_path
from mainstem.tracking.plan import PLANNED_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mainstem.load.schema import Provider
    from mainstem.tracking import Plan, PlannedEvent, PropertyRule, SourceCatalogue

Path = tuple[str, ...]
TableKey = tuple[str, str]
"""Namespace and table."""

_MARK = "\N{LATIN SMALL LETTER O WITH STROKE}-mark"
_OF_THE_EVENT = {
    "id": "messageId", "anonymous_id": "anonymousId", "user_id": "userId", "received_at": "receivedAt",
    "sent_at": "sentAt", "timestamp": "timestamp", "original_timestamp": "originalTimestamp",
    "channel": "channel", "event_text": "event", "context_ip": "context.ip",
    "context_passed_ip": "context.ip", "context_request_ip": "request_ip", "group_id": "groupId",
    "previous_id": "previousId", "name": "name",
}  # fmt: skip
_MADE = {
    "uuid_ts": "when the row was loaded", "event": "the event's name in snake case",
    "context_source_id": "id of the source", "context_source_type": "type of the source",
    "context_destination_id": "id of this warehouse", "context_destination_type": "kind of this warehouse",
    "rudder_event": "the whole event as JSON",
}  # fmt: skip
"""Columns that the loader fills by itself, and with what."""
_DEVICE = (
    "device.id", "device.name", "device.advertisingId", "device.adTrackingEnabled", "traits.email",
    "traits.name", "traits.userId", "traits.anonymousId", "os.name", "os.version",
)  # fmt: skip
"""Further context fields of the specification, which the profile `product` leaves out."""


class KnownProperty(msgspec.Struct, frozen=True):
    path: str | None = None
    json_types: tuple[str, ...] | None = None
    planned: bool | None = None
    required: bool | None = None
    description: str = ""


class KnownEvent(msgspec.Struct, frozen=True):
    plan: str | None = None
    planned: bool | None = None
    description: str = ""
    owner: str = ""
    since: str = ""
    deprecated: str | None = None
    closed: bool = False
    """Whether the plan says which properties there are, so that any other is not planned."""
    properties: dict[str, KnownProperty] = {}
    """By column."""


@dataclass(frozen=True)
class KnownSource:
    """What is known of one source."""

    namespace: str
    metadata: EventMetadata
    plan: Plan | None
    seen: SourceCatalogue | None
    spelled: Mapping[tuple[str, str | None], set[Path]] = field(default_factory=dict)
    """Paths in events that were looked at, by type and name."""


class Knowledge:
    """Everything that is known, by table. Built once for a refresh."""

    def __init__(self, sources: Iterable[KnownSource], provider: Provider, options: Options) -> None:
        self._provider = provider
        self._options = options
        self._events: dict[TableKey, KnownEvent] = {}
        self._common: dict[str, dict[str, KnownProperty]] = {}
        self._plans: dict[str, Plan] = {}
        standard = self._columns(EventMetadata(), "page", None, _context_paths())
        self._standard = {column: KnownProperty(join_path(path)) for column, path in standard.items()}
        for source in sources:
            self._add(source)

    def of(self, namespace: str, table: str, type: str) -> KnownEvent:  # noqa: A002 # the event's own word
        """What is known of a table; of one that no plan names, whether one should."""
        plan = self._plans.get(namespace)
        judged = plan is not None and type in PLANNED_TYPES
        nothing = KnownEvent(plan.id if plan else None, False if judged else None)
        found = self._events.get((namespace, table), nothing)
        if judged and found.planned is None:
            found = msgspec.structs.replace(found, planned=False, plan=plan.id if plan else None)
        return found

    def of_column(self, event: KnownEvent, namespace: str, column: str) -> KnownProperty:
        own = event.properties.get(column)
        if own is not None:
            return own
        common = self._common.get(namespace, {}).get(column) or self._standard.get(column)
        if common is not None:
            return common
        if column in _MADE:
            return KnownProperty(description=f"Added by Mainstem: {_MADE[column]}.")
        if column in _OF_THE_EVENT:
            return KnownProperty(_OF_THE_EVENT[column])
        return KnownProperty(planned=False if event.closed else None)

    def _add(self, source: KnownSource) -> None:
        if source.plan is not None:
            self._plans[source.namespace] = source.plan
            for planned in source.plan.events:
                self._add_planned(source, source.plan, planned)
        if source.seen is not None:
            for key, event in source.seen.events.items():
                types = {path: tuple(sorted(p.types)) for path, p in event.properties.items()}
                if key == CONTEXT:
                    columns = self._columns(source.metadata, "page", None, types)
                    self._common.setdefault(source.namespace, {}).update(
                        {c: KnownProperty(join_path(path), types[path]) for c, path in columns.items()}
                    )
                else:
                    self._add_seen(source, key[0], key[1], types)

        for (kind, name), paths in source.spelled.items():
            self._add_spelled(source, kind, name, paths)

    def _add_spelled(self, source: KnownSource, kind: str, name: str | None, paths: set[Path]) -> None:
        """Paths alone, of columns that nobody else told of."""
        common = self._common.setdefault(source.namespace, {})
        columns = self._columns(source.metadata, kind, name, paths)
        for column, path in columns.items():
            if path[0] == "context" and column not in self._standard:
                common.setdefault(column, KnownProperty(join_path(path)))
        for table in self._tables(source.metadata, kind, name):
            key = (source.namespace, table)
            event = self._events.get(key, KnownEvent())
            properties = dict(event.properties)
            for column, path in columns.items():
                if path[0] != "context" and column not in properties:
                    planned = False if event.closed else None
                    properties[column] = KnownProperty(join_path(path), planned=planned)
            self._events[key] = msgspec.structs.replace(event, properties=properties)

    def _add_planned(self, source: KnownSource, plan: Plan, planned: PlannedEvent) -> None:
        rules = dict(_leaves(planned.section, planned.properties))
        properties = {
            column: KnownProperty(join_path(path), None, True, rules[path].required, rules[path].description)
            for column, path in self._columns(source.metadata, planned.type, planned.name, rules).items()
        }
        fact = KnownEvent(
            plan.id,
            True,
            planned.description,
            planned.owner or plan.owner,
            planned.since,
            None
            if planned.deprecated is False
            else ("" if planned.deprecated is True else planned.deprecated),
            bool(rules),
            properties,
        )
        for table in self._tables(source.metadata, planned.type, planned.name):
            key = (source.namespace, table)
            before = self._events.get(key)
            if before is not None:  # two names of one table, or pages planned one by one
                fact = msgspec.structs.replace(
                    fact,
                    closed=fact.closed and before.closed,
                    properties={**before.properties, **fact.properties},
                )
            self._events[key] = fact

    def _add_seen(self, source: KnownSource, kind: str, name: str | None, types: Mapping[Path, Any]) -> None:
        columns = self._columns(source.metadata, kind, name, types)
        for table in self._tables(source.metadata, kind, name):
            key = (source.namespace, table)
            event = self._events.get(key, KnownEvent())
            properties = dict(event.properties)
            for column, path in columns.items():
                known = properties.get(column, KnownProperty(planned=False if event.closed else None))
                properties[column] = msgspec.structs.replace(
                    known, path=known.path or join_path(path), json_types=types[path]
                )
            self._events[key] = msgspec.structs.replace(event, properties=properties)

    def _tables(self, metadata: EventMetadata, kind: str, name: str | None) -> tuple[str, ...]:
        """The tables that hold an event's properties."""
        try:
            rows = transform(
                _event(kind, name, ()), provider=self._provider, options=self._options, metadata=metadata
            )
        except TransformRejected:
            return ()
        return tuple(row.table for row in (rows[-1:] if kind == "track" and name else rows))

    def _columns(
        self, metadata: EventMetadata, kind: str, name: str | None, paths: Iterable[Path]
    ) -> dict[str, Path]:
        """The column of each path that becomes one."""
        found: dict[str, Path] = {}
        for path in paths:
            event = _event(kind, name, path)
            try:
                rows = transform(event, provider=self._provider, options=self._options, metadata=metadata)
            except TransformRejected:
                continue
            for row in rows:
                for column, value in row.data.items():
                    if value == _MARK:
                        found.setdefault(column, path)
        return found


def _event(kind: str, name: str | None, path: Path) -> dict[str, Any]:
    """An event that holds one value, at `path`."""
    event: dict[str, Any] = {"type": kind, "messageId": "m", "userId": "u"}
    if name is not None:
        event["event" if kind == "track" else "name"] = name
    inner = event
    for part in path[:-1]:
        inner = inner.setdefault(part, {})
    if path:
        inner[path[-1]] = _MARK
    return event


def _context_paths() -> Iterator[Path]:
    for name in (*CONTEXT_PATHS, *_DEVICE):
        if "*" not in name:
            yield ("context", *name.split("."))


def _leaves(
    section: str, rules: Mapping[str, PropertyRule], at: Path = ()
) -> Iterator[tuple[Path, PropertyRule]]:
    for name, rule in rules.items():
        if rule.properties:
            yield from _leaves(section, rule.properties, (*at, name))
        else:
            yield (section, *at, name), rule
