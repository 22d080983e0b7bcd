"""Keep the file of a gateway's counts up to date while it serves.

Once a second it looks at what the handler has counted; what changed is put into the minute it happened in.
The hot path pays nothing for it. A file that cannot be written is told once and tried again: no event is
refused for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.collect.counts_file import (
    MINUTES,
    GatewayCounts,
    Minute,
    SourceFigures,
    counts_path,
    read_counts,
    write_counts,
)
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from mainstem.collect.server import Companion, Parts
    from mainstem.collect.sources import SourceCounts, SourceTable
    from mainstem.log import LogReader

TICK_SECONDS = 1.0
_SILENT_TICKS = 5
"""Unchanged counts are written again after so many, so that a reader sees that the gateway lives."""
_MARKS = 64
_MARK_BYTES = 16 * 1024
"""Between two marks at least, so that they reach back about a megabyte."""

logger = logging.getLogger(__name__)


class CountsBoard:
    """What goes into the file, kept from tick to tick. `now` gives seconds since 1970."""

    def __init__(self, partition: str, earlier: GatewayCounts | None, now: Callable[[], float]) -> None:
        self._now = now
        self._earlier = {} if earlier is None else earlier.sources
        self._counted: dict[str, Minute] = {}
        self.written = GatewayCounts(partition, os.getpid(), _stamp(now()), "")
        if earlier is not None:
            self.written.marks = earlier.marks

    def look(self, table: SourceTable, config_error: str | None) -> bool:
        """Take in what was counted since the last look; whether anything changed."""
        now = self._now()
        before = self.written.config_error, set(self.written.sources)
        happened = [self._count(entry.id, entry.counts, now) for entry in table.compiled]
        self.written.sources = {entry.id: self.written.sources[entry.id] for entry in table.compiled}
        self.written.config_error = config_error
        self.written.at = _stamp(now)
        return any(happened) or before != (config_error, set(self.written.sources))

    def mark(self, stream: str, end: int) -> bool:
        """Remember an offset to begin reading at; whether the file changes by it."""
        marks = self.written.marks.setdefault(stream, [])
        if marks and end < marks[-1]:
            marks.clear()  # the log was begun anew
        if marks and end - marks[-1] < _MARK_BYTES:
            return False
        self.written.marks[stream] = [*marks, end][-_MARKS:]
        return True

    def _count(self, source: str, counts: SourceCounts, now: float) -> bool:
        total = Minute(
            counts.kept(), counts.kept_held(), sum(counts.dropped.values()), counts.refused_requests
        )
        before = self._counted.get(source, Minute())
        figures = self.written.sources.get(source) or self._earlier.get(source) or SourceFigures()
        figures.totals = counts
        self.written.sources[source] = figures
        if total == before:
            return False
        self._counted[source] = total
        minute = int(now // 60)
        more = Minute(
            total.events - before.events,
            total.quarantined - before.quarantined,
            total.dropped - before.dropped,
            total.refused - before.refused,
        )
        figures.minutes = {at: what for at, what in figures.minutes.items() if at > minute - MINUTES}
        figures.minutes[minute] = figures.minutes.get(minute, Minute()).plus(more)
        if more.events or more.quarantined:
            figures.last_event_at = _stamp(now)
        return True


def publish_counts(
    folder: Path, logs: Mapping[str, LogReader], now: Callable[[], float] = time.time
) -> Companion:
    """Writes the gateway's file in `folder`. `logs` are the streams, by name, whose ends are marked."""

    @asynccontextmanager
    async def beside(parts: Parts) -> AsyncIterator[None]:
        partition = parts.settings.partition
        path = counts_path(folder, partition)
        board = CountsBoard(partition, read_counts(path), now)
        stop = asyncio.Event()
        task = asyncio.create_task(_keep_writing(path, board, parts, logs, stop))
        try:
            yield
        finally:
            stop.set()
            await task
            _look(board, parts)
            _write(path, board.written, known=True)

    return beside


async def _keep_writing(
    path: Path, board: CountsBoard, parts: Parts, logs: Mapping[str, LogReader], stop: asyncio.Event
) -> None:
    silent, failed = _SILENT_TICKS, False
    while not stop.is_set():
        changed = _look(board, parts)
        for stream, end in (await asyncio.to_thread(_ends, logs, board.written.partition)).items():
            changed = board.mark(stream, end) or changed
        silent += 1
        if changed or silent >= _SILENT_TICKS:
            # A copy: the counts go on changing while it is written.
            copy = msgspec.json.decode(msgspec.json.encode(board.written), type=GatewayCounts)
            failed = not await asyncio.to_thread(_write, path, copy, known=failed)
            silent = 0
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TICK_SECONDS)


def _look(board: CountsBoard, parts: Parts) -> bool:
    problem = parts.health.config_error
    return board.look(parts.handler.sources, None if problem is None else problem.text)


def _ends(logs: Mapping[str, LogReader], partition: str) -> dict[str, int]:
    """Where each stream ends; one that cannot be read has no mark, and whoever reads it finds out why."""
    found = {}
    for stream, log in logs.items():
        with suppress(MainstemError, OSError):
            found[stream] = log.end(partition)
    return found


def _write(path: Path, counts: GatewayCounts, *, known: bool) -> bool:
    try:
        write_counts(path, counts)
    except OSError as e:
        if not known:
            logger.warning("pages show old counts: cannot write %s: %s", path, e.strerror)
        return False
    return True


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
