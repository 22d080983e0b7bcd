"""What is published, looked up at most about once a second for all who ask, and remembered.

While it cannot be looked up, what was known last still holds, and says since when nobody could look. Before
the first publication every question is looked up, so that the first build appears at once.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.transform.publishing import Standing

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class PublicationWatch:
    """Safe to use from several threads; only one of them looks at a time."""

    def __init__(self, look: Callable[[], Standing], clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds; it says when to look again."""
        self._look = look
        self._clock = clock
        self._known: Standing | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()

    def standing(self) -> Standing:
        """Raises TransientError while nothing is known at all."""
        if self._looking.acquire(blocking=self._known is None):
            try:
                if self._due():
                    self._refresh()
            finally:
                self._looking.release()
        if self._known is None:
            raise AssertionError("a look that fails without anything known raises")
        return self._known

    def snapshot(self) -> int | None:
        """The snapshot to serve, None before the first. Raises as `standing`."""
        current = self.standing().current
        return current.snapshot if current else None

    def _due(self) -> bool:
        if self._known is None or (self._known.current is None and self._known.unseen_since is None):
            return True
        return self._clock() - self._looked_at >= LOOK_SECONDS

    def _refresh(self) -> None:
        try:
            self._known = self._look()
        except TransientError as e:
            if self._known is None:
                raise
            if self._known.unseen_since is None:
                logger.warning("what is published cannot be looked up: %s", e)
                self._known = replace(self._known, unseen_since=datetime.now(UTC))
        self._looked_at = self._clock()
