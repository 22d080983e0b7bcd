"""Days and moments: made, moved, compared, taken apart, cut. All are naive, in the time zone of the query.

What would leave the calendar (31 February, the year 10000) is null. Differences are of whole units that have
passed, towards zero; a month has passed on the same day of the next, or on the last of a shorter one.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from mainstem.filters.calculations.functions.parameters import anything, day, number
from mainstem.filters.calculations.functions.record import Frame, Function, Placed, Scalar
from mainstem.filters.calculations.kinds import DATE, NUMBER, Cells, Single
from mainstem.filters.calculations.reckoning import Real, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.expression import Expression

Moment: TypeAlias = date | datetime
_TEXT = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?)?)?)?"
)
_AN = {"days": "a day", "hours": "an hour", "minutes": "a minute", "months": "a month", "years": "a year"}
_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def moment(value: Moment) -> datetime:
    """A day as its first moment, naive."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime.combine(value, time())


def _made(*parts: Real) -> Moment | None:
    try:
        if len(parts) == 3:
            return date(*map(whole, parts))
        year, month, day, hours, minutes, seconds = map(whole, parts)
        return datetime(year, month, day, hours, minutes, seconds)  # noqa: DTZ001 # naive, as the query's zone
    except (ValueError, OverflowError):  # no such day or moment
        return None


def _added(unit: str) -> Callable[[Real, Moment], Moment | None]:
    def add(number: Real, value: Moment) -> Moment | None:
        try:
            if unit == "days" and not isinstance(value, datetime):
                return value + timedelta(days=whole(number))
            return moment(value) + timedelta(seconds=whole(number) * _SECONDS[unit])
        except OverflowError:
            return None

    return add


def _months_added(each: int) -> Callable[[Real, Moment], Moment | None]:
    def add(number: Real, value: Moment) -> Moment | None:
        count = value.year * 12 + value.month - 1 + whole(number) * each
        year, month = divmod(count, 12)
        if not 1 <= year <= 9999:
            return None
        last = calendar.monthrange(year, month + 1)[1]
        return value.replace(year=year, month=month + 1, day=min(value.day, last))

    return add


def _passed(unit: str) -> Callable[[Moment, Moment], int]:
    def between(start: Moment, end: Moment) -> int:
        seconds = (moment(end) - moment(start)) // timedelta(seconds=1)
        units = abs(seconds) // _SECONDS[unit]
        return units if seconds >= 0 else -units

    return between


def _months_passed(each: int) -> Callable[[Moment, Moment], int]:
    def between(start: Moment, end: Moment) -> int:
        if moment(end) < moment(start):
            return -between(end, start)
        months = (end.year - start.year) * 12 + end.month - start.month
        reached = _months_added(1)(months, moment(start))
        if reached is None or reached > moment(end):
            months -= 1
        return months // each

    return between


def _cut(unit: str) -> Callable[[Moment], Moment]:
    def cut(value: Moment) -> Moment:
        day = moment(value).date()
        match unit:
            case "years":
                return day.replace(month=1, day=1)
            case "months":
                return day.replace(day=1)
            case "days":
                return day
            case "hours":
                return moment(value).replace(minute=0, second=0, microsecond=0)
            case _:
                return moment(value).replace(second=0, microsecond=0)

    return cut


def to_date(value: Single) -> Moment | None:
    if isinstance(value, date):
        return value
    match = _TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    parts = [int(part) for part in match.groups() if part is not None]
    if len(parts) <= 3:
        return _made(*[*parts, 1, 1][:3])
    return _made(*[*parts, 0, 0][:6])


def _now(frame: Frame, arguments: Sequence[Expression]) -> Cells:
    return [frame.now()] * frame.rows


def _function(
    name: str, takes: tuple[str, ...], run: Scalar, gives: str, purpose: str, *shown: str
) -> Function:
    parameters = tuple(day(one) if "date" in one else number(one) for one in takes)
    result = DATE if gives == "date" else NUMBER
    return Function(name, "date", parameters, result, purpose, shown[0], shown[1], run, everywhere=True)


