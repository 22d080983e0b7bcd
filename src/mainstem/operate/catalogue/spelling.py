"""How senders spell what they send, read off events: the paths of their properties, and no value.

For sources that gateways do not watch, a look at the newest events is all there is. Names that look like data
are left out, and there is a bound on how many are remembered, because senders choose them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from mainstem.tracking.paths import is_regular
from mainstem.tracking.plan import DEEPEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str, ...]
EventKey = tuple[str, str | None]
"""Type and name; a name of `track` events alone."""

_SECTIONS = ("properties", "traits", "context")
_MOST_PATHS = 20_000
"""Of a source."""


class Spellings:
    """Feed it events, then ask what was in them."""

    def __init__(self) -> None:
        self._found: dict[str, dict[EventKey, set[Path]]] = defaultdict(lambda: defaultdict(set))
        self._counts: dict[str, int] = defaultdict(int)

    def add(self, source_id: str, event: object) -> None:
        """Any JSON will do."""
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return
        kind, name = event["type"].lower(), event.get("event")
        key = (kind, name if kind == "track" and isinstance(name, str) else None)
        known = self._found[source_id][key]
        for section in _SECTIONS:
            for path in _paths(event.get(section), (section,)):
                if path not in known and self._counts[source_id] < _MOST_PATHS:
                    self._counts[source_id] += 1
                    known.add(path)

    def of(self, source_id: str) -> Mapping[EventKey, set[Path]]:
        return self._found.get(source_id, {})


def _paths(value: Any, at: Path) -> Iterator[Path]:
    if isinstance(value, dict) and len(at) <= DEEPEST:
        for name, inner in value.items():
            if is_regular(name):
                yield from _paths(inner, (*at, name))
    elif len(at) > 1:
        yield at
