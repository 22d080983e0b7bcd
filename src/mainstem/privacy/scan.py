"""Look through events for what the detectors know, and count it by where it stood. No value is ever kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.privacy.detectors import DETECTORS, DetectorName
from mainstem.privacy.notes import step_name
from mainstem.privacy.paths import MOST_LEVELS, path_of
from mainstem.privacy.text import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator


class Found(msgspec.Struct, frozen=True):
    """So many finds of one kind at one path."""

    source: str
    event: str
    """The event's name, or its type where it has none."""
    path: str
    detector: DetectorName
    count: int


class Scan:
    """Feed it events, then ask what was found."""

    def __init__(self) -> None:
        self.events = 0
        self._counts: Counter[tuple[str, str, str, DetectorName]] = Counter()
        self._redactions = [(d.name, Redaction({d.name: "mask"})) for d in DETECTORS]

    def add(self, source: str, event: Any) -> None:
        """Any JSON will do."""
        self.events += 1
        name = _name_of(event)
        for path, detector in self._finds(event, ()):
            self._counts[source, name, path, detector] += 1

    def found(self) -> tuple[Found, ...]:
        """Most frequent first."""
        ordered = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Found(*key, count) for key, count in ordered)

    def _finds(self, value: Any, at: tuple[str, ...]) -> Iterator[tuple[str, DetectorName]]:
        if len(at) > MOST_LEVELS:
            return
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from ((path_of(at, "*"), detector) for detector in self._in_text(name))
                named = [
                    d
                    for d, redaction in self._redactions
                    if _is_value(inner) and redaction.value_mark(name, inner)
                ]
                yield from ((path_of(at, name), detector) for detector in named)
                if not named:
                    yield from self._finds(inner, (*at, name))
        elif isinstance(value, list):
            for inner in value:
                yield from self._finds(inner, (*at, "*"))
        elif isinstance(value, str):
            yield from ((path_of(at), detector) for detector in self._in_text(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            yield from (
                (path_of(at), detector) for detector in self._in_text(str(value)) if detector == "card"
            )

    def _in_text(self, text: str) -> Iterator[DetectorName]:
        for detector, redaction in self._redactions:
            if redaction.clean(text) != text:
                yield detector


def _is_value(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _name_of(event: Any) -> str:
    if not isinstance(event, dict):
        return "(no event)"
    kind, name = event.get("type"), event.get("event")
    if kind == "track" and isinstance(name, str) and name:
        return step_name(name)
    return step_name(kind) if isinstance(kind, str) else "(no event)"
