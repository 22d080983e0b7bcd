"""Rows of an answer → what a page tells: steps, cells and paths with their shares."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from mainstem.cohorts.retention import periods_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.cohorts.definition import Funnel, Paths, Retention
    from mainstem.query.result import Cell, QueryResult


@dataclass(frozen=True)
class Step:
    number: int
    units: int
    dropped: int
    in_time: int
    seconds: float | None
    """Median from the step before; None for the first, and where nobody got here."""
    from_start: float | None
    of_first: float | None
    """Share of those at the first step."""
    of_before: float | None


@dataclass(frozen=True)
class FunnelAnswer:
    steps: tuple[Step, ...]
    """Each of the definition's, those that nobody reached too."""
    segments: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    """Largest first; `Other` last."""


@dataclass(frozen=True)
class RetentionCell:
    first: int
    last: int
    retained: int
    share: float
    is_matured: bool


@dataclass(frozen=True)
class RetentionRow:
    start: date
    size: int
    cells: tuple[RetentionCell, ...]


@dataclass(frozen=True)
class CurvePoint:
    first: int
    last: int
    size: int
    """Of the rows whose period is over."""
    retained: int
    share: float | None
    """None while no row's period is over."""


@dataclass(frozen=True)
class RetentionAnswer:
    rows: tuple[RetentionRow, ...]
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class TakenPath:
    names: tuple[str | None, ...]
    units: int
    share: float


@dataclass(frozen=True)
class Edge:
    step: int
    """Of the source, from 0 at the anchor."""
    source: str
    target: str | None
    """None: it ended there."""
    units: int


@dataclass(frozen=True)
class PathsAnswer:
    units: int
    paths: tuple[TakenPath, ...]
    """Most taken first."""
    edges: tuple[Edge, ...]


def funnel_answer(funnel: Funnel, result: QueryResult) -> FunnelAnswer:
    found: dict[str | None, dict[int, Sequence[Cell]]] = defaultdict(dict)
    for row in result.rows:
        found[None if row[0] == "all" else str(row[1])][_whole(row[2])] = row[3:]
    whole = found.pop(None, {})
    count = len(funnel.steps)
    segments = [(str(name), _steps(rows, count)) for name, rows in found.items()]
    segments.sort(key=lambda one: (one[0] == "Other", -one[1][0].units, one[0]))
    return FunnelAnswer(_steps(whole, count), tuple(segments))


def _steps(rows: dict[int, Sequence[Cell]], count: int) -> tuple[Step, ...]:
    first = _whole(rows[1][0]) if 1 in rows else 0
    steps: list[Step] = []
    for number in range(1, count + 1):
        units, dropped, in_time, seconds, from_start = rows.get(number, (0, 0, 0, None, None))
        before = steps[-1].units if steps else 0
        steps.append(
            Step(
                number,
                _whole(units),
                _whole(dropped),
                _whole(in_time),
                None if seconds is None or number == 1 else float(str(seconds)),
                None if from_start is None or number == 1 else float(str(from_start)),
                _whole(units) / first if first else None,
                _whole(units) / before if before else None,
            )
        )
    return tuple(steps)


def retention_answer(retention: Retention, result: QueryResult) -> RetentionAnswer:
    cells: dict[date, list[RetentionCell]] = defaultdict(list)
    sizes: dict[date, int] = {}
    for start, first, last, size, retained, matured in result.rows:
        day = _day(start)
        sizes[day] = _whole(size)
        if _whole(first) > 0:
            kept = _whole(retained)
            share = kept / _whole(size)
            cells[day].append(RetentionCell(_whole(first), _whole(last), kept, share, bool(matured)))
    rows = tuple(RetentionRow(day, size, tuple(cells[day])) for day, size in sorted(sizes.items()))
    return RetentionAnswer(rows, tuple(_curve(rows, place) for place in periods_of(retention)))


def _curve(rows: tuple[RetentionRow, ...], period: tuple[int, int]) -> CurvePoint:
    over = [
        (row.size, cell.retained)
        for row in rows
        for cell in row.cells
        if (cell.first, cell.last) == period and cell.is_matured
    ]
    size, retained = sum(one for one, _ in over), sum(one for _, one in over)
    return CurvePoint(*period, size, retained, retained / size if size else None)


def paths_answer(paths: Paths, result: QueryResult) -> PathsAnswer:
    taken = [
        (tuple(None if one is None else str(one) for one in row[:-1]), _whole(row[-1])) for row in result.rows
    ]
    total = sum(units for _, units in taken)
    edges: dict[tuple[int, str, str | None], int] = defaultdict(int)
    for names, units in taken:
        for step, (source, target) in enumerate(pairwise(names)):
            if source is not None:
                edges[step, source, target] += units
    return PathsAnswer(
        total,
        tuple(TakenPath(names, units, units / total) for names, units in taken),
        tuple(
            Edge(*edge, units) for edge, units in sorted(edges.items(), key=lambda one: (one[0][0], -one[1]))
        ),
    )


def _whole(value: Cell) -> int:
    return 0 if value is None else int(str(value))


def _day(value: Cell) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])
