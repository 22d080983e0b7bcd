"""A service's own limit: it refuses the call that is one too many in the time before it, to the second."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Allowed:
    """So many calls of matching paths in any stretch of so many seconds."""

    calls: int
    seconds: float
    path: str = ""


class Meter:
    """Counts the calls of one limit."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        self._taken: deque[datetime] = deque()

    def matches(self, path: str) -> bool:
        return re.search(self.allowed.path, path) is not None

    def take(self, now: datetime) -> float:
        """0.0 and the call counts; or seconds until there is room."""
        stretch = timedelta(seconds=self.allowed.seconds)
        while self._taken and self._taken[0] <= now - stretch:
            self._taken.popleft()
        if len(self._taken) >= self.allowed.calls:
            return (self._taken[0] + stretch - now).total_seconds()
        self._taken.append(now)
        return 0.0

    def left(self) -> int:
        return self.allowed.calls - len(self._taken)
