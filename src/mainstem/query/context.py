"""Who asks, when, and where the clocks stand: all that decides an answer and is not the question."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Asking(msgspec.Struct, frozen=True):
    """Who asks, as far as it decides what they are shown."""

    user_attributes: dict[str, str] = {}
    sees_everything: bool = False


EVERYTHING = Asking(sees_everything=True)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    now: datetime
    """Naive UTC, for filters like `7 days`."""
    user_attributes: dict[str, str] = {}
    """Of the asker: access filters, access grants and Liquid read them. A name that is not there has no
    value, which an access filter takes for nothing to see."""
    sees_everything: bool = False
    """No access filter or grant holds: for those who may read the warehouse itself."""
    database_timezone: str = "UTC"
    """What times in the warehouse are in."""
    query_timezone: str | None = None
    """What people see; None: no conversion. A request may name its own."""


def context_of(asked: Context | datetime) -> Context:
    """Where all that is known of the asker is when: naive UTC."""
    return asked if isinstance(asked, Context) else Context(now=asked, sees_everything=True)
