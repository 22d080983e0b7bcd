"""From one log record to rows, or to a quarantined record that says why not.

Whatever a record holds, it ends as one or the other: no record can stop those behind it, and none is lost.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.errors import TransformRejected
from mainstem.events import decode_received, enriched
from mainstem.load.schema import Options, Provider, Row, parse_moment, transform

if TYPE_CHECKING:
    from mainstem.events import Received
    from mainstem.load.placement import Placements

_NO_ROWS = "no table stores events of this type"
UNFORESEEN = "no rule foresaw this event"
"""Begins the reason of an event at which the rules themselves failed."""
_LONGEST_REASON = 2000

logger = logging.getLogger("mainstem.load")


class Arrival(msgspec.Struct, frozen=True):
    """An event and the rows it becomes."""

    source_id: str
    message_id: str
    namespace: str
    rows: list[Row]


class Quarantined(msgspec.Struct, frozen=True):
    """A record that becomes no rows, as it came. Fields that it did not yield are None."""

    reason: str
    event: str
    """The event's own text; the whole record's where that cannot be told apart."""
    source_id: str | None = None
    message_id: str | None = None
    received_at: str | None = None


class RecordReader:
    """Reads records by the schema rules of one warehouse."""

    def __init__(self, placements: Placements, provider: Provider, options: Options) -> None:
        self._placements = placements
        self._provider = provider
        self._options = options

    def read(self, payload: bytes) -> Arrival | Quarantined:
        """Raises nothing for what a record holds: this is the boundary at which one record ends."""
        try:
            received = decode_received(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
            return Quarantined(f"the record cannot be read: {e}", _text(payload))
        try:
            return self._read(received)
        except Exception as e:  # a fault of ours in one event must not hold up those behind it
            logger.error("%s: offered by source %s", UNFORESEEN, received.source_id, exc_info=True)
            return _quarantined(received, f"{UNFORESEEN}: {reason_of(e)}", received.message_id)

    def refused(self, payload: bytes, reason: str) -> Quarantined:
        """The record as one that was read, and that the warehouse does not take for `reason`."""
        record = self.read(payload)
        if isinstance(record, Quarantined):
            return record
        return _quarantined(decode_received(payload), reason, record.message_id)

    def _read(self, received: Received) -> Arrival | Quarantined:
        try:
            message = enriched(received)
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as e:
            return _quarantined(received, f"the event cannot be read: {e}", received.message_id)
        if message["receivedAt"] is not received.received_at:
            _settle_received_at(message, received)
        message_id = message["messageId"]
        placement = self._placements.of(received.source_id)
        try:
            rows = transform(
                message, provider=self._provider, options=self._options, metadata=placement.metadata
            )
        except TransformRejected as e:
            return _quarantined(received, str(e), message_id)
        if not rows:
            return _quarantined(received, _NO_ROWS, message_id)
        return Arrival(received.source_id, message_id, placement.namespace, rows)


def _settle_received_at(message: dict[str, Any], received: Received) -> None:
    """An event's own that is no moment gives way to the gateway's: the same whenever the record is read."""
    own = message["receivedAt"]
    if not isinstance(own, str) or parse_moment(own) is None:
        message["receivedAt"] = received.received_at


def reason_of(error: Exception) -> str:
    """What went wrong, as text that any warehouse can hold."""
    text = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    return text.encode("utf-8", "backslashreplace").decode()


def _quarantined(received: Received, reason: str, message_id: str | None) -> Quarantined:
    return Quarantined(
        reason=reason,
        event=_text(bytes(received.event)),
        source_id=received.source_id,
        message_id=message_id,
        received_at=received.received_at,
    )


def _text(payload: bytes) -> str:
    """The bytes as text; those that are no UTF-8 stay legible as `\\xNN`."""
    return payload.decode("utf-8", "backslashreplace")
