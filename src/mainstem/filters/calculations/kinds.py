"""The types of Looker's expressions: numbers, strings, dates and yesnos, each alone or in a list.

A `date` is a day or a moment: Looker knows one type for both. `any` is the type of `null`, and of a field of
which nothing is known; it passes wherever a type is asked for.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["number", "string", "date", "yesno", "any"]

Single: TypeAlias = int | float | Decimal | str | bool | date | datetime | None
Value: TypeAlias = Single | tuple[Single, ...]
"""What stands in a cell of a column; a tuple where the column is one of lists."""

Cells: TypeAlias = list[Value]
"""A value for every row, in the order of the rows."""


class ValueType(msgspec.Struct, frozen=True):
    """The type of an expression: what each cell of its column holds."""

    kind: Kind
    listed: bool = False

    def __str__(self) -> str:
        named = "value of any type" if self.kind == "any" else self.kind
        return f"list of {named}s" if self.listed and self.kind != "any" else "list" if self.listed else named

    def accepts(self, other: ValueType) -> bool:
        """Whether a value of the other type may stand where this one is asked for."""
        if "any" in (self.kind, other.kind):
            return self.listed == other.listed or (other.kind == "any" and not other.listed)
        return self == other


NUMBER = ValueType("number")
STRING = ValueType("string")
DATE = ValueType("date")
YESNO = ValueType("yesno")
ANY = ValueType("any")


def common(types: list[ValueType]) -> ValueType | None:
    """The one type of values that may stand for each other; None where there is none."""
    found = ANY
    for one in types:
        if one in (ANY, found):
            continue
        if found == ANY or (found.kind == "any" and one.listed):
            found = one
        elif not (one.kind == "any" and one.listed == found.listed):
            return None
    return found
