"""When it is, where the clocks stand, and how the model counts weeks and years: what filters on dates and
timeframes are read by.

Bounds of filters are converted, never columns, so that partitions prune.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from mainstem.errors import QueryError
from mainstem.semantics.model import Datatype

if TYPE_CHECKING:
    from mainstem.query.context import Context
    from mainstem.query.plan import Resolved

UNCONVERTED = frozenset({Datatype.DATE, Datatype.YYYYMMDD})
"""What has no time of day has no zone either."""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    now: datetime
    """Naive, in the zone of the query."""
    database_timezone: str = "UTC"
    query_timezone: str | None = None
    """What people see; None where nothing is converted."""
    week_start_day: str = "monday"
    fiscal_month_offset: int = 0

    def stored(self, moment: datetime, datatype: Datatype, convert_tz: bool = True) -> datetime:
        """A time of the query's zone as a column of that datatype holds it; naive both."""
        if datatype in UNCONVERTED:
            return moment
        shown = (self.query_timezone if convert_tz else None) or self.database_timezone
        kept = "UTC" if datatype is Datatype.EPOCH else self.database_timezone
        return _moved(moment, shown, kept)

    @property
    def today(self) -> datetime:
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)


def clock_of(resolved: Resolved, context: Context) -> Clock:
    model = resolved.model
    shown = resolved.timezone or context.database_timezone
    return Clock(
        now=_moved(context.now, "UTC", shown),
        database_timezone=context.database_timezone,
        query_timezone=resolved.timezone,
        week_start_day=model.week_start_day if model else "monday",
        fiscal_month_offset=model.fiscal_month_offset if model else 0,
    )


@cache
def zone(name: str) -> ZoneInfo:
    """Raises QueryError for a name that IANA does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise QueryError(
            f"unknown time zone {name!r}; valid are names of the IANA database, like Europe/Berlin and UTC"
        ) from e


def _moved(moment: datetime, source: str, target: str) -> datetime:
    if source == target:
        return moment
    try:
        aware = moment.replace(tzinfo=UTC if source == "UTC" else zone(source))
        return aware.astimezone(zone(target)).replace(tzinfo=None)
    except OverflowError:
        return moment
