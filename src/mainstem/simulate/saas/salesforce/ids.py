"""Ids of records as Salesforce gives them: 15 characters that know case, 18 that do not need to.

The three more say which of the fifteen are capitals: five bits each, written as A to Z and 0 to 5.
"""

from __future__ import annotations

import string

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CHECK = string.ascii_uppercase + "012345"
_POD = "5g0"
SHORT, LONG = 15, 18


def record_id(prefix: str, number: int) -> str:
    """The 18 characters of the record of this number; `prefix` is its object's three."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return long_id(f"{prefix}{_POD}{digits:0>9}")


def long_id(text: str) -> str:
    """Of 15 or 18 characters, the 18. Raises ValueError for what is no id."""
    if len(text) not in (SHORT, LONG) or not (text.isascii() and text.isalnum()):
        raise ValueError(text)
    short = text[:SHORT]
    parts = (short[at : at + 5] for at in range(0, SHORT, 5))
    return short + "".join(
        _CHECK[sum(1 << bit for bit, letter in enumerate(part) if letter.isupper())] for part in parts
    )
