"""A set of issue ids as ranges: ids are counted up, so a site's are few ranges, and fit into a position.

Written as `10000-10240,10243`. It knows numbers alone.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class IdRanges:
    def __init__(self, text: str = "") -> None:
        """Raises ValueError for what `str()` never wrote."""
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for part in text.split(",") if text else ():
            first, _, last = part.partition("-")
            self._firsts.append(int(first))
            self._lasts.append(int(last or first))

    def add(self, number: int) -> None:
        at = bisect_right(self._firsts, number) - 1
        if at >= 0 and number <= self._lasts[at]:
            return
        follows = at >= 0 and self._lasts[at] + 1 == number
        precedes = at + 1 < len(self._firsts) and self._firsts[at + 1] == number + 1
        if follows and precedes:
            self._lasts[at] = self._lasts.pop(at + 1)
            del self._firsts[at + 1]
        elif follows:
            self._lasts[at] = number
        elif precedes:
            self._firsts[at + 1] = number
        else:
            self._firsts.insert(at + 1, number)
            self._lasts.insert(at + 1, number)

    def update(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.add(number)

    def become(self, other: IdRanges) -> None:
        """Hold what the other holds."""
        self._firsts, self._lasts = list(other._firsts), list(other._lasts)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def __iter__(self) -> Iterator[int]:
        for first, last in zip(self._firsts, self._lasts, strict=True):
            yield from range(first, last + 1)

    def __str__(self) -> str:
        pairs = zip(self._firsts, self._lasts, strict=True)
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in pairs)