def _adding(unit: str, run: Callable[..., Moment | None], example: str, shows: str) -> Function:
    purpose = f"The date so many {unit} later, or earlier by a negative number"
    return _function(f"add_{unit}", ("number", "date"), Scalar(run), "date", purpose, example, shows)


def _differing(unit: str, run: Callable[..., int], end: str, shows: str) -> Function:
    return _function(
        f"diff_{unit}",
        ("start_date", "end_date"),
        Scalar(run),
        "number",
        f"How many whole {unit} passed from the first date to the second",
        f"diff_{unit}(date(2024, 1, 31), {end})",
        shows,
    )


def _extracting(unit: str, run: Callable[[Moment], int], purpose: str, shows: str) -> Function:
    return _function(
        f"extract_{unit}",
        ("date",),
        Scalar(run),
        "number",
        purpose,
        f"extract_{unit}(date_time(2024, 5, 6, 7, 8, 9))",
        shows,
    )


def _truncating(unit: str, shows: str) -> Function:
    return _function(
        f"trunc_{unit}",
        ("date",),
        Scalar(_cut(unit)),
        "date",
        f"The date without what is smaller than {_AN[unit]}",
        f"trunc_{unit}(date_time(2024, 5, 6, 7, 8, 9))",
        shows,
    )


DATES: Final = (
    _adding("days", _added("days"), "add_days(1, date(2024, 2, 28))", "2024-02-29"),
    _adding("hours", _added("hours"), "add_hours(-1, date(2024, 3, 1))", "2024-02-29 23:00:00"),
    _adding("minutes", _added("minutes"), "add_minutes(90, date(2024, 3, 1))", "2024-03-01 01:30:00"),
    _adding("months", _months_added(1), "add_months(1, date(2024, 1, 31))", "2024-02-29"),
    _adding("seconds", _added("seconds"), "add_seconds(1, date(2024, 3, 1))", "2024-03-01 00:00:01"),
    _adding("years", _months_added(12), "add_years(1, date(2024, 2, 29))", "2025-02-28"),
    _function(
        "date",
        ("year", "month", "day"),
        Scalar(_made),
        "date",
        "A day; null where there is no such day",
        "date(2024, 2, 29)",
        "2024-02-29",
    ),
    _function(
        "date_time",
        ("year", "month", "day", "hours", "minutes", "seconds"),
        Scalar(_made),
        "date",
        "A moment; null where there is no such moment",
        "date_time(2024, 2, 29, 23, 59, 58)",
        "2024-02-29 23:59:58",
    ),
    _differing("days", _passed("days"), "date(2024, 3, 1)", "30"),
    _differing("hours", _passed("hours"), "date(2024, 2, 1)", "24"),
    _differing("minutes", _passed("minutes"), "date(2024, 1, 30)", "-1440"),
    _differing("months", _months_passed(1), "date(2024, 2, 29)", "1"),
    _differing("seconds", _passed("seconds"), "date_time(2024, 1, 31, 0, 1, 0)", "60"),
    _differing("years", _months_passed(12), "date(2026, 1, 30)", "1"),
    _extracting("days", lambda value: value.day, "The day of the month", "6"),
    _extracting("hours", lambda value: moment(value).hour, "The hour of the day, from 0", "7"),
    _extracting("minutes", lambda value: moment(value).minute, "The minute of the hour", "8"),
    _extracting("months", lambda value: value.month, "The month of the year", "5"),
    _extracting("seconds", lambda value: moment(value).second, "The second of the minute", "9"),
    _extracting("years", lambda value: value.year, "The year", "2024"),
    Function(
        "now",
        "date",
        (),
        DATE,
        "The present moment, in the time zone of the query",
        "diff_days(now(), now())",
        "0",
        Placed(_now),
        everywhere=True,
    ),
    _truncating("days", "2024-05-06"),
    _truncating("hours", "2024-05-06 07:00:00"),
    _truncating("minutes", "2024-05-06 07:08:00"),
    _truncating("months", "2024-05-01"),
    _truncating("years", "2024-01-01"),
    Function(
        "to_date",
        "date",
        (anything("string"),),
        DATE,
        "The date a text is, from YYYY to YYYY-MM-DD hh:mm:ss; null where it is none",
        'to_date("2024-05")',
        "2024-05-01",
        Scalar(to_date),
    ),
)
