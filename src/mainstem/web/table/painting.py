"""Conditional formatting of LookML dashboards: which cell gets which colours.

A scale goes from the least to the greatest value of the columns that a rule is about, totals left out, evenly
through its colours. Text on a colour that says nothing of text is black or white, whichever is read more
easily (WCAG 2.1's relative luminance).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.query.result import ColumnKind, OutputType
from mainstem.web.table.model import Paint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.query.result import Cell, OutputColumn, QueryResult
    from mainstem.semantics.dashboard import FormatRule

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LOW_TO_HIGH = ("#F36254", "#FCF758", "#4FBC89")
_SCALES: Mapping[str, tuple[str, ...]] = {
    "along a scale...": _LOW_TO_HIGH,
    "low to high": _LOW_TO_HIGH,
    "high to low": tuple(reversed(_LOW_TO_HIGH)),
}
_TESTS: Mapping[str, Callable[[float, Sequence[float]], bool]] = {
    "equal to": lambda value, given: value == given[0],
    "not equal to": lambda value, given: value != given[0],
    "greater than": lambda value, given: value > given[0],
    "less than": lambda value, given: value < given[0],
    "between": lambda value, given: given[0] <= value <= given[1],
    "not between": lambda value, given: not given[0] <= value <= given[1],
}
_NEEDED = {"between": 2, "not between": 2}


class Painter:
    """The rules of one table, worked out over its answer."""

    def __init__(self, rules: Sequence[FormatRule], result: QueryResult) -> None:
        self._rules = [(rule, _about(rule, result)) for rule in rules]

    def paint(self, column: OutputColumn, cell: Cell) -> Paint | None:
        """By the first rule that is about the cell; None where none is."""
        for rule, about in self._rules:
            if column.name not in about.names:
                continue
            found = about.paint(rule, cell)
            if found is not None:
                return found
        return None


class _About:
    def __init__(self, names: frozenset[str], least: float, greatest: float) -> None:
        self.names = names
        self._least = least
        self._greatest = greatest

    def paint(self, rule: FormatRule, cell: Cell) -> Paint | None:
        if rule.type in ("null", "not null"):
            return _plain(rule) if (cell is None) == (rule.type == "null") else None
        value = _number(cell)
        if value is None:
            is_same = rule.type == "equal to" and rule.values and str(cell) == str(rule.values[0])
            return _plain(rule) if is_same and cell is not None else None
        scale = rule.palette or _SCALES.get(rule.type, ())
        if rule.type in _SCALES:
            colours = [_rgb(colour) for colour in scale if _HEX.fullmatch(colour)]
            return self._on(colours, value, rule) if colours else None
        given = [float(one) for one in rule.values if isinstance(one, int | float)]
        test = _TESTS.get(rule.type)
        if test is None or len(given) < _NEEDED.get(rule.type, 1):
            return None
        return _plain(rule) if test(value, given) else None

    def _on(self, colours: list[tuple[int, int, int]], value: float, rule: FormatRule) -> Paint:
        wide = self._greatest - self._least
        place = (value - self._least) / wide * (len(colours) - 1) if wide else (len(colours) - 1) / 2
        before = min(int(place), len(colours) - 1)
        after = min(before + 1, len(colours) - 1)
        share = place - before
        mixed = tuple(
            round(one + (other - one) * share)
            for one, other in zip(colours[before], colours[after], strict=True)
        )
        background = "#{:02x}{:02x}{:02x}".format(*mixed)
        return Paint(background, _ink_on(background), rule.bold, rule.italic, rule.strikethrough)


def _about(rule: FormatRule, result: QueryResult) -> _About:
    measures = [c for c in result.columns if c.kind is not ColumnKind.DIMENSION]
    names = frozenset(rule.fields or (column.name for column in measures))
    places = [n for n, c in enumerate(result.columns) if c.name in names and c.type is OutputType.NUMBER]
    values = [value for row in result.rows for n in places if (value := _number(row[n])) is not None]
    return _About(names, min(values, default=0.0), max(values, default=0.0))


def _plain(rule: FormatRule) -> Paint:
    background = _colour(rule.background_color)
    ink = _colour(rule.font_color) or (_ink_on(background) if background else "")
    return Paint(background, ink, rule.bold, rule.italic, rule.strikethrough)


def _colour(text: str | None) -> str:
    """What is no plain colour is left out: it would go into the page's style."""
    return text if text and _HEX.fullmatch(text) else ""


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) else None


def _rgb(colour: str) -> tuple[int, int, int]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _ink_on(background: str) -> str:
    light = sum(
        share * _linear(part) for share, part in zip((0.2126, 0.7152, 0.0722), _rgb(background), strict=True)
    )
    return "#000000" if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else "#ffffff"


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
