"""How fast days are played: as fast as the gateway takes them, so many events a second, or by a clock.

A pace says how much is played at once and waits for its moment; it never lets anything happen before its
time has come. What time it is and how to wait are handed to it.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mainstem.simulate.world.output import Day, Event

_FLUSH = timedelta(seconds=1)
"""How long SDKs collect events, about."""


def _now() -> datetime:
    return datetime.now(UTC)


class Pace(Protocol):
    def portions(self, day: Day) -> Iterator[Sequence[Event]]:
        """The events of a day in portions, each given when it may be sent; ends when the day may end."""

    def is_open(self, day: Day) -> bool:
        """Whether this day can be played; where not, playing ends before it."""

    def is_history(self, day: Day) -> bool:
        """Whether nobody watches this day as it happens."""


class FullSpeed:
    """All at once, but only days that are over."""

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now

    def is_open(self, day: Day) -> bool:
        return day.day < self._now().date()

    def is_history(self, day: Day) -> bool:
        return True

    def portions(self, day: Day) -> Iterator[Sequence[Event]]:
        yield day.events


class RatePace(FullSpeed):
    """As many events a second at most, days that are over."""

    def __init__(
        self,
        events_a_second: float,
        now: Callable[[], datetime] = _now,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(now)
        self._rate = events_a_second
        self._wait = wait
        self._free_at = now()

    def portions(self, day: Day) -> Iterator[Sequence[Event]]:
        size = max(1, int(self._rate))
        for first in range(0, len(day.events), size):
            portion = day.events[first : first + size]
            early = (self._free_at - self._now()).total_seconds()
            if early > 0:
                self._wait(early)
            self._free_at = max(self._free_at, self._now()) + timedelta(seconds=len(portion) / self._rate)
            yield portion


class ClockPace:
    """Time passes so many times faster than real time until it has caught up with the present.

    Days through `history_through` are played at once, as far as they are over.
    """

    def __init__(
        self,
        times: float,
        history_through: date | None = None,
        now: Callable[[], datetime] = _now,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._times = times
        self._history_through = history_through
        self._now = now
        self._wait = wait
        self._began: tuple[datetime, datetime] | None = None

    def is_open(self, day: Day) -> bool:
        """Always: it waits for a day that has not come."""
        return True

    def is_history(self, day: Day) -> bool:
        return self._history_through is not None and day.day <= min(self._history_through, self._yesterday())

    def portions(self, day: Day) -> Iterator[Sequence[Event]]:
        if self.is_history(day):
            yield day.events
            return
        midnight = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
        if self._began is None:
            self._began = (self._now(), midnight)
        place = 0
        while place < len(day.events):
            end = day.events[place].received_at + _FLUSH * self._times
            first = place
            while place < len(day.events) and day.events[place].received_at < end:
                place += 1
            self._wait_for(day.events[place - 1].received_at)
            yield day.events[first:place]
        if day.ends:
            self._wait_for(midnight + timedelta(days=1))

    def _yesterday(self) -> date:
        return self._now().date() - timedelta(days=1)

    def _wait_for(self, moment: datetime) -> None:
        """Waits piece by piece, so that a machine that was asleep does not oversleep by more."""
        while (seconds := (self._due(moment) - self._now()).total_seconds()) > 0:
            self._wait(min(seconds, 60.0))

    def _due(self, moment: datetime) -> datetime:
        began, midnight = self._began or (moment, moment)
        return max(moment, began + (moment - midnight) / self._times)
