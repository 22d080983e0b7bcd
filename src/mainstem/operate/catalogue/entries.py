"""What the catalogue says, as plain values: an event is a table, a property a column of it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class SpelledName(msgspec.Struct, frozen=True):
    """A name as senders spell it; several may share a table."""

    name: str
    rows: int


class Sender(msgspec.Struct, frozen=True):
    """A library in a version, in a version of the product."""

    library: str | None
    version: str | None
    app_version: str | None
    source: str | None
    """Its id."""
    rows: int
    last_seen: datetime


class SampleValue(msgspec.Struct, frozen=True):
    """A value, masked where detectors found something in it."""

    value: str
    rows: int
    """Of the rows that were looked at."""


class DayCount(msgspec.Struct, frozen=True):
    day: datetime
    """Its midnight, UTC, by when events were received."""
    rows: int


class EventEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `mainstem.event_catalogue`. Moments are when events were received, in UTC."""

    key: str
    """`namespace.table`"""
    namespace: str
    table_name: str
    type: str
    """track, page, screen, identify, group, alias; `users` and `tracks` for those tables; else other."""
    event: str
    """The name as most senders spell it."""
    names: tuple[SpelledName, ...] = ()
    """Every spelling, the most frequent first."""
    sources: tuple[str, ...] = ()
    """Ids of the sources whose tables stand in the namespace."""
    senders: tuple[Sender, ...] = ()
    """The most frequent ones first."""
    rows: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    first_version: str | None = None
    """The product's version that sent the first one which names a version."""
    plan: str | None = None
    """Of the tracking plan that its source is held to."""
    planned: bool | None = None
    """None where there is no plan, or where plans do not judge this type."""
    description: str = ""
    owner: str = ""
    since: str = ""
    """The product's version that the plan names."""
    deprecated: str | None = None
    """What the plan says to send instead, or an empty text; None where it is not deprecated."""
    used_by: tuple[str, ...] | None = None
    """`model orders`, `explore company.orders`; None where it is not known."""
    counted_until: datetime | None = None
    """Rows loaded up to then are counted."""
    recounted_at: datetime | None = None
    """When all rows were last counted, and not the new ones alone."""
    table_size: int = 0
    """What the warehouse says of the table's size; when it has changed, there are rows to count."""
    sampled_rows: int = 0
    """The newest rows that were looked at one by one."""
    sampled_at: datetime | None = None
    rows_when_sampled: int = 0
    refreshed_at: datetime | None = None

    @property
    def repeats_others(self) -> bool:
        """Whether each of its rows is the row of another event, too: a list of events leaves it out."""
        return self.type == "tracks"

    @property
    def is_unused(self) -> bool:
        return self.used_by == ()


class PropertyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `mainstem.property_catalogue`."""

    key: str
    namespace: str
    table_name: str
    column_name: str
    position: int
    path: str | None = None
    """Where it stands in an event, as the sender spells it; None where nobody told."""
    type: str = "string"
    """The column's."""
    json_types: tuple[str, ...] | None = None
    """What gateways saw; None where the source is not watched."""
    present: int = 0
    """Rows that hold a value."""
    null_share: float = 0.0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    first_version: str | None = None
    distinct_values: int = 0
    """Among the rows that were looked at."""
    sampled: int = 0
    """Rows of these that hold a value."""
    conflicts: int = 0
    """Lines in the discards: values that did not fit the column."""
    conflict_reason: str | None = None
    """Of most of them."""
    pii: str | None = None
    """email, phone, card, token, name, address, birth, ip, location, government_id, person_id, device_id;
    None where nothing says so."""
    pii_from: str | None = None
    """name, values, or both; masked where all that was found has been masked before."""
    pii_share: float = 0.0
    """Of the distinct values that were looked at, those in which it was found."""
    planned: bool | None = None
    """None as of an event, and of what SDKs and the loader add by themselves."""
    required: bool | None = None
    description: str = ""
    used_by: tuple[str, ...] | None = None
    sample_values: tuple[SampleValue, ...] = ()
    unsampled_because: str | None = None
    """Why no value is shown."""

    @property
    def is_unused(self) -> bool:
        return self.used_by == ()

    @property
    def is_common(self) -> bool:
        """Whether every event has it, whatever it is about: identity, times, context."""
        return self.column_name.startswith("context_") or self.column_name in COMMON


COMMON = frozenset(
    {
        "id", "anonymous_id", "user_id", "received_at", "sent_at", "timestamp", "original_timestamp",
        "uuid_ts", "channel", "event", "event_text", "rudder_event",
    }
)  # fmt: skip


class Catalogue(msgspec.Struct, frozen=True):
    """All of it, as it was last refreshed."""

    events: tuple[EventEntry, ...] = ()
    """By namespace and table."""
    properties: dict[str, tuple[PropertyEntry, ...]] = {}
    """By an event's key, in the order of the columns."""
    volumes: dict[str, tuple[DayCount, ...]] = {}
    """By an event's key, the oldest day first; days without events are left out."""

    @property
    def refreshed_at(self) -> datetime | None:
        return max((e.refreshed_at for e in self.events if e.refreshed_at is not None), default=None)

    def named(self, namespace: str, table: str) -> EventEntry | None:
        return next((e for e in self.events if (e.namespace, e.table_name) == (namespace, table)), None)
