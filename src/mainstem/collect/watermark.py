"""Refuse events while the disk is nearly full, before a write fails and while there is room to mend it.

Senders are told 503 and when to come again, and keep what they have. Looked at once a second, beside the
requests; an append pays for one look at a flag. It frees nothing: that is for retention, or for a person.
"""

from __future__ import annotations

import logging
import os
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import LogUnavailable
from mainstem.log import Histogram
from mainstem.log.meter import SECONDS

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.log import LogWriter

_SHARE = 20
"""A small disk is nearly full when this part of it is left, whatever the setting says."""
_ENOUGH = 1.25
"""Times the mark must be free again before events are let in, or it would flap."""

logger = logging.getLogger("mainstem.collect")


class Room(NamedTuple):
    """A disk, in bytes."""

    total: int
    free: int


def room_of(folder: Path) -> Room:
    """What is free for us on the disk of `folder`. Raises OSError."""
    found = os.statvfs(folder)
    return Room(found.f_frsize * found.f_blocks, found.f_frsize * found.f_bavail)


class Watermark:
    """Whether the disk is nearly full, as of the last look."""

    def __init__(self, min_free_bytes: int, room: Callable[[], Room]) -> None:
        self._min_free = min_free_bytes
        self._room = room
        self.free: int | None = None
        """None while nobody can say."""
        self.is_low = False

    def look(self) -> None:
        try:
            total, self.free = self._room()
        except OSError as e:
            if self.free is not None:
                logger.warning("nobody can say how full the disk of the log is: %s", e)
            self.free = None
            return
        mark = min(self._min_free, total // _SHARE)
        low = self.free < (mark * _ENOUGH if self.is_low else mark)
        if low is self.is_low:
            return
        self.is_low = low
        if low:
            logger.error(
                "refusing events: %s bytes are free on the disk of the log, fewer than %s "
                "([collect] min_free_bytes)",
                self.free,
                mark,
            )
        else:
            logger.warning("accepting events again: %s bytes are free on the disk of the log", self.free)


class GuardedLog:
    """A log's writer that takes nothing while the disk is nearly full, and counts how its appends end."""

    def __init__(self, log: LogWriter, watermark: Watermark) -> None:
        self._log = log
        self._watermark = watermark
        self.seconds = Histogram(SECONDS)
        """From an append until it is durable; the gateway makes one for all that wait together."""
        self.refused_records = 0

    def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
        """Raises LogUnavailable at once where there is no room."""
        if self._watermark.is_low:
            self.refused_records += len(records)
            raise LogUnavailable(f"the disk is nearly full: {self._watermark.free} bytes are free")
        began = perf_counter()
        future = self._log.append(records)
        future.add_done_callback(lambda done: self._ended(done, began, len(records)))
        return future

    @property
    def durable_end(self) -> int:
        return self._log.durable_end

    def _ended(self, future: asyncio.Future[int], began: float, records: int) -> None:
        if future.cancelled() or future.exception() is not None:
            self.refused_records += records
        else:
            self.seconds.observe(perf_counter() - began)
