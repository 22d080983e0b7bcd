"""What can be asked of an explore: plain names and filter expressions, nothing resolved."""

from __future__ import annotations

import msgspec

DEFAULT_LIMIT = 500
"""Rows a query returns when it does not say; Looker's default."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One question. Every field is named `view.field`."""

    model: str
    explore: str
    fields: tuple[str, ...]
    filters: dict[str, str] = {}
    """`view.field` → filter expression in the grammar of the field's type; empty means any value."""
    pivots: tuple[str, ...] = ()
    """Dimensions among `fields` whose values become columns; the SQL groups by them like any other."""
    sorts: tuple[str, ...] = ()
    """`view.field`, `view.field desc`; empty means Looker's default order."""
    limit: int | None = None
    """None means 500; -1 means every row. With pivots it counts rows as they are shown."""
