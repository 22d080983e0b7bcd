"""What can be asked of an explore: plain names and expressions, nothing resolved.

A request serialises; the same question has the same `digest`, for URLs, caches and logs. Who asks, when and
with which attributes is not part of it: that is the `Context`.
"""

from __future__ import annotations

import hashlib

import msgspec

from mainstem.semantics.dynamic import CustomDimension, CustomMeasure, DynamicField, TableCalculation

__all__ = [
    "DEFAULT_LIMIT",
    "CustomDimension",
    "CustomMeasure",
    "DynamicField",
    "Merge",
    "MergedRequest",
    "Request",
    "TableCalculation",
]

DEFAULT_LIMIT = 500
"""Rows a query returns when it does not say; Looker's default."""


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question. Every field is named `view.field`, a dynamic one by its name alone."""

    model: str
    explore: str
    fields: tuple[str, ...]
    filters: dict[str, str] = {}
    """`view.field` → filter expression in the grammar of the field's type, or the value of a parameter;
    empty means any value."""
    filter_expression: str | None = None
    """A condition over fields in the language of table calculations, without table functions."""
    pivots: tuple[str, ...] = ()
    """Dimensions among `fields` whose values become columns; the SQL groups by them like any other."""
    sorts: tuple[str, ...] = ()
    """`view.field`, `view.field desc`, `view.field desc 2` (by the third pivoted column); empty means
    Looker's default order."""
    limit: int | None = None
    """None means 500; -1 means every row. With pivots it counts rows as they are shown."""
    column_limit: int | None = None
    """Pivoted columns at most; None means 50."""
    totals: bool = False
    row_totals: bool = False
    subtotals: tuple[str, ...] = ()
    """Dimensions among `fields`, not the last row dimension: a subtotal for each of their values."""
    fill_fields: tuple[str, ...] = ()
    """Dimensions among `fields` whose missing values (days, months, tiers) become rows."""
    dynamic_fields: tuple[DynamicField, ...] = ()
    timezone: str | None = None
    """IANA name; None: the project's query time zone."""
    merge: Merge | None = None
    """What is joined to its answer; all above is its own."""

    def encode(self) -> bytes:
        """JSON, the same bytes for the same question."""
        return msgspec.json.encode(self, order="sorted")

    @staticmethod
    def decode(text: bytes | str) -> Request:
        """Raises `msgspec.ValidationError` that says where."""
        return msgspec.json.decode(text, type=Request)

    @property
    def digest(self) -> str:
        """32 hex digits that stay the same across processes and versions of Python."""
        return hashlib.blake2b(self.encode(), digest_size=16).hexdigest()


class MergedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question whose rows are joined to those of the ones before it, which all stay."""

    request: Request
    joins: tuple[tuple[str, str], ...]
    """A column of its own, and the merged one that it equals."""


class Merge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Looker's merged results."""

    queries: tuple[MergedRequest, ...]
    calculations: tuple[TableCalculation, ...] = ()
    sorts: tuple[str, ...] = ()
    pivots: tuple[str, ...] = ()
