"""The nouns of event collection: what the gateway accepts, the log keeps and the loader reads."""

from __future__ import annotations

from mainstem.events.naming import RESERVED_NAMESPACES, asked_namespace, full_name, snake_case
from mainstem.events.quarantined import Quarantined, decode_quarantined, encode_quarantined
from mainstem.events.received import EVENT_TYPES, Received, decode_received, encode_received, enriched
from mainstem.events.source import ENVIRONMENTS, Source
from mainstem.events.step import Dropped, Held, Scrub, Sending, Step, Verdict
from mainstem.events.times import format_time, parse_time

__all__ = [
    "ENVIRONMENTS",
    "EVENT_TYPES",
    "RESERVED_NAMESPACES",
    "Dropped",
    "Held",
    "Quarantined",
    "Received",
    "Scrub",
    "Sending",
    "Source",
    "Step",
    "Verdict",
    "asked_namespace",
    "decode_quarantined",
    "decode_received",
    "encode_quarantined",
    "encode_received",
    "enriched",
    "format_time",
    "full_name",
    "parse_time",
    "snake_case",
]
