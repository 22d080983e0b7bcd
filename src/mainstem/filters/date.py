"""Date filters: `7 days`, `last month`, `2 weeks ago for 1 week`, `after 2024-01-01`, `FY2024-Q1`.

A comma joins alternatives, `not` refuses one. `n days` counts the present one; `n days ago for n days` are
whole past ones; `last n days` is `n days`, while `last week` is the week before this one, as Looker has it.
A range holds its beginning and not its end. The present is passed in, so that a meaning can be repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.errors import FilterError, QueryError
from mainstem.filters.calendar import WEEKDAYS, Calendar
from mainstem.filters.conditions import AllOf, AnyOf, Condition, TimeRange
from mainstem.filters.date_meaning import Present, meaning
from mainstem.filters.date_reading import VALID, read_date

if TYPE_CHECKING:
    from datetime import datetime


def parse_date(
    expression: str, now: datetime, *, week_start_day: str = "monday", fiscal_month_offset: int = 0
) -> Condition:
    """`now` is naive, in the time zone of the query; the rest as LookML's parameters of those names.

    Raises FilterError for what is no date filter.
    """
    calendar = Calendar(_weekday(week_start_day), fiscal_month_offset)
    read = read_date(expression)
    try:
        return meaning(read, Present(now, calendar))
    except (ValueError, OverflowError) as e:
        problem = "it reaches outside the years 1 to 9999"
        raise FilterError("date", expression, 0, expression, problem, VALID) from e


def date_bounds(condition: Condition) -> tuple[datetime | None, datetime | None]:
    """The earliest and the latest moment a date condition lets through; None where it has no bound.

    The latter is not let through itself. This is what `date_start` and `date_end` mean in Liquid.
    """
    match condition:
        case TimeRange(start, end):
            return start, end
        case AnyOf(conditions):
            bounds = [date_bounds(c) for c in conditions]
            return _outermost(bounds)
        case AllOf(conditions):
            bounds = [date_bounds(c) for c in conditions]
            starts = [start for start, _ in bounds if start is not None]
            ends = [end for _, end in bounds if end is not None]
            return max(starts, default=None), min(ends, default=None)
        case _:
            return None, None


def _outermost(
    bounds: list[tuple[datetime | None, datetime | None]],
) -> tuple[datetime | None, datetime | None]:
    starts = [start for start, _ in bounds if start is not None]
    ends = [end for _, end in bounds if end is not None]
    start = min(starts) if len(starts) == len(bounds) and starts else None
    end = max(ends) if len(ends) == len(bounds) and ends else None
    return start, end


def _weekday(name: str) -> int:
    if name.lower() not in WEEKDAYS:
        raise QueryError(f"week_start_day {name!r} is no day of the week; valid are {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(name.lower())
