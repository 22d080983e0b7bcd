"""What personal data and secrets look like in text, a module for each kind. Pure; none looks at an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from mainstem.privacy.detectors import card, email, phone, token

DetectorName = Literal["email", "card", "phone", "token"]
Spans = Callable[[str], Iterable[tuple[int, int]]]


class Detector(NamedTuple):
    name: DetectorName
    spans: Spans
    """Begin and end of each find in a text, from left to right, none overlapping."""
    spans_in_id: Spans
    """The same for an id, which may be as random as it likes."""
    is_name: Callable[[str], bool]
    """Whether a property of that name (in lower case, without separators) holds such a thing."""


DETECTORS: tuple[Detector, ...] = (
    Detector("email", email.spans, email.spans, email.is_name),
    Detector("card", card.spans, card.spans, card.is_name),
    Detector("phone", phone.spans, phone.spans, phone.is_name),
    Detector("token", token.spans, token.known_spans, token.is_name),
)
"""In the order they look: what one has found, the next does not see."""

__all__ = ["DETECTORS", "Detector", "DetectorName", "Spans"]
