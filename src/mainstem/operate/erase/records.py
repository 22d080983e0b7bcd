"""Which records of the log are a person's, in each of its streams.

A record that cannot be read as its stream's is theirs when one of their longer ids stands in it by itself.
"""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.events import decode_forwarded, decode_quarantined, decode_received
from mainstem.privacy.erased import linked_ids
from mainstem.privacy.mentions import mention_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.log import Stream
    from mainstem.operate.erase.sought import Sought

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError, EOFError, zlib.error)


def record_judge(stream: Stream, sought: Sought) -> Callable[[bytes], bool]:
    """What says whether a record of `stream` is to be erased."""
    person = sought.person
    texts = sought.texts
    trace = mention_bytes(texts) if texts else None
    decode = _DECODERS[stream]

    def is_theirs(payload: bytes) -> bool:
        try:
            return any(event in person for event in decode(payload))
        except _UNREADABLE:
            return trace is not None and trace.search(payload) is not None

    return is_theirs


def links(payload: bytes, sought: Sought) -> tuple[set[str], set[str]]:
    """User and anonymous ids that an accepted event links with the person."""
    try:
        [event] = _received(payload)
    except _UNREADABLE:
        return set(), set()
    return linked_ids(event, sought.person) if isinstance(event, dict) else (set(), set())


def _received(payload: bytes) -> list[Any]:
    record = decode_received(payload)
    event = msgspec.json.decode(record.event)
    if isinstance(event, dict) and record.type is not None:
        event["type"] = record.type
    return [event]


def _quarantined(payload: bytes) -> Iterator[Any]:
    yield from _events(msgspec.json.decode(decode_quarantined(payload).event))


def _forwarded(payload: bytes) -> Iterator[Any]:
    record = decode_forwarded(payload)
    coding = {name.lower(): value.strip().lower() for name, value in record.headers.items()}
    body = gzip.decompress(record.body) if coding.get("content-encoding") == "gzip" else record.body
    yield from _events(msgspec.json.decode(body))


def _nobodys(payload: bytes) -> list[Any]:
    """What became of held events names no person but by mistake, which `_UNREADABLE` then looks for."""
    raise msgspec.DecodeError


def _events(value: Any) -> Iterator[Any]:
    yield value
    batch = value.get("batch") if isinstance(value, dict) else value
    if isinstance(batch, list):
        yield from batch


_DECODERS: dict[Stream, Callable[[bytes], Any]] = {
    "events": _received,
    "quarantine": _quarantined,
    "shadow": _forwarded,
    "resolved": _nobodys,
}
