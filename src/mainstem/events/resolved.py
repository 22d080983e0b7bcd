"""What became of an event that was held back: replayed, dismissed, dropped, or held again for another reason.

It stands in the log stream `resolved`. Its bytes are this struct as JSON, keys in camelCase. The last record
about an event counts. An event that no record names is open, and nothing here ever removes one.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Action = Literal["replayed", "dismissed", "dropped", "held"]


class Resolved(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename="camel"):
    """One record of the log of what became of events held back."""

    id: str
    """The held event's, as `mainstem quarantine list` shows it."""
    action: Action
    """`replayed` into the log of accepted events; `dismissed` by a person; `dropped` by a step of its source
    (a suppressed user), as it would be on arrival; `held` is still open."""
    at: str
    """When: RFC 3339, UTC, milliseconds."""
    rule: str | None = None
    """Names of the rules that mended it, with commas between."""
    reason: str | None = None
    """With `held` and `dropped`: why."""
    message_id: str | None = None
    """With `replayed`: what the event is found by from now on."""

    @property
    def is_open(self) -> bool:
        return self.action == "held"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Resolved)


def encode_resolved(record: Resolved) -> bytes:
    return _encoder.encode(record)


def decode_resolved(payload: bytes | memoryview) -> Resolved:
    """Raises `msgspec.ValidationError` or `msgspec.DecodeError` where `payload` is no such record."""
    return _decoder.decode(payload)
