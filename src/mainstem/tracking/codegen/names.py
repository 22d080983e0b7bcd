"""Names in code for names in plans: legal, told apart, and the same every time."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from mainstem.tracking.plan import PlannedEvent

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(text: str) -> list[str]:
    """`Order Completed`, `orderCompleted` and `order_completed` are the same two words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORDS.findall(plain)] or ["unnamed"]


def snake_case(text: str) -> str:
    return _begun("_".join(words(text)))


def camel_case(text: str) -> str:
    first, *rest = words(text)
    return _begun(first + "".join(map(str.capitalize, rest)))


def pascal_case(text: str) -> str:
    return _begun("".join(map(str.capitalize, words(text))))


def _begun(name: str) -> str:
    return f"_{name}" if name[0].isdigit() else name


class Names:
    """Hands out names of one scope; one that is taken gets a number, a reserved one an underscore."""

    def __init__(self, reserved: Container[str]) -> None:
        self._reserved = reserved
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        name = f"{wanted}_" if wanted in self._reserved else wanted
        number = 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def event_words(event: PlannedEvent) -> str:
    """What an event's function is named after: `Signed Up`, `page Home`, `identify`."""
    return event.name or "" if event.type == "track" else f"{event.type} {event.name or ''}".strip()


def about(event: PlannedEvent) -> list[str]:
    """Lines for people: what it is, who answers for it, since when."""
    lines = [line.strip() for line in event.description.splitlines() if line.strip()]
    if event.owner:
        lines.append(f"Owner: {event.owner}.")
    if event.since:
        lines.append(f"Since version {event.since}.")
    if event.sample_rate < 1:
        lines.append(f"Sampled: a part of {event.sample_rate:g} is kept.")
    return lines
