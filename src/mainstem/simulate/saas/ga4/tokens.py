"""A property's quotas: tokens of a day and of an hour, and what a report costs of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

_CALIFORNIA = ZoneInfo("America/Los_Angeles")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Allowed:
    """Of a standard property."""

    a_day: int = 200_000
    an_hour: int = 14_000
    """Of one project."""


class Purse:
    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._spent_in: dict[str, tuple[Any, int]] = {}

    def seconds(self, now: datetime) -> float:
        """Until there is something left; 0.0 for now."""
        for name, (began, length) in self._windows(now).items():
            if self._left(name, now) <= 0:
                return (began + length - now).total_seconds()
        return 0.0

    def spend(self, cost: int, now: datetime) -> dict[str, Any]:
        """What the answer says of it."""
        found: dict[str, Any] = {}
        for name, (began, _) in self._windows(now).items():
            held, spent = self._spent_in.get(name, (None, 0))
            self._spent_in[name] = (began, (spent if held == began else 0) + cost)
            found[name] = {"consumed": cost, "remaining": max(self._left(name, now), 0)}
        found["tokensPerHour"] = found["tokensPerProjectPerHour"]
        found["concurrentRequests"] = {"remaining": 10}
        found["serverErrorsPerProjectPerHour"] = {"remaining": 10}
        found["potentiallyThresholdedRequestsPerHour"] = {"remaining": 120}
        return found

    def _left(self, name: str, now: datetime) -> int:
        began, spent = self._spent_in.get(name, (None, 0))
        allowed = self._allowed.a_day if name == "tokensPerDay" else self._allowed.an_hour
        return allowed - (spent if began == self._windows(now)[name][0] else 0)

    @staticmethod
    def _windows(now: datetime) -> dict[str, tuple[datetime, timedelta]]:
        """When each began, and how long it is."""
        there = now.astimezone(_CALIFORNIA)
        day = there.replace(hour=0, minute=0, second=0, microsecond=0)
        hour = now.replace(minute=0, second=0, microsecond=0)
        return {"tokensPerDay": (day, timedelta(days=1)), "tokensPerProjectPerHour": (hour, _HOUR)}
