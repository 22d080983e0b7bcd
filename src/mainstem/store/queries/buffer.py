"""Runs on their way into the query log: noted in microseconds, written by a thread, in batches.

Noting a run never waits, never raises, and never takes more memory than `room` runs: while the database is
away the newest are dropped once there is no room, and how many is told. What is not yet written when the
process is killed, about a second's worth, is lost.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from mainstem.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.store.queries.runs import QueryRun

logger = logging.getLogger("mainstem.queries")

_AT_ONCE = 500
_CLOSE_SECONDS = 2.0


class Keeps(Protocol):
    """Where runs are kept: `QueryRuns`."""

    def add(self, runs: Sequence[QueryRun]) -> None:
        """Raises StoreUnavailable."""


class QueryLog:
    """Safe to use from several threads."""

    def __init__(self, kept: Keeps, *, room: int = 10_000, every_s: float = 1.0) -> None:
        self._kept = kept
        self._room = room
        self._every_s = every_s
        self._waiting: deque[QueryRun] = deque()
        self._dropped = 0
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._write_forever, name="query-log", daemon=True)
        self._thread.start()

    def note(self, run: QueryRun) -> None:
        """Keep it, soon."""
        with self._guard:
            if len(self._waiting) >= self._room:
                self._dropped += 1
            else:
                self._waiting.append(run)

    def close(self, within_s: float = _CLOSE_SECONDS) -> None:
        """Write what waits, for so long at most. Safe to call twice."""
        self._closing = True
        self._wake.set()
        self._thread.join(within_s)
        if self._thread.is_alive() or self._waiting:
            logger.warning("%s queries did not get into the query log", len(self._waiting))

    def _write_forever(self) -> None:
        while not self._closing:
            self._wake.wait(self._every_s)
            self._write()
        self._write()  # what was noted between the last look and the end

    def _write(self) -> None:
        """All that waits; where the database is away, later."""
        while self._waiting:
            with self._guard:
                some = [self._waiting[n] for n in range(min(_AT_ONCE, len(self._waiting)))]
            try:
                self._kept.add(some)
            except StoreUnavailable as e:
                logger.warning("the query log is written later: %s", e)
                return
            except Exception:
                # Whatever the database makes of an odd run is no reason to lose all later ones.
                logger.exception("%s queries are left out of the query log", len(some))
            with self._guard:
                for _ in some:
                    self._waiting.popleft()
                dropped, self._dropped = self._dropped, 0
            if dropped:
                logger.warning("%s queries are missing in the query log: there was no room for them", dropped)
