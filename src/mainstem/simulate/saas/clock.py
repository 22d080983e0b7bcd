"""The time of a simulated service: it stands until it is moved, or goes on as real time does."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class ControlledClock:
    """Never goes back. Safe to use from several threads."""

    def __init__(self, at: datetime, *, runs: bool = False) -> None:
        """With `runs`, it goes on as real time does."""
        self._at = at
        self._runs = runs
        self._since = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._move(self._now() + timedelta(seconds=seconds))

    def move_to(self, moment: datetime) -> None:
        """To a later moment; to an earlier one it does not go."""
        with self._lock:
            self._move(max(moment, self._now()))

    def run(self) -> None:
        """From now on it goes on as real time does."""
        with self._lock:
            self._move(self._now())
            self._runs = True

    def _now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._since) if self._runs else self._at

    def _move(self, moment: datetime) -> None:
        self._at, self._since = moment, time.monotonic()


def stamp(moment: datetime) -> str:
    """As most services write a moment: seconds, and a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
