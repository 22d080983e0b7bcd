"""What time it is, and waiting: handed to all that waits, so that a test waits in its own time."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from datetime import UTC, datetime


class Clock(ABC):
    @abstractmethod
    def now(self) -> datetime:
        """In UTC."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Returns when so much time has passed."""


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
