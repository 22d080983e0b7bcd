"""Where the boxes and arrows of a graph lie: columns from what comes first to what comes last.

A box stands in the column behind the last of what leads to it. Arrows over several columns are led through
places of their own, so that none runs across a box; the order within a column is what crosses least. All is
decided from names and arrows alone: the same graph always looks the same. It refuses nothing: an arrow that
would close a circle is drawn, and orders nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOX = (184, 36)
"""Width and height, in pixels."""
_COLUMN_GAP = 56
_ROW_GAP = 10
_BEND = 28
_MARGIN = 4
_SWEEPS = 8
_PASSING_HEIGHT = 6
"""Of the place of an arrow that passes a column."""


@dataclass(frozen=True)
class Box:
    name: str
    x: float
    y: float
    width: int = BOX[0]
    height: int = BOX[1]


@dataclass(frozen=True)
class Arrow:
    before: str
    after: str
    path: str
    """As SVG's `d`."""


@dataclass(frozen=True)
class Graph:
    boxes: tuple[Box, ...]
    """Column by column, each from the top."""
    arrows: tuple[Arrow, ...]
    width: int
    height: int


@dataclass(frozen=True)
class _Passing:
    """The place of an arrow in a column between its ends."""

    before: str
    after: str
    column: int


_Node = str | _Passing


@lru_cache(maxsize=64)
def lay_out(names: tuple[str, ...], arrows: tuple[tuple[str, str], ...]) -> Graph:
    """Remembered: a page that follows a run asks for the same graph every few seconds. `arrows` are
    (before, after) of `names`; those of other names are left out."""
    known = set(names)
    drawn = [(a, b) for a, b in dict.fromkeys(arrows) if a in known and b in known and a != b]
    column = _columns(names, drawn)
    chains = {pair: _chain(*pair, column) for pair in drawn}
    columns = _ordered(names, column, chains)
    y = _heights(columns, chains)
    boxes = [
        Box(node, _MARGIN + at * (BOX[0] + _COLUMN_GAP), y[node])
        for at, nodes in enumerate(columns)
        for node in nodes
        if isinstance(node, str)
    ]
    place = {box.name: box for box in boxes}
    width = max((box.x + box.width for box in boxes), default=0) + _MARGIN
    height = max((y[node] + _height(node) for nodes in columns for node in nodes), default=0) + _MARGIN
    return Graph(
        tuple(boxes),
        tuple(Arrow(a, b, _path(place[a], chain[1:-1], place[b], y)) for (a, b), chain in chains.items()),
        round(width),
        round(height),
    )


