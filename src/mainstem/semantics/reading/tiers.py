"""`tiers` and `bins`: numbers at which a range begins."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.reading.parameters import Parameters


def tiers_of(given: Parameters, key: str) -> tuple[Decimal, ...]:
    """Rising, each once."""
    found: set[Decimal] = set()
    for written in given.names(key):
        number = _number(written)
        if number is None:
            given.reject(key, f"{key} holds {written!r}; valid are numbers: `{key}: [0, 10, 20]`")
        else:
            found.add(number)
    return tuple(sorted(found))


def number_of(given: Parameters, key: str) -> Decimal | None:
    written = given.text(key)
    if written is None:
        return None
    number = _number(written)
    if number is None:
        given.problems.error(given.origin(key), f"{key} is {written!r}; valid is a number")
    return number


def _number(written: str) -> Decimal | None:
    try:
        number = Decimal(written.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
