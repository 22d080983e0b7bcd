"""What the simulated company puts out: events, changes of rows in source systems, and the truth.

The three never mix: a model may read what came of the first two; the third exists to judge it. Nothing
here draws or decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypeAlias

import msgspec


class Event(msgspec.Struct, frozen=True):
    """One request of an SDK, as it is received. A retry is an event of its own with the same messageId."""

    received_at: datetime
    source: str
    """website, servers, webapp or mobile."""
    message: dict[str, Any]
    """As RudderStack's SDKs shape it: type, messageId, anonymousId, userId, event, properties or traits,
    context, originalTimestamp, sentAt. Times are ISO 8601 in UTC with milliseconds."""
    blocked: bool = False
    """The browser refuses the SDK's usual paths: it arrives only where the gateway has paths of its own."""


class Change(msgspec.Struct, frozen=True):
    """A row of a source system is written or, with `row` None, deleted."""

    at: datetime
    system: str
    """crm, licences, support, engineering or marketing."""
    table: str
    key: str
    """The row's id in its table."""
    row: dict[str, Any] | None
    """The whole row after the change."""


class Truth(msgspec.Struct, frozen=True):
    """One fact of what really happened, which no model may read."""

    at: datetime
    table: str
    row: dict[str, Any]


class Day(msgspec.Struct, frozen=True):
    """Everything of one day (UTC), each list in order of time: events by arrival, the rest by `at`.

    A day of very many events comes in parts one after another, so that it need not fit into memory.
    """

    day: date
    events: list[Event]
    changes: list[Change]
    truth: list[Truth]
    ends: bool = True
    """Whether this is all of the day, or the last part of it."""


class Starts(msgspec.Struct, frozen=True):
    """Another life begins at this moment: its own items, none of them earlier, in order of time."""

    at: datetime
    life: Iterator[tuple[datetime, Item]]


Item: TypeAlias = Event | Change | Truth | Starts
"""What a life yields. An event's place in its life is when it was made; it is put out when received."""
Life: TypeAlias = Iterator[tuple[datetime, Item]]
"""Moments never decrease."""
