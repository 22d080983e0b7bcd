"""Chance that depends on a name alone, so that every day can be drawn without drawing the days before it.

A day's draws are named by its date: a longer history holds the shorter one unchanged, and a company
continued tomorrow repeats today's message ids, which are then dropped as duplicates.
"""

from __future__ import annotations

import random
from uuid import UUID


class Chance:
    """A random stream for one named thing under one seed. Not for secrets."""

    def __init__(self, seed: int, *name: object) -> None:
        # Text seeds are hashed with SHA-512 by `random`, the same on every machine and Python.
        self._random = random.Random(":".join(str(part) for part in (seed, *name)))  # noqa: S311 - play, not security

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def uniform(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def whole(self, low: int, high: int) -> int:
        """Both ends included."""
        return self._random.randint(low, high)

    def lognormal(self, median: float, sigma: float) -> float:
        return median * self._random.lognormvariate(0.0, sigma)

    def pick(self, weighted: dict[str, float]) -> str:
        return self._random.choices(list(weighted), list(weighted.values()))[0]

    def count(self, mean: float, most: int) -> int:
        """A small number of independent happenings, `mean` on average, never above `most`."""
        return sum(self.happens(mean / most) for _ in range(most))

    def identifier(self) -> str:
        """A version 4 UUID."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def token(self, length: int) -> str:
        """Letters and digits as installation ids have them."""
        return "".join(self._random.choices("abcdefghijkmnopqrstuwxyz13456789", k=length))
