"""An event of a file, as the gateway would have had it: the event, and what stands beside it.

When it was received and from where goes into the log's own envelope, where the steps of its source act on it.
An event without a message id gets one that the same event in the same file always gets.
"""

from __future__ import annotations

import uuid
from collections import Counter
from hashlib import blake2b
from typing import Any

import msgspec

from mainstem.events import format_time, parse_time

_NAMESPACE = uuid.UUID("0b3e9a52-2f0b-5e5e-8b36-6d61696e7374")
_encode = msgspec.json.Encoder(order="deterministic").encode


class Offered(msgspec.Struct, frozen=True, gc=False):
    """What is offered to the event's source."""

    received_at: str
    """RFC 3339, UTC, milliseconds."""
    request_ip: str
    event: bytes
    message_id: str | None
    """Made, where the event has none of its own."""


class MessageIds:
    """Ids for the events of one file that have none.

    Made of what the event holds, and of how many equal ones came before it in the file: so a file that is
    renamed, or read again, gives the same ids, and two equal events in it stay two.
    """

    def __init__(self, source_id: str) -> None:
        self._source_id = source_id
        self._seen: Counter[bytes] = Counter()

    def make(self, event: dict[str, Any]) -> str:
        digest = blake2b(_encode(event), digest_size=16).digest()
        self._seen[digest] += 1
        return str(uuid.uuid5(_NAMESPACE, f"{self._source_id}/{digest.hex()}/{self._seen[digest]}"))


def offer(event: dict[str, Any], ids: MessageIds, now: str) -> Offered:
    """`now` is when an event was received that does not say. Raises UnicodeEncodeError for text that no JSON
    can hold."""
    own_id = event.get("messageId")
    made = ids.make(event) if own_id is None or (isinstance(own_id, str) and not own_id.strip()) else None
    rest = dict(event)
    received = parse_time(rest.get("receivedAt"))
    if received is not None:
        del rest["receivedAt"]
    ip = rest.get("request_ip")
    if isinstance(ip, str):
        del rest["request_ip"]
    return Offered(
        received_at=format_time(received) if received is not None else now,
        request_ip=ip if isinstance(ip, str) else "",
        event=msgspec.json.encode(rest),
        message_id=made,
    )
