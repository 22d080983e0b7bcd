"""What a difference is made of: plain values."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import isclose
from typing import TypeAlias

import msgspec

from mainstem.query.result import Cell

Number: TypeAlias = int | float | Decimal

_ROUNDED = 1e-11
"""Sums of the same numbers in another order differ by less."""


class Cause(StrEnum):
    """In the order in which they are told apart: each is what the number changes by when this happens too."""

    WINDOW = "window"
    """Filters that are counted from the present (`7 days`) mean other days now."""
    REMOVED = "removed"
    """Source rows that were there and are no more."""
    CHANGED = "changed"
    """Source rows that say something else now."""
    LATE = "late"
    """Source rows of what happened before the first moment and was loaded after it."""
    UNDATED = "undated"
    """Source rows that came, of which nothing says when it happened."""
    MIXED = "mixed"
    """Rows of which it cannot be told why they changed."""
    NEW = "new"
    """Rows of what happened after the first moment."""
    MODEL = "model"
    """The same rows by other SQL of dbt's models."""
    LOOKML = "lookml"
    """The same tables by other LookML: measures, joins, filters, the tile itself."""
    REMAINDER = "remainder"
    """What none of these explains."""


class NumberChange(msgspec.Struct, frozen=True, kw_only=True):
    """One number: a measure, in all or for one row of the answer."""

    measure: str
    """`view.measure`."""
    group: tuple[Cell, ...] = ()
    """Values of the dimensions; empty of the number over all rows."""
    before: Number | None = None
    """None where it was NULL, or its row was not there; it counts as 0 in the difference."""
    after: Number | None = None
    parts: dict[Cause, Number] = {}
    """Their sum is the difference."""

    @property
    def difference(self) -> Number:
        return minus(self.after, self.before)


class ChangedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table that the explore begins with."""

    what: str
    """added, removed or changed."""
    values: tuple[Cell, ...]
    before: tuple[Cell, ...] = ()
    """Of a changed one, as it was."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    labels: dict[str, str]
    """Of every field in it."""
    dimensions: tuple[str, ...]
    numbers: tuple[NumberChange, ...]
    """Over all rows, one a measure."""
    groups: tuple[NumberChange, ...] = ()
    """For each row of the answer, what changed most first."""
    notes: tuple[str, ...] = ()
    """What could not be told apart, and why."""
    changed_models: tuple[str, ...] = ()
    row_fields: tuple[str, ...] = ()
    key_field: str = ""
    """Of `row_fields`, the one that names a row; empty where none does."""
    rows: tuple[ChangedRow, ...] = ()
    rows_note: str = ""
    """Why there are no rows, or not all."""
    then: datetime | None = None
    now: datetime | None = None


def minus(after: Number | None, before: Number | None) -> Number:
    """With nothing as 0; whole numbers and decimals stay exact, what floats round off is nothing."""
    left, right = after or 0, before or 0
    if isinstance(left, float) or isinstance(right, float):
        one, other = float(left), float(right)
        return 0.0 if isclose(one, other, rel_tol=_ROUNDED) else one - other
    return left - right
