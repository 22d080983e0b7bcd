"""Numbers as text: LookML's `value_format` (a spreadsheet number format) and `value_format_name`.

Reads the parts of the syntax that number formats use: sections for positive, negative and zero values,
conditions like `[>=1000]`, digits, grouping, scaling commas, percent, exponent, quoted and escaped text.
Colours are read and left out. It formats no date by a pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from mainstem.errors import QueryError

NAMED = {
    "id": "0",
    "decimal_0": "#,##0",
    "decimal_1": "#,##0.0",
    "decimal_2": "#,##0.00",
    "decimal_3": "#,##0.000",
    "decimal_4": "#,##0.0000",
    "percent_0": "0%",
    "percent_1": "0.0%",
    "percent_2": "0.00%",
    "percent_3": "0.000%",
    "percent_4": "0.0000%",
    "usd": "$#,##0.00",
    "usd_0": "$#,##0",
    "eur": "€#,##0.00",
    "eur_0": "€#,##0",
    "gbp": "£#,##0.00",
    "gbp_0": "£#,##0",
}
"""Looker's built-in names → pattern."""

_PRECISION = 60
_TOKEN = re.compile(
    r'"(?P<text>[^"]*)"|\\(?P<escaped>.)|(?P<digits>[#0?][#0?,.]*)|(?P<exponent>E[+-]0+)|(?P<rest>.)'
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])+')
_BRACKET = re.compile(r"\[([^\]]*)\]")
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?[\d.]+)$")


@dataclass(frozen=True)
class Section:
    """One section of a format: text before and after one group of digits."""

    prefix: str
    suffix: str
    has_digits: bool
    min_integers: int
    min_decimals: int
    max_decimals: int
    grouped: bool
    scale: int
    """Power of ten the value is multiplied by: 2 for percent, −3 for a trailing comma."""
    exponent_digits: int
    condition: tuple[str, Decimal] | None

    def write(self, value: Decimal) -> str:
        """`value` (its sign included) as this section shows it."""
        if not self.has_digits:
            return self.prefix + self.suffix
        sign = "-" if value < 0 else ""
        if self.exponent_digits:
            digits = self._exponential(abs(value))
        else:
            digits = self._fixed(abs(value))
            if not digits.strip("0,."):
                sign = ""
        return f"{sign}{self.prefix}{digits}{self.suffix}"

    def _fixed(self, value: Decimal) -> str:
        with localcontext() as context:
            context.prec = _PRECISION
            scaled = value.scaleb(self.scale).quantize(Decimal(1).scaleb(-self.max_decimals), ROUND_HALF_UP)
        whole, _, decimals = f"{scaled:f}".partition(".")
        kept = decimals.rstrip("0")
        decimals = decimals[: max(len(kept), self.min_decimals)]
        whole = whole.lstrip("0").rjust(self.min_integers, "0")
        if self.grouped and whole:
            whole = f"{int(whole):,}".rjust(len(whole), "0")
        return f"{whole}.{decimals}" if decimals else whole

    def _exponential(self, value: Decimal) -> str:
        mantissa, _, power = f"{value:.{self.max_decimals}E}".partition("E")
        return f"{mantissa}E{'-' if power[0] == '-' else '+'}{power[1:].rjust(self.exponent_digits, '0')}"


@lru_cache(maxsize=256)
def read_format(value_format: str) -> tuple[Section, ...]:
    """The sections of a format, in order. Raises QueryError when a section holds two groups of digits."""
    return tuple(_section(text) for text in _SECTION.findall(value_format))


def format_number(value: int | float | Decimal, value_format: str) -> str:
    number = Decimal(str(value))
    if not number.is_finite():
        return str(value)
    sections = read_format(value_format)
    for index, section in enumerate(sections):
        if section.condition is not None and _holds(number, section.condition):
            return section.write(number)
        if section.condition is None and _is_for(number, index, sections):
            # A section written for negative values shows their size; its text says the rest.
            return section.write(abs(number) if index == 1 and number < 0 else number)
    return sections[-1].write(number)


def _is_for(number: Decimal, index: int, sections: tuple[Section, ...]) -> bool:
    """Whether an unconditional section takes a number: they come for positive, negative and zero values."""
    conditional = sections[0].condition is not None
    if len(sections) == 1 or conditional:
        return True
    if index == 0:
        return number > 0 or (number == 0 and len(sections) < 3)
    return number < 0 if index == 1 else number == 0


def _holds(number: Decimal, condition: tuple[str, Decimal]) -> bool:
    comparison, limit = condition
    match comparison:
        case "<":
            return number < limit
        case "<=":
            return number <= limit
        case ">":
            return number > limit
        case ">=":
            return number >= limit
        case "=":
            return number == limit
        case _:
            return number != limit


def _section(text: str) -> Section:
    condition = None
    for bracket in _BRACKET.findall(text):
        found = _CONDITION.match(bracket)
        if found:
            condition = (found[1], Decimal(found[2]))
    parts = {"prefix": "", "suffix": ""}
    digits = exponent = ""
    percent = 0
    for token in _TOKEN.finditer(_BRACKET.sub("", text)):
        side = "suffix" if digits else "prefix"
        if token["digits"] is not None:
            if digits:
                raise QueryError(f"number format {text!r} has two groups of digits")
            digits = token["digits"]
        elif token["exponent"] is not None:
            exponent = token["exponent"]
        elif token["rest"] is not None:
            percent += token["rest"] == "%"
            parts[side] += "" if token["rest"] in "_*" else token["rest"]
        else:
            parts[side] += token["text"] if token["text"] is not None else token["escaped"]
    scaling = len(digits) - len(digits.rstrip(","))
    whole, _, decimals = digits.rstrip(",").partition(".")
    return Section(
        prefix=parts["prefix"],
        suffix=parts["suffix"],
        has_digits=bool(digits),
        min_integers=whole.count("0"),
        min_decimals=decimals.count("0"),
        max_decimals=sum(decimals.count(character) for character in "#0?"),
        grouped="," in whole,
        scale=2 * percent - 3 * scaling,
        exponent_digits=max(len(exponent) - 2, 0),
        condition=condition,
    )
