"""What an event must be to be accepted, as small steps that a source strings together at start.

A check reads only the few fields of `Item`; the rest of the event stays unparsed bytes. A check says
no by giving the reason: it never changes an event, and never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mainstem.collect.replies import NOT_AN_EVENT, NOT_IDENTIFIABLE
from mainstem.events import EVENT_TYPES, Source


class Item(msgspec.Struct, gc=False, rename="camel"):
    """The fields of an event that decide whether it is accepted. 0.55 µs against 1.9 µs for all."""

    type: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    message_id: Any = None
    write_key: Any = None
    """Segment's browser SDK says who it is here; it stays in the stored event."""


Check = Callable[[Item], str | None]

_KNOWN_TYPES = frozenset(EVENT_TYPES)
FIRST, BEHIND = "!", "\x7f"
"""Text between them begins with a sign that is no space: it is surely not blank."""


def is_blank(value: object) -> bool:
    """Nothing, or text of white space. Numbers and the like count as given, as with RudderStack."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def is_usual(item: Item) -> bool:
    """Whether an event has a known type and ids that are plain texts: then USUAL_CHECKS accept it, and no id
    is to be made for it. 0.1 µs against 0.4 µs; False says nothing."""
    try:
        return (
            item.type in _KNOWN_TYPES
            and FIRST <= item.message_id < BEHIND
            and FIRST <= (item.user_id or item.anonymous_id or "") < BEHIND
        )
    except TypeError:
        return False


def has_known_type(item: Item) -> str | None:
    return None if isinstance(item.type, str) and item.type in _KNOWN_TYPES else NOT_AN_EVENT


def is_identifiable(item: Item) -> str | None:
    """An `extract` event describes no person, so it needs neither id."""
    if is_blank(item.user_id) and is_blank(item.anonymous_id) and item.type != "extract":
        return NOT_IDENTIFIABLE
    return None


USUAL_CHECKS: tuple[Check, ...] = (has_known_type, is_identifiable)
"""What `is_usual` knows of."""


def checks_of(source: Source) -> tuple[Check, ...]:
    """The checks that apply to `source`, in the order they are made."""
    return USUAL_CHECKS
