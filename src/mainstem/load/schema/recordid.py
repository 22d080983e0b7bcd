"""The record an event of a pulled source stands for: its `recordId`, without which it has no identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mainstem.errors import TransformRejected
from mainstem.load.schema.values import is_blank

if TYPE_CHECKING:
    from mainstem.load.schema.event import Event


def cloud_record_id(event: Event) -> Any:
    """The record of a track event pulled by a versioned source; None for every other event, and for one
    whose type is written in other letters than `track`.

    Raises TransformRejected where such an event names no record.
    """
    version = event.part("context", "sources", "version")
    if not event.metadata.from_cloud or version in (None, "", 0, False) or event.message["type"] != "track":
        return None
    return required_record_id(event)


def required_record_id(event: Event) -> Any:
    """The event's `recordId`. Raises TransformRejected where it is empty, an object or an array."""
    record_id = event.message.get("recordId")
    if is_blank(record_id) or isinstance(record_id, dict | list):
        raise TransformRejected("recordId cannot be empty for cloud sources events")
    return record_id
