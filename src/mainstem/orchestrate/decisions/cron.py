"""Ticks of a cron expression in the wall clock of a time zone, as Airflow's CronTriggerTimetable finds them.

croniter is given the naive wall clock and never a time zone. What it answers becomes a moment by two rules,
of Airflow: a wall clock that the day does not have (clocks go forward) is moved on by the gap, and one that
it has twice means the second. Only an expression that ticks in every hour ticks in both of a repeated hour.

It knows no DAG and reads no clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croniter import CroniterBadCronError, CroniterBadDateError, croniter

from mainstem.errors import ConfigError
from mainstem.manifest import five_fields

if TYPE_CHECKING:
    from mainstem.manifest import CronSchedule


class Ticks:
    """Every moment is in UTC. None: there is no such tick (`0 0 30 2 *` has none at all)."""

    def __init__(self, schedule: CronSchedule) -> None:
        """Raises ConfigError when croniter cannot read the expression, or the time zone is unknown."""
        self._expression = five_fields(schedule.expression)
        self._zone: tzinfo = _zone(schedule)
        self._every_hour = _ticks_in_every_hour(self._expression)

    def after(self, moment: datetime) -> datetime | None:
        """The first tick later than `moment`."""
        return self._beside(moment, forward=True)

    def before(self, moment: datetime) -> datetime | None:
        """The last tick earlier than `moment`."""
        return self._beside(moment, forward=False)

    def at_or_after(self, moment: datetime) -> datetime | None:
        following = self.after(moment)
        if following is None:
            return None
        return moment.astimezone(UTC) if self.before(following) == moment else following

    def at_or_before(self, moment: datetime) -> datetime | None:
        previous = self.before(moment)
        if previous is None:
            return None
        return moment.astimezone(UTC) if self.after(previous) == moment else previous

    def between(self, first: datetime, last: datetime) -> list[datetime]:
        """Every tick from `first` to `last`, both included."""
        found: list[datetime] = []
        tick = self.at_or_after(first)
        while tick is not None and tick <= last:
            found.append(tick)
            tick = self.after(tick)
        return found

    def _beside(self, moment: datetime, *, forward: bool) -> datetime | None:
        wall = moment.astimezone(self._zone).replace(tzinfo=None, fold=0)
        cron = croniter(self._expression, start_time=wall)
        try:
            found: datetime = cron.get_next(datetime) if forward else cron.get_prev(datetime)
        except CroniterBadDateError:
            return None
        if self._every_hour:
            return moment.astimezone(UTC) + (found - wall)
        return _moment(found, self._zone)


def _zone(schedule: CronSchedule) -> tzinfo:
    try:
        return ZoneInfo(schedule.timezone)
    except (KeyError, ValueError, OSError) as e:  # no such name; not a name at all; the name of a folder
        raise ConfigError(
            "schedule", f"time zone {schedule.timezone!r} is unknown", "a name of the IANA database"
        ) from e


@lru_cache(maxsize=256)
def _ticks_in_every_hour(expression: str) -> bool:
    try:
        return bool(croniter(expression).expanded[1] == ["*"])
    except CroniterBadCronError as e:
        raise ConfigError(
            "schedule", f"cron expression {expression!r}: {e}", "minute hour day month weekday"
        ) from e


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """The second of two equal wall clocks; after a gap by as much as it lies in it."""
    first = wall.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    gap = max(second - first, timedelta())
    return (wall + gap).replace(tzinfo=zone, fold=1).astimezone(UTC)
