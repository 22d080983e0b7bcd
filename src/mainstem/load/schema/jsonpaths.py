"""Which parts of an event are stored as JSON instead of being flattened.

A path counts when its dots and its text with the dots made underscores agree with a key's: that is how
RudderStack compares them, so `a.b_c` and `a_b.c` name the same key; of paths that differ in their dots alone
the last one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

_TYPES = ("alias", "extract", "group", "identify", "page", "screen", "track")


class JsonPaths(msgspec.Struct, frozen=True):
    """Paths ready to be looked up: key with underscores → dots."""

    full: dict[str, int]
    """Begin with an event type."""
    bare: dict[str, int]
    """Begin anywhere; the older form, heeded for track events only."""

    @classmethod
    def of(cls, paths: Iterable[str]) -> JsonPaths:
        full: dict[str, int] = {}
        bare: dict[str, int] = {}
        for path in paths:
            kind = full if path.startswith(tuple(f"{name}." for name in _TYPES)) else bare
            kind[path.replace(".", "_")] = path.count(".")
        return cls(full, bare)
