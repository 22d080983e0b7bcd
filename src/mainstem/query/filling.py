"""Rows for what did not happen: days without an order, tiers nobody is in.

A dimension named in `fill_fields` shows every value it can have: of a date the steps from its first to its
last, by the filter on it where that says both, else by the answer; of a part of a date, a tier or a yesno,
all there are. Numbers of a filled row are missing, never zero. As in Looker, rows are filled where one
dimension heads them, and pivoted columns where one is pivoted.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryError
from mainstem.filters import TimeRange
from mainstem.filters.calendar import WEEKDAYS, Calendar, Interval, beginning, plus
from mainstem.query.predicates import condition_of
from mainstem.query.result import Cell, ColumnKind, Fill, OutputType
from mainstem.semantics.model import Dimension, DimensionType, Timeframe
from mainstem.semantics.tiers import tier_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.query.clock import Clock
    from mainstem.query.plan import FieldUse, Resolved
    from mainstem.query.request import Request
    from mainstem.query.result import QueryResult

MOST_VALUES = 5000
"""A date is filled up to as many steps; past that an answer stays as it came."""

_STEPS: dict[Timeframe, tuple[Interval, int]] = {
    Timeframe.SECOND: (Interval.SECOND, 1),
    Timeframe.HOUR: (Interval.HOUR, 1),
    Timeframe.MINUTE: (Interval.MINUTE, 1),
    Timeframe.DATE: (Interval.DAY, 1),
    Timeframe.WEEK: (Interval.WEEK, 1),
    Timeframe.MONTH: (Interval.MONTH, 1),
    Timeframe.QUARTER: (Interval.QUARTER, 1),
    Timeframe.FISCAL_QUARTER: (Interval.FISCAL_QUARTER, 1),
    Timeframe.YEAR: (Interval.YEAR, 1),
    Timeframe.FISCAL_YEAR: (Interval.FISCAL_YEAR, 1),
} | {
    frame: (unit, int(frame.removeprefix(unit)))
    for frame in Timeframe
    for unit in (Interval.MINUTE, Interval.HOUR)
    if frame.startswith(unit) and frame.removeprefix(unit).isdigit()
}


def fills_of(request: Request, resolved: Resolved, clock: Clock) -> tuple[Fill, ...]:
    """Raises QueryError for a field that is not selected, or that has no values to fill."""
    selected = {use.name: use for use in resolved.dimensions}
    found = []
    for name in request.fill_fields:
        use = selected.get(name)
        if use is None:
            raise QueryError(f"fill_fields names {name}, which is not among the selected dimensions")
        found.append(_fill(use, resolved, clock))
    return tuple(found)


def _fill(use: FieldUse, resolved: Resolved, clock: Clock) -> Fill:
    dimension = use.field
    descending = next((sort.descending for sort in resolved.sorts if sort.name == use.name), None)
    if not isinstance(dimension, Dimension):
        raise QueryError(f"{use.name} is a measure, and only dimensions can be filled")
    values = _all_values(dimension, clock)
    step = _STEPS.get(_timeframe(dimension))
    if values is None and step is None:
        raise QueryError(f"{use.name} cannot be filled: nobody knows which values it could have")
    start, end = _bounds(use, resolved, clock) if step else (None, None)
    return Fill(
        name=use.name,
        descending=descending,
        values=values or (),
        timeframe=_timeframe(dimension) if values is None else None,
        start=start,
        end=end,
        first_weekday=WEEKDAYS.index(clock.week_start_day),
        fiscal_month_offset=clock.fiscal_month_offset,
    )


def _timeframe(dimension: Dimension) -> Timeframe:
    return dimension.timeframe or (Timeframe.DATE if dimension.type is DimensionType.DATE else Timeframe.RAW)


def _all_values(dimension: Dimension, clock: Clock) -> tuple[str | int | bool, ...] | None:
    if dimension.type is DimensionType.YESNO or dimension.timeframe is Timeframe.YESNO:
        return (False, True)
    if dimension.tiers:
        return tuple(tier_labels(dimension.tiers, dimension.style)[:-1])
    if dimension.case:
        labels = [branch.label for branch in dimension.case]
        return (*labels, dimension.case_else) if dimension.case_else is not None else tuple(labels)
    first = WEEKDAYS.index(clock.week_start_day)
    match dimension.timeframe:
        case Timeframe.DAY_OF_WEEK:
            return tuple(WEEKDAYS[(first + n) % 7].capitalize() for n in range(7))
        case Timeframe.MONTH_NAME:
            return tuple(calendar.month_name[1:])
        case Timeframe.DAY_OF_WEEK_INDEX:
            return tuple(range(7))
        case Timeframe.HOUR_OF_DAY:
            return tuple(range(24))
        case Timeframe.DAY_OF_MONTH:
            return tuple(range(1, 32))
        case Timeframe.MONTH_NUM | Timeframe.FISCAL_MONTH_NUM:
            return tuple(range(1, 13))
        case Timeframe.QUARTER_OF_YEAR | Timeframe.FISCAL_QUARTER_OF_YEAR:
            return ("Q1", "Q2", "Q3", "Q4")
    return None


def _bounds(use: FieldUse, resolved: Resolved, clock: Clock) -> tuple[datetime | None, datetime | None]:
    """By a filter on the same column, whatever timeframe it is filtered by."""
    group = use.field.dimension_group if isinstance(use.field, Dimension) else None
    for item in resolved.filters:
        field = item.use.field
        same = item.use.name == use.name or (
            isinstance(field, Dimension) and group is not None and field.dimension_group == group
        )
        if same and item.use.alias == use.alias:
            meaning = condition_of(field, item.use.name, item.expression, clock)
            if isinstance(meaning, TimeRange):
                return meaning.start, meaning.end
    return None, None


def filled(result: QueryResult, fills: Sequence[Fill]) -> QueryResult:
    """With a row more for every value that is missing; it holds nothing but that value."""
    for fill in fills:
        result = _filled(result, fill)
    return result


def _filled(result: QueryResult, fill: Fill) -> QueryResult:
    place = next((n for n, c in enumerate(result.columns) if c.name == fill.name), None)
    if place is None or not result.rows:
        return result
    column = result.columns[place]
    beside = [
        n
        for n, c in enumerate(result.columns)
        if c.kind is ColumnKind.DIMENSION and c.pivoted == column.pivoted and n != place
    ]
    if beside:
        return result
    present = [row[place] for row in result.rows]
    wanted: tuple[Cell, ...] = fill.values or tuple(
        _as_cell(moment, fill, column.type) for moment in _steps(present, fill)
    )
    missing = [value for value in wanted if value not in set(present)]
    if not missing:
        return result
    # A pivoted value needs some row to stand in, and a row some pivoted value: the first there is.
    model = result.rows[0]
    across = [n for n, c in enumerate(result.columns) if c.kind is ColumnKind.DIMENSION and n != place]
    rows = [
        tuple(value if n == place else model[n] if n in across else None for n in range(len(result.columns)))
        for value in missing
    ]
    if fill.descending is None:
        return msgspec.structs.replace(result, rows=[*result.rows, *rows])
    order = {value: n for n, value in enumerate(wanted)}
    if column.pivoted:
        headers = [
            *(result.headers or dict.fromkeys((value,) for value in present)),
            *((v,) for v in missing),
        ]
        return msgspec.structs.replace(
            result,
            rows=_by_row([*result.rows, *rows], across, place, fill, order),
            headers=tuple(sorted(headers, key=lambda header: _rank(header[0], order, fill))),
        )
    ordered = sorted([*result.rows, *rows], key=lambda row: _rank(row[place], order, fill))
    return msgspec.structs.replace(result, rows=ordered)


def _by_row(
    rows: list[tuple[Cell, ...]], down: Sequence[int], place: int, fill: Fill, order: dict[Cell, int]
) -> list[tuple[Cell, ...]]:
    """Rows stay where they are; within each the pivoted values are put in order. `down` are the columns that
    head rows."""
    first: dict[tuple[Cell, ...], int] = {}
    for row in rows:
        first.setdefault(tuple(row[n] for n in down), len(first))
    return sorted(rows, key=lambda row: (first[tuple(row[n] for n in down)], *_rank(row[place], order, fill)))


def _rank(value: Cell, order: dict[Cell, int], fill: Fill) -> tuple[bool, int]:
    """Values that are none of those wanted, and missing ones, come last."""
    known = value in order
    place = order.get(value, 0)
    return (not known, -place if fill.descending else place)


def _steps(present: Sequence[Cell], fill: Fill) -> list[datetime]:
    moments = [moment for value in present if (moment := _as_moment(value, fill)) is not None]
    if fill.timeframe is None or not moments:
        return []
    unit, count = _STEPS[Timeframe(fill.timeframe)]
    ways = Calendar(first_weekday=fill.first_weekday, fiscal_month_offset=fill.fiscal_month_offset)
    at = beginning(min(moments) if fill.start is None or fill.end is None else fill.start, unit, ways)
    at = at.replace(hour=at.hour - at.hour % count) if unit is Interval.HOUR else at
    at = at.replace(minute=at.minute - at.minute % count) if unit is Interval.MINUTE else at
    end = max(moments) if fill.start is None or fill.end is None else fill.end - timedelta(microseconds=1)
    found = []
    while at <= end:
        found.append(at)
        if len(found) > MOST_VALUES:
            return []
        at = plus(at, count, unit)
    return found


def _as_moment(value: Cell, fill: Fill) -> datetime | None:
    match value:
        case datetime():
            return value
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 -- naive by contract
        case int() if not isinstance(value, bool) and 1 <= value <= 9998:
            return datetime(value, 1, 1)  # noqa: DTZ001 -- naive by contract
        case str():
            return _read(value, fill)
    return None


def _read(text: str, fill: Fill) -> datetime | None:
    """`2024-05`, `2024-Q2`, `FY2024-Q2`, `2024-05-17 10`, as timeframes are shown."""
    digits = text.removeprefix("FY")
    try:
        if "-Q" in digits:
            year, quarter = digits.split("-Q")
            start = datetime(int(year), 3 * int(quarter) - 2, 1)  # noqa: DTZ001 -- naive by contract
            return plus(start, fill.fiscal_month_offset, Interval.MONTH) if text.startswith("FY") else start
        if len(digits) == 4:
            start = datetime(int(digits), 1, 1)  # noqa: DTZ001 -- naive by contract
            return plus(start, fill.fiscal_month_offset, Interval.MONTH)
        if len(digits) == 7:
            return datetime(int(digits[:4]), int(digits[5:]), 1)  # noqa: DTZ001 -- naive by contract
        return datetime.fromisoformat(digits if len(digits) != 13 else f"{digits}:00")
    except ValueError:
        return None


def _as_cell(moment: datetime, fill: Fill, kind: OutputType) -> Cell:
    """The value as the warehouse shows it."""
    if kind is OutputType.DATE:
        return moment.date()
    if kind is OutputType.TIME:
        return moment
    plain = moment
    if fill.timeframe in (Timeframe.FISCAL_QUARTER, Timeframe.FISCAL_YEAR):
        plain = plus(moment, -fill.fiscal_month_offset, Interval.MONTH)
    if kind is OutputType.NUMBER:
        return plain.year
    match fill.timeframe:
        case Timeframe.MONTH:
            return f"{plain:%Y-%m}"
        case Timeframe.QUARTER:
            return f"{plain.year}-Q{(plain.month + 2) // 3}"
        case Timeframe.FISCAL_QUARTER:
            return f"FY{plain.year}-Q{(plain.month + 2) // 3}"
        case Timeframe.FISCAL_YEAR:
            return f"FY{plain.year}"
        case Timeframe.DATE | Timeframe.WEEK:
            return f"{plain:%Y-%m-%d}"
        case _:
            return f"{plain:%Y-%m-%d %H:%M:%S}"
