"""What makes a lane: the events of one source, type and name, which are mostly of one form."""

from __future__ import annotations

from typing import Any

import msgspec

_TYPES = frozenset(("track", "page", "screen", "group", "alias"))
"""Identify events also change users, row by row; extract events come from pipelines, not from SDKs."""


class LaneKey(msgspec.Struct, frozen=True):
    source_id: str
    forced_type: str | None
    type: str
    event: object


def lane_key(source_id: str, forced_type: str | None, kind: object, event: object) -> LaneKey | None:
    """The lane of an event; None for one that only the pure way takes."""
    kind = forced_type or kind
    if isinstance(kind, str) and kind in _TYPES and isinstance(event, str | None):
        return LaneKey(source_id, forced_type, kind, event)
    return None


class _EventHead(msgspec.Struct, gc=False, rename="camel"):
    type: Any = None
    event: Any = None
    message_id: Any = None


class _Head(msgspec.Struct, gc=False, rename="camel"):
    source_id: str
    event: _EventHead
    type: str | None = None
    message_id: str | None = None


_decode_head = msgspec.json.Decoder(_Head).decode


def head_of(payload: bytes) -> tuple[LaneKey | None, tuple[str, str] | None]:
    """The lane of a record, and its source and message id: (None, None) where it is not of the usual form,
    which the pure way judges; the lane alone may be None."""
    try:
        head = _decode_head(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, None
    event = head.event
    if not isinstance(event.message_id, str | None):
        return None, None
    message_id = head.message_id or (event.message_id or "").strip()
    if not head.source_id or not message_id:
        return None, None
    lane = lane_key(head.source_id, head.type, event.type, event.event)
    return lane, (head.source_id, message_id)
