"""The nouns of event collection: what the gateway accepts, the log keeps and the loader reads."""

from __future__ import annotations

from mainstem.events.forwarded import Forwarded, decode_forwarded, encode_forwarded
from mainstem.events.naming import RESERVED_NAMESPACES, asked_namespace, full_name, snake_case
from mainstem.events.quarantined import Quarantined, decode_quarantined, encode_quarantined
from mainstem.events.received import (
    EVENT_TYPES,
    Received,
    decode_received,
    encode_received,
    enriched,
    received_envelope,
)
from mainstem.events.resolved import Action, Resolved, decode_resolved, encode_resolved
from mainstem.events.source import ENVIRONMENTS, Source
from mainstem.events.step import Dropped, Held, Scrub, Sending, Step, Verdict
from mainstem.events.times import format_time, parse_time

__all__ = [
    "ENVIRONMENTS",
    "EVENT_TYPES",
    "RESERVED_NAMESPACES",
    "Action",
    "Dropped",
    "Forwarded",
    "Held",
    "Quarantined",
    "Received",
    "Resolved",
    "Scrub",
    "Sending",
    "Source",
    "Step",
    "Verdict",
    "asked_namespace",
    "decode_forwarded",
    "decode_quarantined",
    "decode_received",
    "decode_resolved",
    "encode_forwarded",
    "encode_quarantined",
    "encode_received",
    "encode_resolved",
    "enriched",
    "format_time",
    "full_name",
    "parse_time",
    "received_envelope",
    "snake_case",
]
