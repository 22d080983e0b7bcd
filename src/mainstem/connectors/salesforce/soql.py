"""The queries that are asked, as text. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.connectors.salesforce.objects import Described


def changed(
    found: Described, since: datetime | None, until: datetime | None = None, *, ordered: bool = True
) -> str:
    """Every field of the rows that changed since, and before `until`. Ordered, a reading that ends early can
    go on from its last row; Bulk has places of its own, and orders nothing, since that costs it its parts."""
    conditions = []
    if found.stamp and since is not None:
        conditions.append(f"{found.stamp} >= {literal(since)}")
    if found.stamp and until is not None:
        conditions.append(f"{found.stamp} < {literal(until)}")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = f" ORDER BY {found.stamp}, Id" if found.stamp else " ORDER BY Id"
    fields = ", ".join(found.columns)
    return f"SELECT {fields} FROM {found.name}{where}{order if ordered else ''}"  # noqa: S608 # names as the org describes them


def literal(at: datetime) -> str:
    """To the millisecond, which is as exact as stamps are."""
    written = at.astimezone(UTC)
    return written.strftime("%Y-%m-%dT%H:%M:%S.") + f"{written.microsecond // 1000:03}Z"
