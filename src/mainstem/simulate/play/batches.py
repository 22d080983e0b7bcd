"""Events as the bodies that SDKs post to `/v1/batch`.

A batch is of one source and one way to the gateway, in order of arrival, within the SDKs' limits. The
device's own claims stay as they are; the moment it claims is the event's `timestamp` too, since history is
played long after. It opens no connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.simulate.world.output import Event

MOST_EVENTS = 100
"""Of a batch, as Segment's SDKs have it."""
MOST_BYTES = 480_000
"""Of a batch before compression: SDKs stay under 500 KB."""

_encoder = msgspec.json.Encoder()


class Batch(msgspec.Struct, frozen=True):
    source: str
    blocked: bool
    """Its browsers refuse the SDK's usual paths."""
    events: int
    body: bytes
    """JSON, not compressed."""


class _Open:
    """One batch that still takes events."""

    def __init__(self, source: str, blocked: bool) -> None:
        self._source = source
        self._blocked = blocked
        self._messages: list[bytes] = []
        self._bytes = 0
        self._sent_at = ""

    def add(self, event: Event) -> Batch | None:
        """Take an event; the batch before it when it has no room left."""
        message = _encoder.encode({**event.message, "timestamp": event.message["originalTimestamp"]})
        full = None
        if len(self._messages) == MOST_EVENTS or self._bytes + len(message) > MOST_BYTES:
            full = self.close()
        self._messages.append(message)
        self._bytes += len(message) + 1
        self._sent_at = event.message["sentAt"]
        return full

    def close(self) -> Batch | None:
        """What it holds; it is empty then."""
        if not self._messages:
            return None
        body = b'{"batch":[' + b",".join(self._messages) + b'],"sentAt":"' + self._sent_at.encode() + b'"}'
        closed = Batch(self._source, self._blocked, len(self._messages), body)
        self._messages, self._bytes = [], 0
        return closed


def batches(events: Iterable[Event]) -> Iterator[Batch]:
    """All events in batches; those of one source and way in their order."""
    ways: dict[tuple[str, bool], _Open] = {}
    for event in events:
        way = ways.get((event.source, event.blocked))
        if way is None:
            way = ways[event.source, event.blocked] = _Open(event.source, event.blocked)
        full = way.add(event)
        if full is not None:
            yield full
    for way in ways.values():
        last = way.close()
        if last is not None:
            yield last
