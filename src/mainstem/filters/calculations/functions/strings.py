"""Texts: joined, searched, cut, turned into numbers and back. Positions count from 1."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mainstem.errors import QueryError
from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.parameters import anything, number, several, text
from mainstem.filters.calculations.functions.record import Function, Scalar
from mainstem.filters.calculations.kinds import NUMBER, STRING, YESNO, Single, Value, ValueType

if TYPE_CHECKING:
    from mainstem.filters.calculations.reckoning import MaybeReal, Real

LONGEST_TEXT: Final = 32_767
"""Characters of a cell, as in spreadsheets: calculations that double a text, one after another, must end
before memory does."""


def written(value: Value) -> str:
    """A value as `to_string` writes it: null is empty, yes and no are Yes and No, a date is ISO."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case int() | float() | Decimal():
            return reckoning.text_of(value)
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(written(one) for one in value)
        case str():
            return value


def _held(length: int) -> None:
    if length > LONGEST_TEXT:
        raise QueryError(f"a calculation makes a text of {length:,} characters; {LONGEST_TEXT:,} are allowed")


def _concat(*values: Single) -> str:
    texts = [written(value) for value in values]
    _held(sum(map(len, texts)))
    return "".join(texts)


def _replace(whole: str, old: str, new: str) -> str:
    if not old:
        return whole
    _held(len(whole) + whole.count(old) * (len(new) - len(old)))
    return whole.replace(old, new)


def _substring(whole: str, start: Real, length: Real) -> str:
    first = max(0, reckoning.whole(start) - 1)
    return whole[first : first + max(0, reckoning.whole(length))]


def _split(whole: str, delimiter: str) -> tuple[str, ...]:
    return tuple(whole.split(delimiter)) if delimiter else tuple(whole)


def _to_number(value: Single) -> MaybeReal:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    return reckoning.number_in(value) if isinstance(value, str) else None


STRINGS: Final = (
    Function(
        "concat",
        "string",
        (several("value"),),
        STRING,
        "The values as one text; null where one of them is null",
        'concat("#", ${orders.count})',
        "#2 · #4 · #9",
        Scalar(_concat),
        everywhere=True,
    ),
    Function(
        "contains",
        "string",
        (text("string"), text("search_string")),
        YESNO,
        "Whether the text holds the other; capitals matter",
        'contains(${orders.city}, "o")',
        "yes · yes · null",
        Scalar(lambda whole, part: part in whole),
        everywhere=True,
    ),
    Function(
        "length",
        "string",
        (text("string"),),
        NUMBER,
        "The number of characters",
        'length("Oslo")',
        "4",
        Scalar(len),
        everywhere=True,
    ),
    Function(
        "lower",
        "string",
        (text("string"),),
        STRING,
        "The text in small letters",
        'lower("Oslo")',
        "oslo",
        Scalar(str.lower),
        everywhere=True,
    ),
    Function(
        "position",
        "string",
        (text("string"), text("search_string")),
        NUMBER,
        "Where the text first holds the other, from 1; 0 where it does not",
        'position("Oslo", "lo")',
        "3",
        Scalar(lambda whole, part: whole.find(part) + 1),
        everywhere=True,
    ),
    Function(
        "replace",
        "string",
        (text("string"), text("old_string"), text("new_string")),
        STRING,
        "The text with every occurrence of one part replaced by another",
        'replace("a-b-c", "-", " ")',
        "a b c",
        Scalar(_replace),
        everywhere=True,
    ),
    Function(
        "substring",
        "string",
        (text("string"), number("start_position"), number("length")),
        STRING,
        "So many characters, from a position on that counts from 1",
        'substring("2024-05", 6, 2)',
        "05",
        Scalar(_substring),
        everywhere=True,
    ),
    Function(
        "upper",
        "string",
        (text("string"),),
        STRING,
        "The text in capitals",
        'upper("Oslo")',
        "OSLO",
        Scalar(str.upper),
        everywhere=True,
    ),
    Function(
        "split",
        "string",
        (text("string"), text("delimiter")),
        ValueType("string", listed=True),
        "The parts of a text between delimiters, as a list",
        'index(split("a/b/c", "/"), 2)',
        "b",
        Scalar(_split),
    ),
    Function(
        "to_number",
        "string",
        (anything("string"),),
        NUMBER,
        "The number that a text is; null where it is none",
        'to_number("12.50") * 2',
        "25",
        Scalar(_to_number),
    ),
    Function(
        "to_string",
        "string",
        (anything("value"),),
        STRING,
        "The value as a text; an empty one for null",
        "to_string(${orders.city})",
        "Oslo · Rome · (empty)",
        Scalar(written, takes_null=True),
    ),
)
