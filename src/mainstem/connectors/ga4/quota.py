"""What the property says of its tokens, and what its refusals mean.

Every answer tells what is left of each quota and what it cost. Calls stop while there is still more than
the dearest request so far has cost; errors of Google's side too, of which an hour holds ten. An hour's
tokens are back an hour later at the latest, a day's at midnight in California.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mainstem.saas import Quota, Verdict

if TYPE_CHECKING:
    from requests import Response

    from mainstem.saas import Clock

_HOUR = timedelta(hours=1)
_DAY = "tokensPerDay"
_TOKENS = ("tokensPerProjectPerHour", "tokensPerHour", _DAY)
_RARE = "potentiallyThresholdedRequestsPerHour"
_ERRORS = "serverErrorsPerProjectPerHour"
_CALIFORNIA = ZoneInfo("America/Los_Angeles")
_USUAL_COST = 10
_MOST_ERRORS = 8
"""Of the ten an hour that a property has: others ask it too."""


class Tokens:
    """Of one property, as one session sees them. `reserve` are a day's tokens that are left to others."""

    def __init__(self, clock: Clock, reserve: int) -> None:
        self._clock = clock
        self._reserve = reserve
        self._dearest = _USUAL_COST
        self._errors: deque[datetime] = deque()

    def quota(self, response: Response) -> Quota | None:
        """What is left for us: `reserve` where the next request may be one too many."""
        if response.status_code == 429:
            ends = self._ends(_said(response))
            return None if ends is None else Quota(0, None, ends)
        if response.status_code >= 500:
            return self._after_error()
        left = _left(response)
        if not left:
            return None
        costs = [left[name].get("consumed", 0) for name in _TOKENS if name in left]
        self._dearest = max([self._dearest, *costs])
        for name in _TOKENS:
            here = left.get(name, {}).get("remaining", 0)
            kept = self._reserve if name == _DAY else 0
            if name in left and here <= self._dearest + kept:
                return Quota(
                    min(here, self._reserve), None, self._midnight() if name == _DAY else self._soon()
                )
        rare, errors = left.get(_RARE, {}), left.get(_ERRORS, {})
        if (rare.get("consumed") and rare.get("remaining", 0) <= 1) or (
            errors and errors.get("remaining", 0) <= 1
        ):
            return Quota(0, None, self._soon())
        if _DAY not in left:
            return None
        return Quota(left[_DAY].get("remaining", 0), None, self._midnight())

    def judge(self, response: Response) -> Verdict | None:
        """Of an answer whose quota has been looked at."""
        if response.status_code == 429:
            return Verdict.WAIT if self._ends(_said(response)) is None else Verdict.QUOTA
        if response.status_code >= 500 and len(self._errors) > _MOST_ERRORS:
            return Verdict.QUOTA
        return None

    def _ends(self, said: str) -> datetime | None:
        """When what a refusal tells of is over; None for what is over in a moment."""
        if "exhausted" not in said.lower() or "concurrent" in said.lower():
            return None
        return self._midnight() if "per day" in said else self._soon()

    def _after_error(self) -> Quota | None:
        """No call until an hour has fewer of them, where there were too many."""
        now = self._clock.now()
        self._errors.append(now)
        while self._errors[0] <= now - _HOUR:
            self._errors.popleft()
        return Quota(0, None, self._errors[0] + _HOUR) if len(self._errors) > _MOST_ERRORS else None

    def _soon(self) -> datetime:
        return self._clock.now() + _HOUR

    def _midnight(self) -> datetime:
        tomorrow = self._clock.now().astimezone(_CALIFORNIA).date() + timedelta(days=1)
        return datetime.combine(tomorrow, time(), _CALIFORNIA)


def _left(response: Response) -> dict[str, dict[str, Any]]:
    """What an answer says is left, by quota; nothing where it says nothing, or is cut off."""
    if response.status_code >= 400 or "json" not in response.headers.get("Content-Type", ""):
        return {}
    try:
        body = response.json()
    except ValueError:
        return {}
    found = body.get("propertyQuota") if isinstance(body, dict) else None
    return found or {}


def _said(response: Response) -> str:
    return response.text[:2000]
