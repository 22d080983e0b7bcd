"""One row a user: of every column the latest value that is not NULL, by `received_at`.

A standing row says when its newest value came, not when each did; so an older event fills the columns that
are NULL and changes no other, as in RudderStack's own merge.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = -(2**63)


def merged(
    standing: Iterable[Mapping[str, Any]], arriving: Iterable[Mapping[str, Any]], *, key: str, latest_by: str
) -> list[dict[str, Any]]:
    """The rows that take the place of `standing`, one for each `key`; at equal times the later row wins."""
    rows = sorted([*standing, *arriving], key=lambda row: _moment(row.get(latest_by)))
    users: dict[Any, dict[str, Any]] = {}
    for row in rows:
        user = users.setdefault(row[key], {})
        user.update((column, value) for column, value in row.items() if value is not None)
    return list(users.values())


def _moment(value: object) -> int:
    """Microseconds since 1970 of a moment, which may be that already."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return value if isinstance(value, int) else _NEVER
