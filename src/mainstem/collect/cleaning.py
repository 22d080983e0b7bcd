"""Delete what the log no longer keeps, beside the gateway: every partition of its data folder.

Also those of workers that are no more. It never touches what is not loaded, and waits for nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mainstem.collect.alongside import alongside
from mainstem.errors import MainstemError
from mainstem.log import clean_log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from mainstem.collect.server import Parts
    from mainstem.log import LogSettings, StreamReport

EVERY_SECONDS = 60.0

logger = logging.getLogger("mainstem.collect")


class Cleaning:
    """A companion of the gateway, and what it last found."""

    def __init__(self, data_dir: Path, settings: LogSettings, every: float = EVERY_SECONDS) -> None:
        self._data_dir = data_dir
        self._settings = settings
        self._every = every
        self._said = ""
        self._is_held = False
        self.reports: tuple[StreamReport, ...] = ()

    @asynccontextmanager
    async def beside(self, _: Parts) -> AsyncIterator[None]:
        async with alongside(self._keep_cleaning()):
            yield

    async def _keep_cleaning(self) -> None:
        while True:
            await asyncio.to_thread(self.clean)
            await asyncio.sleep(self._every)

    def clean(self) -> None:
        """Once. What goes wrong is told when it begins, and tried again."""
        try:
            self.reports = clean_log(self._data_dir, self._settings, time.time())
        except (MainstemError, OSError) as e:
            self._say(str(e))
            return
        self._say("; ".join(damage for report in self.reports for damage in report.damage))
        for report in self.reports:
            if report.deletions:
                size = sum(one.size for one in report.deletions)
                logger.info(
                    "deleted %s segments, %s bytes, of %s", len(report.deletions), size, report.stream
                )
        held = sum(report.held_bytes for report in self.reports if report.stream == "events")
        if held and not self._is_held:
            logger.warning("the log keeps %s bytes more than it should, for they are not loaded yet", held)
        self._is_held = bool(held)

    def _say(self, problem: str) -> None:
        if problem and problem != self._said:
            logger.error("not all of the log is cleaned: %s", problem)
        self._said = problem
