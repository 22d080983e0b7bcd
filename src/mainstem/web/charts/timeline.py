"""Dates and times on an axis: where a cell stands, and which places lie between two.

A place is an ISO 8601 time in UTC, so that a browser anywhere draws the day the warehouse meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.query.result import OutputType

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query.result import Cell, OutputColumn

MOST_PLACES = 1000
"""Beyond this many places the gaps between the given ones are not filled."""


@dataclass(frozen=True)
class Timeline:
    timeframe: str
    """hour, date, week, month, quarter, year, or time for instants."""

    @classmethod
    def of(cls, column: OutputColumn) -> Timeline | None:
        """None for a column that is not about time."""
        if column.timeframe in _STEPS:
            return cls(column.timeframe)
        if column.type is OutputType.DATE:
            return cls("date")
        return cls("time") if column.type is OutputType.TIME else None

    def place(self, value: Cell) -> str:
        return _iso(_READERS.get(self.timeframe, _from_cell)(value))

    def between(self, places: tuple[str, ...]) -> tuple[str, ...]:
        """The places from first to last without a gap; as given for instants and for very long spans."""
        step = _STEPS.get(self.timeframe)
        if step is None or not places:
            return places
        current, last = datetime.fromisoformat(min(places)), datetime.fromisoformat(max(places))
        filled = []
        while current <= last:
            filled.append(_iso(current))
            if len(filled) > MOST_PLACES:
                return places
            current = step(current)
        return tuple(filled)


def _iso(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _from_cell(value: Cell) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise TypeError(f"not a date or a time: {value!r}")


def _from_month(value: Cell) -> datetime:
    year, month = str(value).split("-")
    return datetime(int(year), int(month), 1, tzinfo=UTC)


def _from_quarter(value: Cell) -> datetime:
    year, quarter = str(value).split("-Q")
    return datetime(int(year), 3 * int(quarter) - 2, 1, tzinfo=UTC)


def _from_year(value: Cell) -> datetime:
    return datetime(int(str(value)), 1, 1, tzinfo=UTC)


def _months_later(months: int) -> Callable[[datetime], datetime]:
    def step(value: datetime) -> datetime:
        count = value.year * 12 + value.month - 1 + months
        return value.replace(year=count // 12, month=count % 12 + 1)

    return step


_READERS: dict[str, Callable[[Cell], datetime]] = {
    "month": _from_month,
    "quarter": _from_quarter,
    "year": _from_year,
}
_STEPS: dict[str, Callable[[datetime], datetime]] = {
    "hour": lambda value: value + timedelta(hours=1),
    "date": lambda value: value + timedelta(days=1),
    "week": lambda value: value + timedelta(weeks=1),
    "month": _months_later(1),
    "quarter": _months_later(3),
    "year": _months_later(12),
}
