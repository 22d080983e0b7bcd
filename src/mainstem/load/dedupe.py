"""Which events were loaded already, so that one sent twice becomes one row.

An event is known by its source and message id, kept as a hash of 96 bits: among a billion events the odds
that two share one are below 1 in 100 billion. What is known falls into days; days leave the window whole.
The memory here mirrors a table that is written in the same transaction as the rows.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_HASH_BYTES = 12


def event_key(source_id: str, message_id: str) -> bytes:
    """The hash that stands for an event; the length keeps two pairs of ids from reading as one."""
    text = f"{len(source_id)}:{source_id}{message_id}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()


def event_keys(source_id: str, message_ids: Iterable[bytes]) -> list[bytes]:
    """The same for many ids of one source, in UTF-8."""
    begin = f"{len(source_id)}:{source_id}".encode("utf-8", "surrogatepass")
    return [blake2b(begin + one, digest_size=_HASH_BYTES).digest() for one in message_ids]


class SeenEvents:
    """The keys of every event in the window, by the day they were loaded on."""

    def __init__(self, loaded: Iterable[tuple[str, Iterable[bytes]]] = ()) -> None:
        """`loaded`: each ISO day, once, with the keys of the events that were loaded on it."""
        self._days = {day: set(keys) for day, keys in loaded}
        self._beside: tuple[frozenset[bytes], ...] = ()

    def __contains__(self, key: object) -> bool:
        for keys in (*self._days.values(), *self._beside):  # noqa: SIM110 # a generator costs as much again
            if key in keys:
                return True
        return False

    def among(self, keys: AbstractSet[bytes]) -> set[bytes]:
        """Those of `keys` that are known."""
        return {key for known in (*self._days.values(), *self._beside) for key in known & keys}

    def beside(self, keys: frozenset[bytes]) -> SeenEvents:
        """What is known together with `keys`, for as long as that does not change."""
        both = SeenEvents()
        both._days, both._beside = self._days, (*self._beside, keys)
        return both

    def remember(self, keys: Iterable[bytes], day: str) -> None:
        """Take in the keys of a batch, once it is committed."""
        self._days.setdefault(day, set()).update(keys)

    def days_before(self, first: str) -> list[str]:
        """Days that are known and lie before the window that begins with `first`."""
        return sorted(day for day in self._days if day < first)

    def forget(self, days: Iterable[str]) -> None:
        for day in days:
            self._days.pop(day, None)


def first_day(today: date, days: int) -> str:
    """The ISO date on which a window of `days` days that ends `today` begins."""
    return (today - timedelta(days=max(days, 1) - 1)).isoformat()
