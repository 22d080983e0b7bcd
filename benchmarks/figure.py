"""What a benchmark gives back: figures, each of them rounds of ours beside its limit. Pure.

A ratio is always ours ÷ limit of one round; `better` says which way is good. A figure that could not be
measured is a value too, so that no table leaves it out.
"""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Spread(msgspec.Struct, frozen=True):
    """A median with what it lies between."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Raises ValueError when there are none."""
        ordered = sorted(values)
        if not ordered:
            raise ValueError("no round was measured")
        return cls(statistics.median(ordered), ordered[0], ordered[-1])


class Round(msgspec.Struct, frozen=True):
    """Ours and the limit, measured next to each other, in the unit of their figure."""

    ours: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    benchmark: str
    """The benchmark it belongs to, as the command line calls it."""
    name: str
    unit: str
    limit: str
    """What ours is held against."""
    better: Literal["lower", "higher"]
    """Which ratios are good."""
    rounds: tuple[Round, ...]
    notes: tuple[str, ...] = ()
    """Facts of the same run that the ratio does not tell."""

    @property
    def command(self) -> str:
        return command_of(self.benchmark)

    @property
    def ours(self) -> Spread:
        return Spread.of(each.ours for each in self.rounds)

    @property
    def held_against(self) -> Spread:
        return Spread.of(each.limit for each in self.rounds)

    @property
    def ratio(self) -> Spread:
        return Spread.of(each.ratio for each in self.rounds)


class Detail(msgspec.Struct, frozen=True):
    """A small table that explains a figure, such as where its time goes."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """All that one benchmark gave. With `problem`, what is missing and what to do about it."""

    benchmark: str
    figures: tuple[Figure, ...] = ()
    details: tuple[Detail, ...] = ()
    problem: str | None = None


def command_of(benchmark: str) -> str:
    return f".venv/bin/python -m benchmarks {benchmark}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` do not exceed (nearest rank). Raises ValueError for no values."""
    if not values:
        raise ValueError("no value to take a percentile of")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
