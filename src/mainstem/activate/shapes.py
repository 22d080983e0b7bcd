"""What a destination says of its objects, and values as plans hold them.

A value is what JSON has: text, a number, true or false, nothing. Days are `2026-11-23`, moments
`2026-11-23T09:30:00.000Z` in UTC to the millisecond. `fitted` brings what a model says, and what a
destination answers, into this one form by the field it is for, so that two values are equal when they are
the same there. It cuts nothing off: what does not fit is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = str | int | float | bool | None


class Kind(Enum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    """One of `choices`, where they are restricted."""
    CHOICES = "choices"
    """Several, with `;` between them."""
    REFERENCE = "reference"
    """The id of a record of the object `refers_to`."""
    ANY = "any"
    """Whatever JSON has: of destinations that say nothing of their fields."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: Kind = Kind.TEXT
    can_create: bool = True
    can_update: bool = True
    """Whether who we are may write it: field permissions and formulas are in it."""
    is_needed: bool = False
    """A record cannot be made without it."""
    is_key: bool = False
    """Unique and indexed, an external id for one: records may be created by it and are never made twice."""
    length: int | None = None
    """Characters a text may have."""
    digits: int | None = None
    """Places after the point, of a number or of a moment's seconds; what a moment has beyond is left out."""
    choices: tuple[str, ...] = ()
    """Values there are; empty when any is taken."""
    refers_to: tuple[str, ...] = ()
    """Objects whose records it may name."""
    ignores_case: bool = False
    """As a key, texts that differ in case alone are one."""
    tidies: bool = False
    """The service keeps no space around a text, one character for each end of a line, and null for an empty
    one."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """An object, as who we are may use it."""

    name: str
    fields: Mapping[str, Field]
    can_create: bool = True
    can_update: bool = True
    can_delete: bool = True


class Unfitting(ValueError):
    """A value that a field cannot hold. The text says why, without the value."""


def fitted(value: object, field: Field) -> Value:
    """`value` as plans hold it. Raises Unfitting."""
    if value is None:
        return None
    match field.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return _number(value, field)
        case Kind.BOOLEAN:
            return _truth(value)
        case Kind.DAY:
            return _day(value)
        case Kind.MOMENT:
            return _moment(value, 3 if field.digits is None else min(field.digits, 3))
        case Kind.CHOICE:
            return _chosen(text, field) if (text := _text(value, field)) or not field.tidies else None
        case Kind.ANY:
            return _plain(value, field)
        case Kind.CHOICES:
            chosen = sorted({_chosen(one, field) for one in _several(value, field)})
            return ";".join(chosen) or None
        case _:
            return _text(value, field) or (None if field.tidies else "")


def comparable(key: str, field: Field) -> str:
    """What keys of this field are compared by: two with the same are one record's."""
    tidy = key.strip() if field.tidies else key
    return tidy.lower() if field.ignores_case else tidy


def _number(value: object, field: Field) -> Value:
    if isinstance(value, bool):
        raise Unfitting("true or false is no number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise Unfitting("it is no number") from None
    if not number.is_finite():
        raise Unfitting("it is no finite number")
    if field.kind is Kind.INTEGER:
        if number != number.to_integral_value():
            raise Unfitting("it has a fraction, and the field holds whole numbers")
        return int(number)
    if field.digits is not None:
        number = number.quantize(Decimal(1).scaleb(-field.digits), ROUND_HALF_UP)
    found = float(number)
    if not math.isfinite(found):
        raise Unfitting("it is too large")
    return found + 0.0  # -0.0 is 0.0


def _plain(value: object, field: Field) -> Value:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bool | int | float | str):
        return value
    return _text(value, field)


class AnyFields(Mapping[str, Field]):
    """Of an object that takes whatever it is given: a field by every name."""

    def __getitem__(self, name: str) -> Field:
        return Field(name=name, kind=Kind.ANY)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _truth(value: object) -> Value:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in ("true", "false", "0", "1"):
        raise Unfitting("it is neither true nor false")
    return text in ("true", "1")


def _day(value: object) -> Value:
    if isinstance(value, datetime):
        if value.timetz().replace(tzinfo=None) != time() and value.tzinfo is None:
            raise Unfitting("it has a time of day, and no zone that says which day that is")
        return (value.astimezone(UTC) if value.tzinfo else value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise Unfitting("it is no day such as 2026-11-23") from None


def _moment(value: object, digits: int = 3) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise Unfitting("it is no moment such as 2026-11-23T09:30:00Z") from None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    unit = 10 ** (6 - digits)
    aware = aware.replace(microsecond=aware.microsecond // unit * unit)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(value: object, field: Field) -> str:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, datetime):
        text = str(_moment(value))
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    elif isinstance(value, str | int | float | Decimal | date):
        text = str(value)
    else:
        text = msgspec.json.encode(value).decode()
    if field.tidies:
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if field.length is not None and len(text) > field.length:
        raise Unfitting(f"it has {len(text)} characters, and the field holds {field.length}")
    return text


def _several(value: object, field: Field) -> list[str]:
    parts = value if isinstance(value, list | tuple) else _text(value, field).split(";")
    return [text for one in parts if (text := _text(one, field))]


def _chosen(text: str, field: Field) -> str:
    if field.choices and text not in field.choices:
        shown = ", ".join(field.choices[:8])
        raise Unfitting(f"it is none of the values there are: {shown}")
    return text
