"""A request as it came, kept so that it can be forwarded to another data plane (shadow mode).

It stands in the log stream `shadow`. Its bytes are this struct as MessagePack: a body is any bytes, often
compressed, which JSON would swell by a third. It holds what the sender sent, before any privacy rule.
"""

from __future__ import annotations

import msgspec


class Forwarded(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One record of the shadow log."""

    received_at: str
    """When the gateway had the whole request: RFC 3339, UTC, milliseconds."""
    request_ip: str
    """Address of the client."""
    source_id: str
    method: str
    path: str
    """As sent: percent-escapes stand."""
    query: str
    """As sent, without the question mark."""
    headers: dict[str, str]
    """Lower-case names; none that speaks of the connection it came on."""
    body: bytes
    """As sent: still compressed where `content-encoding` says so."""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Forwarded)


def encode_forwarded(record: Forwarded) -> bytes:
    return _encoder.encode(record)


def decode_forwarded(payload: bytes | memoryview) -> Forwarded:
    """Raises `msgspec.ValidationError` or `msgspec.DecodeError` where `payload` is no such record."""
    return _decoder.decode(payload)
