"""Say what is wrong with an item of a batch that the checks refused, for those who read the quarantine.

Senders of a single event are told what RudderStack tells them (`replies`); its few words are the beginning
of these, so that a search for them finds both. No value is ever shown, but for a type that is a plain word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.collect.checks import has_known_type
from mainstem.collect.replies import NOT_AN_EVENT
from mainstem.events import EVENT_TYPES

if TYPE_CHECKING:
    from mainstem.collect.checks import Item

NUMBER_TOO_LARGE = f"{NOT_AN_EVENT}: a number in it is too large (at most 1.8e308)"

_VALID = f"(valid: {', '.join(EVENT_TYPES)})"
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,23}")
_KINDS = {b'"': "a text", b"[": "a list", b"t": "true", b"f": "false", b"n": "null"}


def explained(reason: str, item: Item) -> str:
    """`reason`, which a check gave for `item`, in words for people."""
    if reason != NOT_AN_EVENT or has_known_type(item) is None:
        return reason
    kind = item.type
    if kind is None:
        return f"{NOT_AN_EVENT}: no type {_VALID}"
    if not isinstance(kind, str):
        return f"{NOT_AN_EVENT}: type is no text {_VALID}"
    shown = repr(kind) if _WORD.fullmatch(kind) else "that is no plain word"
    return f"{NOT_AN_EVENT}: unknown type {shown} {_VALID}"


def why_unread(item: bytes) -> str:
    """Why an item that is valid JSON could not be read as an event."""
    first = item.lstrip()[:1]
    if first == b"{":
        return f"{NOT_AN_EVENT}: it cannot be read"
    return f"{NOT_AN_EVENT}: {_KINDS.get(first, 'a number')}, not an object"
