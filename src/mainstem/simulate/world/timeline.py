"""The company's calendar: its first day, its months, its releases.

History begins on the first of a month and a longer one holds the shorter unchanged. Nothing is drawn here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import msgspec

HISTORY_MONTHS = 60
"""What the size of a company is told for: so many accounts in so many months."""
DEFAULT_FIRST_DAY = date(2020, 1, 1)
_RELEASE_DAY = 16
_MINORS = 24
_FIRST_MAJOR = 5


class Calendar(msgspec.Struct, frozen=True):
    """When the company's history begins; every rule that counts months or releases asks it."""

    first_day: date = DEFAULT_FIRST_DAY
    """The first of a month."""

    def month_of(self, day: date) -> int:
        """1 for the first month of history."""
        return (day.year - self.first_day.year) * 12 + day.month - self.first_day.month + 1

    def day_after(self, months: int) -> date:
        """The first day that is no longer in the first `months` months."""
        whole = self.first_day.month - 1 + months
        return date(self.first_day.year + whole // 12, whole % 12 + 1, 1)

    def release_on(self, day: date) -> int:
        """The number of the newest release, 1 from the start; one comes on the 16th of each month."""
        return max(1, self.month_of(day) - (day.day < _RELEASE_DAY))

    def released(self, number: int) -> date:
        """The day of a release."""
        if number == 1:
            return self.first_day
        return self.day_after(number - 1).replace(day=_RELEASE_DAY)


def moment(day: date, seconds: float = 0.0) -> datetime:
    """So many seconds after midnight, UTC; to the millisecond, as events are dated."""
    return datetime.combine(day, time(), UTC) + timedelta(milliseconds=int(seconds * 1000))


def version_of(number: int) -> str:
    """5.0.0 is release 1; 24 minor releases make a major one, so 5.10.0 follows 5.9.0."""
    return f"{_FIRST_MAJOR + (number - 1) // _MINORS}.{(number - 1) % _MINORS}.0"
