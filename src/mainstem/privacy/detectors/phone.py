"""Telephone numbers as people write them. Digits alone are an id, an amount or a moment, and stay.

- international: `+` and 7 to 15 digits, with spaces, dots, slashes, hyphens and parentheses among them;
- North American: three, three and four digits, `(555) 123-4567`, `555-123-4567`, `555.123.4567`;
- national with a leading zero: an area code, then groups: `030 1234567`, `0170/1234567`, `06 12 34 56 78`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.privacy.detectors.opaque import opaque_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERNATIONAL = r"\+\(?[1-9](?:[ ./()-]{0,3}\d){6,14}"
NORTH_AMERICAN = (
    r"(?<!\d)(?:1[ .-])?"
    r"(?:\([2-9]\d\d\)[ -]?\d{3}[ .-]?\d{4}|[2-9]\d\d[ -]\d{3}[ -]\d{4}|[2-9]\d\d\.\d{3}\.\d{4})(?!\d)"
)
NATIONAL = (
    r"(?<!\d)(?<!\d[.,:/-])(?:\(0[1-9]\d{0,3}\)[ /-]?|0[1-9]\d{0,3}[ /-])"
    r"(?:\d{4,9}(?:[ /-]\d{2,4}){0,3}|\d{3}[ /-]\d{3,4}(?:[ /-]\d{1,4})?|\d\d(?:[ /-]\d\d){3})(?!\d)"
)
_PHONE = re.compile(f"{INTERNATIONAL}|{NORTH_AMERICAN}|{NATIONAL}", re.ASCII)
_DATE = re.compile(r"\d\d[ /-]\d\d[ /-](?:19|20)\d\d|\d\d[ /-](?:19|20)\d\d(?:\D|$)", re.ASCII)
_FEWEST_NATIONAL = 9

NAMES = frozenset({"mobile", "tel", "fax", "cell", "msisdn", "whatsapp", "phones"})
NAME_ENDINGS = (
    "phone", "phonenumber", "mobilenumber", "telephone", "telephonenumber", "faxnumber", "phoneno",
)  # fmt: skip


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each number, from left to right, none of them overlapping."""
    opaque: list[tuple[int, int]] | None = None
    for found in _PHONE.finditer(text):
        if found.group().lstrip("(")[0] != "0" or _is_national(found.group()):
            opaque = list(opaque_spans(text)) if opaque is None else opaque
            if not any(begin < found.end() and found.start() < end for begin, end in opaque):
                yield found.span()


def is_name(name: str) -> bool:
    """Whether a property of this bare name holds a number, if its value has digits enough."""
    return name in NAMES or name.endswith(NAME_ENDINGS)


def _is_national(number: str) -> bool:
    return sum(map(str.isdigit, number)) >= _FEWEST_NATIONAL and not _DATE.match(number.lstrip("("))
