"""Functions of the language of table calculations, each as SQL of operands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from mainstem.semantics.model import Interval

if TYPE_CHECKING:
    from mainstem.query.dialects import Dialect
    from mainstem.query.dialects.times import Part, Unit

Written: TypeAlias = Callable[..., str]
"""A dialect and operands in, an operand out."""


def _plain(name: str) -> Written:
    return lambda dialect, *arguments: f"{name}({', '.join(arguments)})"


def _where(condition: str, name: str) -> Written:
    """NULL where the function has no value."""
    return lambda dialect, value: f"(CASE WHEN {value} {condition} THEN {name}({value}) END)"


def _log(dialect: Dialect, value: str) -> str:
    return f"(CASE WHEN {value} > 0 THEN {dialect.log10(value)} END)"


def _mod(dialect: Dialect, value: str, divisor: str) -> str:
    return dialect.remainder(value, f"NULLIF({divisor}, 0)")


def _round(dialect: Dialect, value: str, decimals: str = "0") -> str:
    return dialect.rounded(value, decimals)


def _concat(dialect: Dialect, *values: str) -> str:
    return f"({' || '.join(map(dialect.as_text, values))})"


def _substring(dialect: Dialect, text: str, start: str, length: str) -> str:
    return (
        f"SUBSTR({text}, {dialect.whole(f'GREATEST({start}, 1)')}, {dialect.whole(f'GREATEST({length}, 0)')})"
    )


FUNCTIONS: Final[dict[str, Written]] = {
    "coalesce": _plain("COALESCE"),
    "is_null": lambda dialect, value: f"({value} IS NULL)",
    "abs": _plain("ABS"),
    "ceiling": _plain("CEIL"),
    "floor": _plain("FLOOR"),
    "exp": _plain("EXP"),
    "power": _plain("POWER"),
    "ln": _where("> 0", "LN"),
    "sqrt": _where(">= 0", "SQRT"),
    "log": _log,
    "mod": _mod,
    "rand": lambda dialect: dialect.random(),
    "round": _round,
    "concat": _concat,
    "contains": lambda dialect, text, part: f"({dialect.position(text, part)} > 0)",
    "length": _plain("LENGTH"),
    "lower": _plain("LOWER"),
    "upper": _plain("UPPER"),
    "position": lambda dialect, text, part: dialect.position(text, part),
    "replace": _plain("REPLACE"),
    "substring": _substring,
}


def _adding(unit: Unit) -> Written:
    return lambda dialect, count, date: dialect.shifted_by(date, count, unit)


def _passed(interval: Interval) -> Written:
    return lambda dialect, start, end: dialect.elapsed(interval, start, end)


def _extracting(part: Part) -> Written:
    return lambda dialect, date: dialect.part(part, date)


def _beginning(unit: Unit) -> Written:
    """A date, but for hours and minutes."""

    def written(dialect: Dialect, date: str) -> str:
        if unit in ("hour", "minute"):
            return dialect.truncated(unit, date)
        return dialect.date_of(date if unit == "day" else dialect.truncated(unit, date))

    return written


_UNITS: Final[tuple[Unit, ...]] = ("second", "minute", "hour", "day", "month", "year")
_PARTS: Final[tuple[Part, ...]] = ("second", "minute", "hour", "day", "month", "year")
DATES: Final[dict[str, Written]] = {
    **{f"add_{unit}s": _adding(unit) for unit in _UNITS},
    **{f"diff_{unit}s": _passed(Interval(unit)) for unit in _UNITS},
    **{f"extract_{part}s": _extracting(part) for part in _PARTS},
    **{f"trunc_{unit}s": _beginning(unit) for unit in _UNITS if unit != "second"},
    "date": lambda dialect, *parts: dialect.made_date(*parts),
    "date_time": lambda dialect, *parts: dialect.made_time(*parts),
}
