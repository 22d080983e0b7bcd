"""LookML's newspaper layout as CSS: 24 columns, rows of equal height, each tile where it was put.

Tiles keep their reading order (by row, then column) in the page itself, so keyboards, screen readers and
phones meet them in the order people see them. No style stands in the page: it is a stylesheet of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.dashboard import Dashboard, Element

COLUMNS = 24
DEFAULT_WIDTH = 8
DEFAULT_HEIGHT = 6


@dataclass(frozen=True)
class Place:
    """Where a tile stands; all counted from 0."""

    id: str
    element: Element
    row: int
    col: int
    width: int
    height: int


def places(dashboard: Dashboard) -> tuple[Place, ...]:
    """Every tile in reading order; one without a position comes below those that have one."""
    below = max((_end(e) for e in dashboard.elements if e.row is not None), default=0)
    placed = []
    col = 0
    for number, element in enumerate(dashboard.elements):
        width, height = _size(element)
        if element.row is not None:
            row, left = max(element.row, 0), min(max(element.col or 0, 0), COLUMNS - width)
        else:
            if col + width > COLUMNS:
                below, col = below + DEFAULT_HEIGHT, 0
            row, left, col = below, col, col + width
        placed.append(Place(f"tile-{number}", element, row, left, width, height))
    return tuple(sorted(placed, key=lambda place: (place.row, place.col)))


def stylesheet(placed: tuple[Place, ...]) -> str:
    rules = "\n".join(
        f"  #{p.id} {{ grid-area: {p.row + 1} / {p.col + 1} / span {p.height} / span {p.width}; }}"
        for p in placed
    )
    return f"@media print, (min-width: 60rem) {{\n{rules}\n}}\n"


def digest(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:16]


def _end(element: Element) -> int:
    return (element.row or 0) + _size(element)[1]


def _size(element: Element) -> tuple[int, int]:
    """Width and height, kept within the grid."""
    width = DEFAULT_WIDTH if element.width is None else element.width
    height = DEFAULT_HEIGHT if element.height is None else element.height
    return min(max(width, 1), COLUMNS), max(height, 1)
