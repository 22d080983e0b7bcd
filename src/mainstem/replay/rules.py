"""Rules that mend held events: what an event must be like, and what is then done to it.

Pure: the same event and rules give the same bytes, an event that no rule takes keeps its bytes, and nothing
an event can hold raises. Every rule that matches acts, in the order of the files; a later rule sees what the
earlier ones have made.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from mainstem.replay.actions import Action
from mainstem.replay.paths import Path, spots, value_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.replay.held import HeldEvent

Test = Literal["exists", "equals", "matches", "is"]
JSON_TYPES = ("string", "number", "boolean", "object", "list", "null")


class Condition(msgspec.Struct, frozen=True):
    """About what stands at a path; true when it is true of any place that the path names."""

    path: Path
    test: Test
    value: Any
    """`exists`: whether there is to be anything; `equals`: a JSON value; `matches`: a regular expression that
    a text holds; `is`: one of JSON_TYPES."""

    def holds(self, event: dict[str, Any]) -> bool:
        values = [value_at(spot) for spot in spots(event, self.path)]
        match self.test:
            case "exists":
                return bool(values) is self.value
            case "equals":
                return any(_same(value, self.value) for value in values)
            case "matches":
                return any(isinstance(value, str) and re.search(self.value, value) for value in values)
            case "is":
                return any(_json_type(value) == self.value for value in values)


class Match(msgspec.Struct, frozen=True):
    """All that is named must fit; of several values for one thing, any. `*` stands for any text."""

    sources: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    """Names of track events."""
    types: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()

    def takes(self, source_id: str, reason: str, event: dict[str, Any]) -> bool:
        return (
            _fits(source_id, self.sources)
            and _fits(reason, self.reasons)
            and _fits(event.get("event"), self.events)
            and _fits(event.get("type"), self.types)
            and all(condition.holds(event) for condition in self.where)
        )


class Rule(msgspec.Struct, frozen=True):
    name: str
    """Stands in what is told of an event that it mended."""
    match: Match
    actions: tuple[Action, ...]


class Mended(msgspec.Struct, frozen=True):
    event: bytes
    rules: tuple[str, ...] = ()
    """Names of those that matched."""


def mend(rules: Sequence[Rule], held: HeldEvent) -> Mended:
    """`held.event` as the rules make it."""
    if not rules:
        return Mended(held.event)
    try:
        event = msgspec.json.decode(held.event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Mended(held.event)
    if not isinstance(event, dict):
        return Mended(held.event)
    used = []
    for rule in rules:
        if rule.match.takes(held.source_id, held.reason, event):
            used.append(rule.name)
            for action in rule.actions:
                action.apply(event)
    return Mended(msgspec.json.encode(event), tuple(used)) if used else Mended(held.event)


def _fits(value: object, patterns: tuple[str, ...]) -> bool:
    return not patterns or (isinstance(value, str) and any(fnmatchcase(value, one) for one in patterns))


def _same(value: Any, wanted: Any) -> bool:
    return bool(value == wanted) and isinstance(value, bool) is isinstance(wanted, bool)


def _json_type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case dict():
            return "object"
        case _:
            return "list"
