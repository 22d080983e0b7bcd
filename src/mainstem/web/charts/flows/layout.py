"""Where places and flows lie: columns left to right, boxes as high as what passes through them.

All is in a square of one by one, so a page may give it any size. A place stands behind every place that
leads to it; flows that lead in a circle have no such order and are refused.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.web.charts.flows.edges import Flow, Place

_GAPS = 0.25
"""Of the height of the fullest column, the part left between boxes; more where these are so many that the
names of small ones would run into each other."""
_LEAST_GAP = 0.055
_MOST_GAPS = 0.6
_SWEEPS = 6


@dataclass(frozen=True)
class Box:
    place: Place
    column: int
    low: float
    high: float
    """Of 0 … 1 from the top."""


@dataclass(frozen=True)
class Ribbon:
    """A flow between the edges of two boxes; both ends are as high as it is large."""

    flow: Flow
    from_column: int
    to_column: int
    from_low: float
    from_high: float
    to_low: float
    to_high: float


@dataclass(frozen=True)
class Layout:
    columns: int
    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]


def lay_out(flows: Sequence[Flow]) -> Layout:
    """Raises QueryError when flows lead in a circle."""
    columns = _columns(flows)
    sizes = sizes_of(flows)
    order = _ordered(flows, columns, sizes)
    boxes = _stacked(order, sizes)
    return Layout(len(order), tuple(boxes.values()), tuple(_ribbons(flows, boxes)))


def _columns(flows: Sequence[Flow]) -> dict[Place, int]:
    """The longest way to a place, in steps. Ends stand in the last column, but where steps are told."""
    following: dict[Place, list[Place]] = defaultdict(list)
    waiting: dict[Place, int] = {}
    for flow in flows:
        following[flow.source].append(flow.target)
        waiting.setdefault(flow.source, 0)
        waiting[flow.target] = waiting.get(flow.target, 0) + 1
    columns = {place: 0 for place, before in waiting.items() if before == 0}
    ready = list(columns)
    while ready:
        place = ready.pop()
        for target in following[place]:
            columns[target] = max(columns.get(target, 0), columns[place] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    circle = sorted(place.name for place, before in waiting.items() if before > 0)
    if circle:
        named = ", ".join(circle[:5])
        raise QueryError(f"flows lead in a circle through {named}; number the steps, as in `1. {circle[0]}`")
    if any(place.step for place in columns):
        return columns
    last = max(columns.values())
    return {place: column if following[place] else last for place, column in columns.items()}


def sizes_of(flows: Iterable[Flow]) -> dict[Place, float]:
    """What comes in or goes out of a place, whichever is more."""
    comes: dict[Place, float] = defaultdict(float)
    goes: dict[Place, float] = defaultdict(float)
    for flow in flows:
        goes[flow.source] += flow.value
        comes[flow.target] += flow.value
    return {place: max(comes[place], goes[place]) for place in [*goes, *comes]}


def _ordered(
    flows: Sequence[Flow], columns: Mapping[Place, int], sizes: Mapping[Place, float]
) -> list[list[Place]]:
    """Large places first, then each column by where its neighbours stand, so that fewer flows cross."""
    order: list[list[Place]] = [[] for _ in range(max(columns.values()) + 1)]
    for place in sorted(columns, key=lambda place: (-sizes[place], place.name)):
        order[columns[place]].append(place)
    near: dict[Place, list[tuple[Place, float]]] = defaultdict(list)
    for flow in flows:
        near[flow.source].append((flow.target, flow.value))
        near[flow.target].append((flow.source, flow.value))
    best, fewest = [list(column) for column in order], _crossings(flows, order)
    for sweep in range(_SWEEPS):
        rank = {place: (n + 0.5) / len(column) for column in order for n, place in enumerate(column)}
        for column in order if sweep % 2 == 0 else reversed(order):
            column.sort(key=lambda place: _centre(near[place], rank))
            rank |= {place: (n + 0.5) / len(column) for n, place in enumerate(column)}
        crossings = _crossings(flows, order)
        if crossings < fewest:
            best, fewest = [list(column) for column in order], crossings
    return best


def _centre(neighbours: Sequence[tuple[Place, float]], rank: Mapping[Place, float]) -> float:
    weight = sum(value for _, value in neighbours)
    return sum(rank[place] * value for place, value in neighbours) / weight


def _crossings(flows: Sequence[Flow], order: Sequence[Sequence[Place]]) -> float:
    """How much crosses: for each pair of flows between the same columns, the smaller one."""
    rank = {place: n for column in order for n, place in enumerate(column)}
    column_of = {place: n for n, column in enumerate(order) for place in column}
    between: dict[tuple[int, int], list[tuple[int, int, float]]] = defaultdict(list)
    for flow in flows:
        ends = (column_of[flow.source], column_of[flow.target])
        between[ends].append((rank[flow.source], rank[flow.target], flow.value))
    return sum(
        min(one[2], other[2])
        for pairs in between.values()
        for n, one in enumerate(pairs)
        for other in pairs[:n]
        if (one[0] - other[0]) * (one[1] - other[1]) < 0
    )


def _stacked(order: Sequence[Sequence[Place]], sizes: Mapping[Place, float]) -> dict[Place, Box]:
    """Each column in the middle of the height, all to one scale."""
    most = max(sum(sizes[place] for place in column) for column in order)
    gaps = max(len(column) for column in order) - 1
    apart = min(max(_GAPS, gaps * _LEAST_GAP), _MOST_GAPS) if gaps else 0
    scale = (1 - apart) / most
    gap = apart / gaps if gaps else 0
    boxes = {}
    for number, column in enumerate(order):
        height = sum(sizes[place] for place in column) * scale + gap * (len(column) - 1)
        low = (1 - height) / 2
        for place in column:
            high = low + sizes[place] * scale
            boxes[place] = Box(place, number, low, high)
            low = high + gap
    return boxes


def _ribbons(flows: Sequence[Flow], boxes: Mapping[Place, Box]) -> Iterable[Ribbon]:
    """On each edge of a box in the order in which the other ends stand."""
    sizes = sizes_of(flows)
    leaving: dict[Place, float] = {place: box.low for place, box in boxes.items()}
    arriving = dict(leaving)
    starts: dict[Flow, float] = {}
    for flow in sorted(flows, key=lambda flow: (boxes[flow.target].low, boxes[flow.target].column)):
        starts[flow] = leaving[flow.source]
        leaving[flow.source] += flow.value * _scale(boxes[flow.source], sizes)
    for flow in sorted(flows, key=lambda flow: (boxes[flow.source].low, boxes[flow.source].column)):
        source, target = boxes[flow.source], boxes[flow.target]
        height = flow.value * _scale(source, sizes)
        start, end = starts[flow], arriving[flow.target]
        arriving[flow.target] += height
        yield Ribbon(flow, source.column, target.column, start, start + height, end, end + height)


def _scale(box: Box, sizes: Mapping[Place, float]) -> float:
    return (box.high - box.low) / sizes[box.place]
