"""Names of fields for columns: each one that LookML takes, and none twice.

A column keeps its name where that can be. The fields of a dimension group count as names too: `created_at`
is the group `created` only where nothing else is `created`, `created_date`, ….
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from mainstem.operate.scaffold.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEFRAMES = {
    Kind.DATE: ("raw", "date", "week", "month", "quarter", "year"),
    Kind.TIME: ("raw", "time", "hour", "date", "week", "month", "quarter", "year"),
}
_WHEN = re.compile(r"_(at|on|date|ts|timestamp|time|day)$", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"\W+", re.ASCII)


class Names:
    def __init__(self, columns: Mapping[str, Kind]) -> None:
        self._taken: set[str] = set()
        plain = [name for name, kind in columns.items() if kind not in TIMEFRAMES]
        self.of_column = {name: self.free(_plain(name)) for name in plain}
        """Column → its dimension, or its dimension group."""
        for name, kind in columns.items():
            if kind in TIMEFRAMES:
                self.of_column[name] = self._group(_plain(name), TIMEFRAMES[kind])

    def free(self, name: str, *parts: str) -> str:
        """That name, or that with a number: neither it nor it with one of `parts` behind it is taken. Now it
        is."""
        for number in count(1):
            tried = name if number == 1 else f"{name}_{number}"
            makes = _made(tried, parts)
            if not makes & self._taken:
                self._taken |= makes
                return tried
        raise AssertionError(name)

    def _group(self, name: str, timeframes: tuple[str, ...]) -> str:
        short = _WHEN.sub("", name)
        return self.free(name if _made(short, timeframes) & self._taken else short, *timeframes)


def _made(name: str, parts: tuple[str, ...]) -> set[str]:
    return {made.lower() for made in (name, *(f"{name}_{part}" for part in parts))}


def _plain(column: str) -> str:
    return _NOT_IN_NAMES.sub("_", column).strip("_") or "field"
