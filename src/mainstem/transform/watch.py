"""What is published, looked up at most about once a second for all who ask, and remembered.

While it cannot be looked up, what was known last still holds, and says since when nobody could look. Before
the first publication every question is looked up, so that the first build appears at once.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.transform.publishing import Standing

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 0.5
"""How long a question waits for a look that takes long, when something is known already."""


class PublicationWatch:
    """Safe to use from several threads; one of them at a time waits for a look."""

    def __init__(
        self,
        look: Callable[[], Standing],
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = _PATIENCE_SECONDS,
    ) -> None:
        """`clock` counts seconds; it says when to look again."""
        self._look = look
        self._clock = clock
        self._patience_s = patience_s
        self._known: Standing | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "publications")
        self._under_way: Future[Standing] | None = None

    def standing(self) -> Standing:
        """Raises TransientError while nothing is known at all."""
        if self._looking.acquire(blocking=not _has_something(self._known)):
            try:
                if self._due():
                    self._known = self._refreshed(self._known)
                    self._looked_at = self._clock()
            finally:
                self._looking.release()
        if self._known is None:
            raise AssertionError("a look that fails without anything known raises")
        return self._known

    def snapshot(self) -> int | None:
        """The snapshot to serve, None before the first. Raises as `standing`."""
        current = self.standing().current
        return current.snapshot if current else None

    def look_again(self) -> None:
        """The next question is looked up, however short ago the last one was."""
        with self._looking:
            self._looked_at = self._clock() - LOOK_SECONDS

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _due(self) -> bool:
        return not _has_something(self._known) or self._clock() - self._looked_at >= LOOK_SECONDS

    def _refreshed(self, known: Standing | None) -> Standing:
        if self._under_way is None:
            self._under_way = self._thread.submit(self._look)
        try:
            found = self._under_way.result(self._patience_s if _has_something(known) else None)
        except TimeoutError as e:
            if known is None or not self._slow():
                raise
            return _unseen(known, e)
        except TransientError as e:
            self._under_way = None
            if known is None:
                raise
            return _unseen(known, e)
        except BaseException:
            self._under_way = None
            raise
        self._under_way = None
        return found

    def _slow(self) -> bool:
        """Whether the look is still under way, as opposed to having failed with a timeout of its own."""
        return self._under_way is not None and not self._under_way.done()


def _has_something(known: Standing | None) -> bool:
    """Whether there is something to show while nobody looks; before, every question waits for its look."""
    return known is not None and known.current is not None


def _unseen(known: Standing, why: Exception) -> Standing:
    if known.unseen_since is not None:
        return known
    logger.warning("what is published cannot be looked up: %s", str(why) or "no answer yet")
    return replace(known, unseen_since=datetime.now(UTC))
