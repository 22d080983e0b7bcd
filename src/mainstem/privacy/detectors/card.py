"""Payment card numbers: known first digits, a length that goes with them, and a check digit (Luhn) that fits.

Digits stand together, or in groups of at least four (the last may be shorter) with one space or hyphen
between, the first group having four. A number inside a UUID or a digest is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mainstem.privacy.detectors.opaque import opaque_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORTEST, LONGEST = 12, 19
_FIRST_GROUP = 4

_RUN = re.compile(r"\d(?:[ -]?\d){11,}", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)

_PREFIXES: tuple[tuple[re.Pattern[str], frozenset[int]], ...] = (
    (re.compile(r"4"), frozenset({13, 16, 19})),  # Visa
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), frozenset({16})),  # Mastercard
    (re.compile(r"3[47]"), frozenset({15})),  # American Express
    (re.compile(r"3(?:0[0-59]|6|[89])"), frozenset(range(14, 20))),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), frozenset(range(16, 20))),  # JCB
    (re.compile(r"6(?:011|22|4[4-9]|5)|62|8[1]"), frozenset(range(16, 20))),  # Discover, UnionPay
    (re.compile(r"5018|5020|5038|5893|6304|6759|676[1-3]"), frozenset(range(12, 20))),  # Maestro
    (re.compile(r"50|5[6-9]|6[0-9]"), frozenset(range(16, 20))),  # Maestro, the rest of its range
)
_LENGTHS = {
    f"{begin}": frozenset(
        length
        for prefix, lengths in _PREFIXES
        if any(prefix.match(f"{begin}{more:02}") for more in range(100))
        for length in lengths
    )
    for begin in range(10, 100)
}
"""What may be how long, by its first two digits: asked before the patterns, for it costs a tenth."""
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ZERO = ord("0")

NAMES = frozenset(
    {"cardnumber", "ccnumber", "creditcard", "creditcardnumber", "debitcard", "pan", "cvv", "cvc", "cvv2"}
)
NAME_ENDINGS = ("cardnumber", "iban")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each number, from left to right, none of them overlapping."""
    opaque: list[tuple[int, int]] | None = None
    for run in _RUN.finditer(text):
        for begin, end in _numbers(
            [(run.start() + a, run.start() + b) for a, b in _groups(run.group())], text
        ):
            if opaque is None:
                opaque = list(opaque_spans(text))
            if not any(first <= begin and end <= last for first, last in opaque):
                yield begin, end


def is_card(digits: str) -> bool:
    """Whether these ASCII digits, all of them, are a card's."""
    if len(digits) not in _LENGTHS.get(digits[:2], ()):
        return False
    if not any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in _PREFIXES):
        return False
    signs = digits.encode("ascii")
    total = sum(signs[-1::-2]) + sum(signs[-2::-2].translate(_DOUBLED)) - _ZERO * len(signs)
    return total % 10 == 0


def is_name(name: str) -> bool:
    """Whether a property of this bare name holds a card's number or code."""
    return name in NAMES or name.endswith(NAME_ENDINGS)


def _groups(run: str) -> Iterator[tuple[int, int]]:
    return (group.span() for group in _GROUP.finditer(run))


def _numbers(groups: Sequence[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Cards made of whole groups that follow each other; the longest from each beginning."""
    first = 0
    while first < len(groups):
        last = _last_of_card(groups, first, text)
        if last is None:
            first += 1
        else:
            yield groups[first][0], groups[last][1]
            first = last + 1


def _last_of_card(groups: Sequence[tuple[int, int]], first: int, text: str) -> int | None:
    digits, found = "", None
    is_first = groups[first][1] - groups[first][0] == _FIRST_GROUP
    for index in range(first, len(groups)):
        begin, end = groups[index]
        digits += text[begin:end]
        if len(digits) > LONGEST:
            break
        if len(digits) >= SHORTEST and (index == first or is_first) and is_card(digits):
            found = index
        if end - begin < _FIRST_GROUP:
            break
    return found
