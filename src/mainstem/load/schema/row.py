"""One row of one table, as the rules make it; what the loader plans with."""

from __future__ import annotations

from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row before it meets the table that exists.

    `columns` maps column names to RudderStack's types (`int`, `float`, `boolean`, `datetime`, `string`,
    `text`, `json`). `data` holds the values: datetimes as text (UTC, milliseconds), arrays whole. Every key
    of `data` is in `columns`; `columns` also names `uuid_ts`, which the loader fills in.
    """

    table: str
    columns: dict[str, str]
    data: dict[str, Any]
    received_at: str
    """The event's `receivedAt` as it was given."""
