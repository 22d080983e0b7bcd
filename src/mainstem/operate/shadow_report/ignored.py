"""What must differ between two data planes that were sent the same requests, and why. The whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

IGNORED_COLUMNS: Mapping[str, str] = {
    "uuid_ts": "when the row was written",
    "loaded_at": "when the row was written",
    "received_at": "when each side had the request",
    "rudder_event": "the whole event, with the time it was received",
    "context_source_id": "each side has its own ids",
    "context_destination_id": "each side has its own ids",
    "context_destination_type": "each side has its own warehouse",
}

FROM_RECEIVED_AT = frozenset({"original_timestamp", "sent_at", "timestamp"})
"""Columns made of `received_at` where the sender did not send them: they count as equal too when they are
equally far from it on both sides."""

IGNORED_TABLES = frozenset({"rudder_identity_mappings", "rudder_identity_merge_rules"})
"""RudderStack's own bookkeeping."""

KEYS: Mapping[str, tuple[str, ...]] = {"rudder_discards": ("row_id", "table_name", "column_name")}
"""Columns that tell the rows of a table apart; `id` for all others."""
