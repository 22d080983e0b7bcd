"""Sizes as arcs of a circle, one behind the other, from the top and with the clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TURN = 2 * math.pi


def arcs(sizes: Sequence[float]) -> list[tuple[float, float]]:
    """(start, end) of each in radians; all nothing where their sum is."""
    total = sum(sizes)
    found, start = [], 0.0
    for size in sizes:
        end = start + (TURN * size / total if total else 0)
        found.append((round(start, 6), round(end, 6)))
        start = end
    return found
