"""Say of a whole event, from its JSON, that no detector could find anything in it.

It may be wrong only one way: what it calls harmless is (held to that by `tests/property/test_privacy.py`).
It works on two maps of the bytes, one class a byte, because looking for a fixed run in a map is a hundred
times cheaper than a regular expression over the event: 3 µs a KB against 40.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mainstem.privacy.detectors import card, phone

_encode = msgspec.json.Encoder().encode


def _map(**classes: str) -> bytes:
    """A table for `bytes.translate`; every byte that no class names stands for itself."""
    table = bytearray(range(256))
    for to, members in classes.items():
        for member in members.encode("latin-1"):
            table[member] = ord(to)
    return bytes(table)


_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOT_ASCII = "".join(map(chr, range(128, 256)))

# d a digit · s a separator within numbers · x what only the detectors can judge · the rest as it is
_SHAPES = _map(d=_DIGITS, s=" -/", x="@%=\\+" + _NOT_ASCII, o=_LETTERS)
_WORDS = _map(w=_LETTERS + _DIGITS)

_LONG_NUMBER = b"d" * card.SHORTEST
_FOUR = b"dddd"
_FOUR_AFTER, _THREES, _TWOS = b"ddsdddd", b"sdddsddd", b"ddsddsddsdd"
_DOTTED = b"ddd.ddd.dddd"
_AREA_CODE = b"(d"
_LONG_WORD = b"w" * 20
_GOOGLE, _GITLAB = b"AIza", b"glpat-"

_FIRST_DIGITS = b"234568"
_DIGITS_HERE = re.compile(rb"\d+")
_PLUS = re.compile(phone.INTERNATIONAL.encode())
_NUMBER = re.compile(
    b"|".join(
        (
            phone.NORTH_AMERICAN.encode(),
            phone.NATIONAL.encode(),
            rb"(?<!\d)\d{4}[ -](?:\d{4}[ -]?\d{4}|\d{6}[ -]?\d{4}|\d{8})",  # a card's first groups
        )
    )
)
_SHORT_FIRST = re.compile(rb"(?<!d)(?:d{2,5}sd{4}|d{2,4}sd{3}sd{3}|dd(?:sdd){3})")
_BEFORE, _AFTER = 24, 40
MOST_LOOKS = 8
"""Places of one event looked at closely; with more of them it is walked."""


def is_suspicious(value: Any) -> bool:
    """Whether a detector might find something in `value`, any JSON."""
    text = written(value)
    return text is None or is_suspicious_text(text)


def written(value: Any) -> bytes | None:
    """`value` as JSON; None for what is nested too deep, or holds a number that no encoder takes."""
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def is_suspicious_text(text: bytes, most_looks: int = MOST_LOOKS) -> bool:
    """The same of JSON that `written` made. Where it is of several events, there may be more looks."""
    shapes = text.translate(_SHAPES)
    return (
        (b"x" in shapes and _has_sign(text))
        or (_LONG_NUMBER in shapes and _has_long_number(text, shapes, most_looks))
        or (_FOUR_AFTER in shapes and _has_number(text, shapes, _FOUR_AFTER, most_looks))
        or (_THREES in shapes and _has_number(text, shapes, _THREES, most_looks))
        or (_TWOS in shapes and _has_number(text, shapes, _TWOS, most_looks))
        or _DOTTED in shapes
        or (b"(" in text and _AREA_CODE in shapes)
        or _LONG_WORD in text.translate(_WORDS)
        or _GOOGLE in text
        or _GITLAB in text
    )


def _has_sign(text: bytes) -> bool:
    """`+` alone is also in every moment that names its zone."""
    return (
        b"@" in text
        or b"=" in text
        or b"%" in text
        or b"\\" in text
        or not text.isascii()
        or _PLUS.search(text) is not None
    )


def _has_long_number(text: bytes, shapes: bytes, most_looks: int) -> bool:
    at = shapes.find(_LONG_NUMBER)
    for _ in range(most_looks):
        if at == -1:
            return False
        if text[at] not in _FIRST_DIGITS:
            at = shapes.find(_LONG_NUMBER, at + len(_LONG_NUMBER))
            continue
        digits = _DIGITS_HERE.match(text, at)
        if digits is None or card.is_card(digits.group().decode()):
            return True
        at = shapes.find(_LONG_NUMBER, digits.end())
    return True


def _has_number(text: bytes, shapes: bytes, groups: bytes, most_looks: int) -> bool:
    at = shapes.find(groups)
    for _ in range(most_looks):
        if at == -1:
            return False
        if groups is _FOUR_AFTER and shapes.startswith(_FOUR, max(0, at - 4), at):
            # Six digits or more begin no number, and ids are full of them. The next may begin in these four.
            at = shapes.find(groups, at + 5)
            continue
        near = max(0, at - _BEFORE)
        # The first question is asked of the map, where it costs a tenth.
        if _SHORT_FIRST.search(shapes, max(0, at - 4), at + 12) and _NUMBER.search(text, near, at + _AFTER):
            return True
        at = shapes.find(groups, at + len(groups))
    return True
