"""Rows of a date filter: a kind, with a count, a unit, dates or a fiscal period.

A preset is an operator of its own, which stands for its expression.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mainstem.errors import QueryError
from mainstem.filters.calendar import Interval, beginning
from mainstem.filters.widgets import DateKind, DateWidget
from mainstem.web.filters.rows import Operator, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

PRESETS = (
    ("Today", "today"),
    ("Yesterday", "yesterday"),
    ("Last 7 days", "7 days"),
    ("Last 14 days", "14 days"),
    ("Last 30 days", "30 days"),
    ("Last 90 days", "90 days"),
    ("Last 365 days", "365 days"),
    ("This week", "this week"),
    ("This month", "this month"),
    ("This quarter", "this quarter"),
    ("This year", "this year"),
    ("Last week", "last week"),
    ("Last month", "last month"),
    ("Last quarter", "last quarter"),
    ("Last year", "last year"),
)
_PRESET = "preset:"
_COUNTS = {
    DateKind.IN_THE_LAST: "in the last …",
    DateKind.IN_THE_NEXT: "in the next …",
    DateKind.AGO: "… ago",
    DateKind.FROM_NOW: "… from now",
    DateKind.BEFORE_AGO: "before … ago",
    DateKind.AFTER_AGO: "on or after … ago",
    DateKind.BEFORE_FROM_NOW: "before … from now",
    DateKind.AFTER_FROM_NOW: "on or after … from now",
}
_UNITS = {
    DateKind.THIS: "this …",
    DateKind.LAST: "the previous …",
    DateKind.NEXT: "the next …",
}
_PERIODS = {
    Interval.DAY: ("on the day", "day"),
    Interval.MONTH: ("in the month", "month"),
    Interval.QUARTER: ("in the quarter", "quarter"),
    Interval.YEAR: ("in the year", "year"),
    Interval.HOUR: ("in the hour of", "moment"),
    Interval.MINUTE: ("in the minute of", "moment"),
    Interval.SECOND: ("at the second", "moment"),
}
_MOMENTS = {DateKind.BEFORE: "before", DateKind.AFTER: "on or after"}
INTERVALS = tuple(Interval)
OPERATORS = (
    Operator("any", "any time"),
    *(Operator(_PRESET + expression, label, group="Often asked") for label, expression in PRESETS),
    *(Operator(kind.name.lower(), label, "count", "Counted from now") for kind, label in _COUNTS.items()),
    *(Operator(kind.name.lower(), label, "unit", "Counted from now") for kind, label in _UNITS.items()),
    Operator("tomorrow", "tomorrow", group="Counted from now"),
    Operator("between", "between …", "dates", "By date"),
    *(Operator(kind.name.lower(), label, "moment", "By date") for kind, label in _MOMENTS.items()),
    *(Operator(f"in:{unit}", label, shape, "By date") for unit, (label, shape) in _PERIODS.items()),
    Operator("fiscal", "in the fiscal year or quarter", "fiscal", "By date"),
    Operator("null", "is null", group="Without a date"),
    Operator("not_null", "is not null", group="Without a date"),
)
_SHAPES = {operator.name: operator.shape for operator in OPERATORS}


def row_of(widget: DateWidget) -> Row:
    kind = widget.kind
    if kind in (DateKind.TODAY, DateKind.YESTERDAY):
        return Row(_PRESET + kind.name.lower())
    if kind is DateKind.IN and widget.unit and widget.start:
        return Row(f"in:{widget.unit}", texts=_period(widget.unit, widget.start))
    texts = {
        "n": _text(widget.n),
        "unit": widget.unit or "",
        "complete": "yes" if widget.complete else "",
        "start": _moment(widget.start),
        "end": _moment(widget.end),
        "year": _text(widget.year),
        "quarter": _text(widget.quarter),
    }
    return Row(kind.name.lower(), texts={name: text for name, text in texts.items() if text})


def widget_of(row: Row, _: Sequence[str] = ()) -> DateWidget | None:
    """None for a row without a date or a count. Raises QueryError for what is no date or no count."""
    if row.operator.startswith(_PRESET):
        return DateWidget.from_expression(row.operator.removeprefix(_PRESET))
    if row.operator.startswith("in:"):
        return _in(Interval(row.operator.removeprefix("in:")), row)
    kind = DateKind[row.operator.upper()]
    match _SHAPES[row.operator]:
        case "count":
            return _counted(kind, row)
        case "unit":
            return DateWidget(kind, unit=_unit(row))
        case "dates":
            return _between(row)
        case "moment":
            return None if row.is_blank("start") else DateWidget(kind, start=moment(row.text("start")))
        case "fiscal":
            return _fiscal(row)
        case _:
            return DateWidget(kind)


def moment(text: str) -> datetime:
    """A date, or a time to the second. Raises QueryError."""
    try:
        return datetime.fromisoformat(text).replace(microsecond=0, tzinfo=None)
    except ValueError as e:
        raise QueryError(f"“{text}” is no date; write it as 2026-03-31, or 2026-03-31 14:30.") from e


def _counted(kind: DateKind, row: Row) -> DateWidget | None:
    if row.is_blank("n"):
        return None
    complete = kind is DateKind.IN_THE_LAST and bool(row.text("complete"))
    return DateWidget(kind, _whole(row.text("n")), _unit(row), complete)


def _between(row: Row) -> DateWidget | None:
    if row.is_blank("start", "end"):
        return None
    if row.is_blank("start") or row.is_blank("end"):
        raise QueryError("“Between” needs both dates; “before” and “on or after” take one.")
    start, end = moment(row.text("start")), moment(row.text("end"))
    if end < start:
        raise QueryError(
            f"The dates stand the wrong way round: {row.text('end')} is before {row.text('start')}."
        )
    return DateWidget(DateKind.BETWEEN, start=start, end=end)


def _in(unit: Interval, row: Row) -> DateWidget | None:
    if unit in (Interval.YEAR, Interval.QUARTER):
        if row.is_blank("year"):
            return None
        quarter = _whole(row.text("quarter") or "1") if unit is Interval.QUARTER else 1
        start = moment(f"{_year(row):04}-{quarter * 3 - 2:02}-01")
        return DateWidget(DateKind.IN, unit=unit, start=start)
    if row.is_blank("start"):
        return None
    text = row.text("start")
    start = moment(f"{text}-01" if unit is Interval.MONTH and len(text) == 7 else text)
    return DateWidget(DateKind.IN, unit=unit, start=beginning(start, unit))


def _fiscal(row: Row) -> DateWidget | None:
    if row.is_blank("year"):
        return None
    quarter = _whole(row.text("quarter")) if row.text("quarter") else None
    return DateWidget(DateKind.FISCAL, year=_year(row), quarter=quarter)


def _year(row: Row) -> int:
    year = _whole(row.text("year"))
    if not 1 <= year <= 9999:
        raise QueryError(f"{year} is no year; write four digits, such as 2026.")
    return year


def _period(unit: Interval, start: datetime) -> dict[str, str]:
    match unit:
        case Interval.YEAR:
            return {"year": f"{start.year:04}"}
        case Interval.QUARTER:
            return {"year": f"{start.year:04}", "quarter": str((start.month + 2) // 3)}
        case Interval.MONTH:
            return {"start": f"{start.year:04}-{start.month:02}"}
        case _:
            return {"start": start.isoformat()[:10] if unit is Interval.DAY else start.isoformat()}


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    return at.date().isoformat() if at == beginning(at, Interval.DAY) else at.isoformat()


def _unit(row: Row) -> Interval:
    text = row.text("unit") or Interval.DAY
    if text not in list(Interval):
        raise QueryError(f"“{text}” is no unit of time; valid are {', '.join(Interval)}.")
    return Interval(text)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise QueryError(f"“{text}” is no whole number; write it as 7.")
    return int(text)


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
