"""An event the gateway could not accept, kept with the reason so that it can be mended and replayed.

It stands in a log of its own. Its bytes are this struct as JSON, keys in camelCase. Nothing in it is
interpreted: what is written is what came.
"""

from __future__ import annotations

import msgspec


class Quarantined(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One record of the quarantine log."""

    received_at: str
    """When the gateway had the whole request: RFC 3339, UTC, milliseconds."""
    request_ip: str
    """Address of the peer, or of the client named by a trusted proxy."""
    source_id: str
    """`id` of the source that the write key belongs to."""
    reason: str
    """Why it is held back; where RudderStack would refuse the request, the body it would answer."""
    event: msgspec.Raw
    """The item exactly as sent: any JSON value."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Quarantined)


def encode_quarantined(record: Quarantined) -> bytes:
    return _encoder.encode(record)


def decode_quarantined(payload: bytes | memoryview) -> Quarantined:
    """Raises `msgspec.ValidationError` or `msgspec.DecodeError` where `payload` is no such record."""
    return _decoder.decode(payload)
