"""Columns of every datatype as dates and times: numbers are read, times moved to the zone of the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.query.clock import UNCONVERTED
from mainstem.semantics.model import Datatype

if TYPE_CHECKING:
    from mainstem.query.clock import Clock
    from mainstem.query.dialects import Dialect


def stored(sql: str, datatype: Datatype, dialect: Dialect) -> str:
    """What the column means, in the zone it is in."""
    match datatype:
        case Datatype.EPOCH:
            return dialect.from_epoch(sql)
        case Datatype.YYYYMMDD:
            return dialect.from_yyyymmdd(sql)
        case _:
            return sql


def seen(sql: str, datatype: Datatype, convert_tz: bool, dialect: Dialect, clock: Clock) -> str:
    """What people see."""
    time = stored(sql, datatype, dialect)
    kept = "UTC" if datatype is Datatype.EPOCH else clock.database_timezone
    shown = clock.query_timezone
    if shown is None or shown == kept or not convert_tz or datatype in UNCONVERTED:
        return time
    return dialect.converted(time, kept, shown)
