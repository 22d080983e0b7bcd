"""The lists that `offset_list` and `pivot_offset_list` gather: where each begins, and how long it may be.

A list that is too long is a QueryError: a mistyped length must not fill memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mainstem.errors import QueryError
from mainstem.filters.calculations import reckoning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mainstem.filters.calculations.kinds import Cells

LONGEST_LIST: Final = 10_000
"""Values of one list."""

MOST_LISTED: Final = 20_000_000
"""Values of all lists of a column: enough for a list of all rows so far, on each of 6,000 rows."""


def spans(starts: Cells, counts: Cells) -> list[range | None]:
    """The places each row's list is made of; None where its start or its length is null."""
    spans: list[range | None] = []
    listed = 0
    for start, count in zip(starts, counts, strict=True):
        wanted = 0 if start is None or count is None else max(0, whole(count))
        listed += wanted
        if wanted > LONGEST_LIST:
            raise QueryError(f"a list of {wanted:,} values is asked for; {LONGEST_LIST:,} are allowed")
        if listed > MOST_LISTED:
            raise QueryError(
                f"lists of more than {MOST_LISTED:,} values are asked for on {len(starts):,} rows"
            )
        spans.append(None if start is None or count is None else range(whole(start), whole(start) + wanted))
    return spans


def whole(value: Any) -> int:
    """A cell that counts something; the check let only numbers through."""
    return reckoning.whole(value)


def single(values: Iterable[Any]) -> tuple[Any, ...]:
    """A list of single values: lists of lists there are none, which the check sees to."""
    return tuple(values)
