"""The values of events, by where they stand: what a form of event consists of, learned from examples.

Objects in which RudderStack looks for values are opened; whatever else stands at the top of an event is
counted whole. It judges nothing: what a value becomes is asked of the transform.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str, ...]

OPENED = frozenset({"context", "properties", "traits", "userProperties"})
_NEVER = frozenset({"receivedAt", "request_ip", "rudderId"})
"""What the gateway fills in: an event that brings its own is not of the usual form."""
_FIXED = frozenset({"type", "event"})
"""The same for all events of a lane."""
MOST_LEAVES = 600
_DEEPEST = 8


class Kind(StrEnum):
    """What JSON a value is."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    LIST = "list"
    OBJECT = "object"
    """At the top of an event only: elsewhere objects are opened."""
    NULL = "null"


class Leaf(msgspec.Struct, frozen=True):
    path: Path
    kind: Kind

    def put(self, value: object, into: dict[str, Any]) -> None:
        """Put `value` at this leaf's place in an event."""
        for key in self.path[:-1]:
            into = into.setdefault(key, {})
        into[self.path[-1]] = value


class Sightings:
    """Counts the leaves of examples."""

    def __init__(self) -> None:
        self.events = 0
        self._kinds: dict[Path, Counter[Kind]] = {}

    def add(self, event: Mapping[str, Any]) -> None:
        self.events += 1
        for path, kind in _leaves(event):
            if path in self._kinds or len(self._kinds) < 4 * MOST_LEAVES:
                self._kinds.setdefault(path, Counter())[kind] += 1

    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves seen most often, each with the kind it mostly is, none within another; sorted."""
        chosen: dict[Path, Kind] = {}
        for path, kinds in sorted(self._kinds.items(), key=lambda item: (-item[1].total(), item[0])):
            if len(chosen) == MOST_LEAVES:
                break
            if not any(_one_holds_the_other(path, other) for other in chosen):
                chosen[path] = _usual(kinds)
        return tuple(Leaf(path, chosen[path]) for path in sorted(chosen))


def _usual(kinds: Counter[Kind]) -> Kind:
    """Numbers are floats as soon as one is; null says nothing of what else may come."""
    kinds = Counter({kind: count for kind, count in kinds.items() if kind is not Kind.NULL}) or kinds
    usual = max(kinds, key=lambda kind: (kinds[kind], kind))
    return Kind.FLOAT if usual is Kind.INT and kinds[Kind.FLOAT] else usual


def _one_holds_the_other(path: Path, other: Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _leaves(event: Mapping[str, Any]) -> Iterator[tuple[Path, Kind]]:
    for key, value in event.items():
        if key in _FIXED or key in _NEVER:
            continue
        if key in OPENED and isinstance(value, dict):
            yield from _within((key,), value)
        else:
            yield (key,), kind_of(value)


def _within(path: Path, value: Mapping[str, Any]) -> Iterator[tuple[Path, Kind]]:
    for key, item in value.items():
        if path[-1] == "traits" and key.isdecimal():
            continue  # may be a text spelled out, which is read as a whole
        if not isinstance(item, dict):
            yield (*path, key), kind_of(item)
        elif len(path) < _DEEPEST:
            yield from _within((*path, key), item)


def kind_of(value: object) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOL
    for kind, types in _KINDS:
        if isinstance(value, types):
            return kind
    return Kind.NULL


_KINDS: tuple[tuple[Kind, type], ...] = (
    (Kind.TEXT, str),
    (Kind.INT, int),
    (Kind.FLOAT, float),
    (Kind.LIST, list),
    (Kind.OBJECT, dict),
)
