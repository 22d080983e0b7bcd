"""Which fields of a service are no more, by what it described before and what it describes now. Pure.

The column of such a field stays in the warehouse with what it held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.contract import SchemaChange

if TYPE_CHECKING:
    from collections.abc import Iterable


def gone_columns(table: str, before: Iterable[str], now: Iterable[str]) -> tuple[SchemaChange, ...]:
    """Of the columns it had `before`, those that are not there `now`, or not for this user; by name."""
    return tuple(SchemaChange(table, "gone_column", column, "") for column in sorted(set(before) - set(now)))
