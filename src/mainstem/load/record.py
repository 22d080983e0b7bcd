"""From one log record to rows, or to a quarantined record that says why not.

Whatever a record holds, it ends as one or the other: no record can stop those behind it, and none is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import TransformRejected
from mainstem.events import decode_received, enriched
from mainstem.load.schema import Options, Provider, Row, transform

if TYPE_CHECKING:
    from mainstem.events import Received
    from mainstem.load.placement import Placements

_NO_ROWS = "no table stores events of this type"


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
        """Raises nothing for what a record holds."""
        try:
            received = decode_received(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
            return Quarantined(f"the record cannot be read: {e}", _text(payload))
        try:
            message = enriched(received)
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError) as e:
            return _quarantined(received, f"the event cannot be read: {e}", received.message_id)
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