def _columns(names: Sequence[str], arrows: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The longest way to each, in arrows; what first closes a circle counts as no arrow."""
    before: dict[str, list[str]] = defaultdict(list)
    for a, b in arrows:
        before[b].append(a)
    column: dict[str, int] = {}
    for name in names:
        path: list[str] = [name]
        while path:
            here = path[-1]
            waiting = [a for a in before[here] if a not in column and a not in path]
            if waiting:
                path.append(waiting[0])
                continue
            column[here] = max((column[a] + 1 for a in before[here] if a in column), default=0)
            path.pop()
    return column


def _chain(a: str, b: str, column: Mapping[str, int]) -> list[_Node]:
    return [a, *(_Passing(a, b, at) for at in range(column[a] + 1, column[b])), b]


def _ordered(
    names: Sequence[str], column: Mapping[str, int], chains: Mapping[tuple[str, str], list[_Node]]
) -> list[list[_Node]]:
    """Columns of nodes, swept to and fro: each node goes where the middle of its neighbours is."""
    columns: list[list[_Node]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for name in names:
        columns[column[name]].append(name)
    links: dict[_Node, list[_Node]] = defaultdict(list)
    back: dict[_Node, list[_Node]] = defaultdict(list)
    for chain in chains.values():
        for node in chain[1:-1]:
            assert isinstance(node, _Passing)  # noqa: S101 # for mypy: only the ends are names
            columns[node.column].append(node)
        for one, other in pairwise(chain):
            links[one].append(other)
            back[other].append(one)
    best, least = [list(nodes) for nodes in columns], _crossings(columns, links)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        order = range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1)
        for at in order:
            beside = columns[at - 1] if forward else columns[at + 1]
            rank = {node: float(n) for n, node in enumerate(beside)}
            columns[at] = _by_middle(columns[at], rank, back if forward else links)
        crossed = _crossings(columns, links)
        if crossed < least:
            best, least = [list(nodes) for nodes in columns], crossed
    return best


def _by_middle(
    nodes: list[_Node], rank: Mapping[_Node, float], beside: Mapping[_Node, list[_Node]]
) -> list[_Node]:
    """Ordered by the mean place of their neighbours; one without any keeps its own."""

    def wanted(at: int, node: _Node) -> float:
        found = [rank[other] for other in beside.get(node, ()) if other in rank]
        return sum(found) / len(found) if found else float(at)

    middles = {node: wanted(at, node) for at, node in enumerate(nodes)}
    return sorted(nodes, key=lambda node: middles[node])


def _crossings(columns: list[list[_Node]], links: Mapping[_Node, list[_Node]]) -> int:
    crossed = 0
    for nodes, following in pairwise(columns):
        rank = {node: at for at, node in enumerate(following)}
        ends = [
            rank[other]
            for node in nodes
            for other in sorted((o for o in links.get(node, ()) if o in rank), key=lambda o: rank[o])
        ]
        crossed += sum(ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends)))
    return crossed


def _heights(columns: list[list[_Node]], chains: Mapping[tuple[str, str], list[_Node]]) -> dict[_Node, float]:
    """The top of each node: near the middle of its neighbours, its column's order kept, none overlapping."""
    near: dict[_Node, list[_Node]] = defaultdict(list)
    for chain in chains.values():
        for one, other in pairwise(chain):
            near[one].append(other)
            near[other].append(one)
    top: dict[_Node, float] = {}
    for nodes in columns:
        at = float(_MARGIN)
        for node in nodes:
            top[node] = at
            at += _height(node) + _ROW_GAP
    for sweep in range(_SWEEPS):
        for nodes in columns if sweep % 2 == 0 else reversed(columns):
            wanted = [_wanted(node, near[node], top) for node in nodes]
            top.update(zip(nodes, _apart(nodes, wanted), strict=True))
    lowest = min(top.values(), default=0.0)
    return {node: round(value - lowest + _MARGIN, 1) for node, value in top.items()}


def _wanted(node: _Node, near: list[_Node], top: Mapping[_Node, float]) -> float:
    if not near:
        return top[node]
    middles = [top[other] + _height(other) / 2 for other in near]
    return sum(middles) / len(middles) - _height(node) / 2


def _apart(nodes: list[_Node], wanted: list[float]) -> list[float]:
    """Places in order, as near to `wanted` as not overlapping allows: what collides moves as one block."""
    blocks: list[tuple[float, float, int]] = []  # (sum of wanted tops less offsets, height, nodes)
    for node, at in zip(nodes, wanted, strict=True):
        total, height, count = at, float(_height(node) + _ROW_GAP), 1
        while blocks and blocks[-1][0] / blocks[-1][2] + blocks[-1][1] > total / count:
            before_total, before_height, before_count = blocks.pop()
            total = before_total + total - before_height * count
            height, count = before_height + height, before_count + count
        blocks.append((total, height, count))
    found: list[float] = []
    rest = iter(nodes)
    for total, _, count in blocks:
        here = total / count
        for _ in range(count):
            found.append(here)
            here += _height(next(rest)) + _ROW_GAP
    return found


def _height(node: _Node) -> int:
    return BOX[1] if isinstance(node, str) else _PASSING_HEIGHT


def _path(start: Box, passing: Sequence[_Node], end: Box, y: Mapping[_Node, float]) -> str:
    """A curve from the right of one box to the left of another, straight past the columns between."""
    x, at = start.x + start.width, start.y + start.height / 2
    parts = [f"M{x:g} {at:g}"]
    for node in passing:
        assert isinstance(node, _Passing)  # noqa: S101 # for mypy: only the ends are names
        left = _MARGIN + node.column * (BOX[0] + _COLUMN_GAP)
        middle = y[node] + _PASSING_HEIGHT / 2
        parts.append(f"C{x + _BEND:g} {at:g} {left - _BEND:g} {middle:g} {left:g} {middle:g}H{left + BOX[0]}")
        x, at = left + BOX[0], middle
    goal = end.y + end.height / 2
    parts.append(f"C{x + _BEND:g} {at:g} {end.x - _BEND:g} {goal:g} {end.x:g} {goal:g}")
    return "".join(parts)
