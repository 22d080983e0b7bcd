"""When each task of a run ran, as bars beside each other: Airflow's Gantt view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mainstem.manifest import DagRun, TaskInstance

WIDTH = 240
"""Of the whole run, in pixels."""
_LEAST = 2.0


@dataclass(frozen=True)
class Span:
    x: float
    width: float


def spans_of(run: DagRun, instances: Iterable[TaskInstance], now: datetime) -> dict[str, Span]:
    """By task, of those that have begun: where its newest try lies in the run, of WIDTH pixels."""
    begun = [ti for ti in instances if ti.start_date is not None and ti.try_number]
    if not begun:
        return {}
    first = min(
        [ti.start_date for ti in begun if ti.start_date] + ([run.start_date] if run.start_date else [])
    )
    last = max(ti.end_date or now for ti in begun)
    whole = max((last - first).total_seconds(), 0.001)
    found = {}
    for ti in begun:
        assert ti.start_date is not None  # noqa: S101 # for mypy: such were chosen above
        start = (ti.start_date - first).total_seconds() / whole * WIDTH
        length = ((ti.end_date or now) - ti.start_date).total_seconds() / whole * WIDTH
        width = max(_LEAST, length)
        found[ti.task_id] = Span(round(min(start, WIDTH - width), 1), round(width, 1))
    return found
