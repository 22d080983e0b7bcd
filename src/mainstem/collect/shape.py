"""How deep an event may nest and how much may stand in it, so that whoever reads it later can.

A JSON text of a few kilobytes can nest deeper than most readers' stacks, and one of a few megabytes can
hold more columns than any table. Nearly every event is seen to be small by its length and its number of
opening brackets (0.3 µs; those of a batch are counted several at a time); only the others are measured.
What stands in texts never counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.passage import TOO_DEEP

if TYPE_CHECKING:
    from collections.abc import Sequence

TOO_MANY_KEYS = "event has too many keys"

_BYTES_A_KEY = 4
"""The least a further key takes: `"":1`."""
_MOST_AT_ONCE = 16
"""Events of a batch whose brackets are counted together."""
_MARK = re.compile(rb'(?:[^"\[\]{}:]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}:])', re.DOTALL)
"""The next bracket or colon outside of a text. Nothing in it is ever tried twice (`++`): trying takes memory,
460 MB for one text of 4 MB."""


class Shape(msgspec.Struct, frozen=True):
    """What one event may be like."""

    max_depth: int = 100
    """Objects and lists within one another, the event itself among them."""
    max_keys: int = 10_000
    """Keys, objects and lists together."""

    @property
    def surely_few_keys(self) -> int:
        """Bytes up to which an event cannot have too many keys."""
        return _BYTES_A_KEY * self.max_keys

    def is_surely_small(self, event: bytes) -> bool:
        """Whether `event` cannot be over a limit, by its length and brackets alone."""
        size = len(event)
        if size > _BYTES_A_KEY * self.max_keys:
            return False
        # What is left when brackets are taken away says their number three times as fast as `count`.
        openings = 2 * size - len(event.replace(b"{", b"")) - len(event.replace(b"[", b""))
        return openings <= self.max_depth

    def are_surely_small(self, events: Sequence[msgspec.Raw]) -> list[bool]:
        """The same of each of `events`. What several are together, each of them is."""
        found: list[bool] = []
        together = self._alike(bytes(events[0]))
        for at in range(0, len(events), together):
            some = events[at : at + together]
            if self.is_surely_small(b",".join(some)):
                found += [True] * len(some)
            else:
                found += [self.is_surely_small(bytes(event)) for event in some]
        return found

    def _alike(self, event: bytes) -> int:
        """So many events like this one are surely small together; one at least."""
        openings = event.count(b"{") + event.count(b"[")
        return max(1, min(_MOST_AT_ONCE, self.max_depth // max(1, openings)))

    def objection(self, event: bytes) -> str | None:
        """Why an event, which is valid JSON, is not accepted; None when it is."""
        if self.is_surely_small(event):
            return None
        depth = keys = 0
        for mark in _MARK.finditer(event):
            sign = mark[1]
            if sign in b"]}":
                depth -= 1
                continue
            keys += 1
            if keys > self.max_keys:
                return TOO_MANY_KEYS
            if sign != b":":
                depth += 1
                if depth > self.max_depth:
                    return TOO_DEEP
        return None
