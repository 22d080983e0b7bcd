"""Which rows are made anew: of which sources and tables, and received when.

A record is judged by what its rows will say, not by where it stands in the log: events that were backfilled,
or that came late, were received when they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.load.schema import parse_moment

if TYPE_CHECKING:
    from datetime import datetime


class _Event(msgspec.Struct, gc=False, rename="camel"):
    received_at: Any = None


class _Head(msgspec.Struct, gc=False, rename="camel"):
    received_at: str
    event: _Event


_decode = msgspec.json.Decoder(_Head).decode


@dataclass(frozen=True)
class Scope:
    """Everything, where nothing is named."""

    begin: datetime | None = None
    """Rows received at or after it."""
    end: datetime | None = None
    """Rows received before it."""
    source_ids: frozenset[str] | None = None
    tables: frozenset[str] | None = None
    """Names of tables, in every namespace."""

    @property
    def is_range(self) -> bool:
        return self.begin is not None or self.end is not None

    def takes_table(self, table: str) -> bool:
        return self.tables is None or table in self.tables

    def takes_record(self, payload: bytes) -> bool:
        """Whether its rows were received in the range. A record that cannot be read becomes no rows."""
        if not self.is_range:
            return True
        try:
            head = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        own = head.event.received_at
        moment = parse_moment(own) if isinstance(own, str) else None
        return self.takes_moment(moment or parse_moment(head.received_at))

    def takes_moment(self, received_at: datetime | None) -> bool:
        if received_at is None:
            return not self.is_range
        if self.begin is not None and received_at < self.begin:
            return False
        return self.end is None or received_at < self.end
