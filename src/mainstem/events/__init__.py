"""The nouns of event collection: what the gateway accepts, the log keeps and the loader reads."""

from __future__ import annotations

from mainstem.events.quarantined import Quarantined, decode_quarantined, encode_quarantined
from mainstem.events.received import EVENT_TYPES, Received, decode_received, encode_received, enriched
from mainstem.events.source import Source
from mainstem.events.times import format_time, parse_time

__all__ = [
    "EVENT_TYPES",
    "Quarantined",
    "Received",
    "Source",
    "decode_quarantined",
    "decode_received",
    "encode_quarantined",
    "encode_received",
    "enriched",
    "format_time",
    "parse_time",
]
