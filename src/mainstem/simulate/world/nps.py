"""Once a quarter a server asks its active users how likely they would recommend the product.

Few answer; scores follow the health of the account. Answers are events of the server; what was asked and
answered is in the truth whether the server tells or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import date

    from mainstem.simulate.chance import Chance

_EVERY = 90
_FIRST = 45
_PROMOTER, _DETRACTOR = 9, 6
"""Scores from 9 on, and up to 6."""


class Survey(msgspec.Struct, frozen=True):
    asked: int
    scores: tuple[tuple[int, int], ...]
    """User and score, 0 … 10, of each answer."""

    def counts(self) -> dict[str, int]:
        return {
            "asked": self.asked,
            "answered": len(self.scores),
            "promoters": sum(score >= _PROMOTER for _, score in self.scores),
            "detractors": sum(score <= _DETRACTOR for _, score in self.scores),
        }


def is_asked(born: date, day: date) -> bool:
    return (day - born).days % _EVERY == _FIRST


def survey(chance: Chance, active: list[int], health: float, answered: float) -> Survey:
    """`health` 0 … 1 of the account; `answered`: share who answer."""
    scores = [(user, _score(chance, health)) for user in active if chance.happens(answered)]
    return Survey(len(active), tuple(scores))


def _score(chance: Chance, health: float) -> int:
    happy = 0.25 + 0.5 * health
    if chance.happens(happy):
        return chance.whole(9, 10)
    return chance.whole(7, 8) if chance.happens(0.5) else chance.whole(0, 6)
