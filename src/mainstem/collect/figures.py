"""A worker's numbers, gathered where they are counted, and those of the workers beside it.

Once a second, beside the event loop, it looks at what waits for a disk. Gathering costs the requests nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from mainstem.collect.alongside import alongside
from mainstem.collect.lag import Lag, LagWatch
from mainstem.collect.metrics import CONTENT_TYPE, Sample, exposition, histogram, sample
from mainstem.collect.neighbours import Neighbours
from mainstem.collect.replies import Reply, make_reply
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from pathlib import Path

    from mainstem.collect.server import Parts
    from mainstem.collect.sources import SourceCounts
    from mainstem.collect.watermark import GuardedLog, Watermark
    from mainstem.log import CommitMeter, Stream, StreamReport
    from mainstem.log.reader import SegmentReader

TICK_SECONDS = 1.0
_MOST_REASONS = 50
"""Of one source. A label with more values would grow without bound where a reason quotes what was sent."""

logger = logging.getLogger("mainstem.collect")


@dataclass(frozen=True)
class WrittenStream:
    """A stream that this worker writes, with what counts there."""

    guard: GuardedLog
    meter: CommitMeter


class Figures:
    """`others` says whether there are workers beside this one, so that numbers are to be shared."""

    def __init__(
        self,
        folder: Path,
        partition: str,
        written: Mapping[Stream, WrittenStream],
        watermark: Watermark,
        log: SegmentReader,
        *,
        kept: Callable[[], tuple[StreamReport, ...]] = tuple,
        lost: Mapping[str, int] = MappingProxyType({}),
        others: bool = False,
    ) -> None:
        """`lost` are copies for shadow mode that could not be kept, by source."""
        self._partition = partition
        self._written = written
        self._watermark = watermark
        self._lag_watch = LagWatch(log, partition)
        self._kept = kept
        self._lost = lost
        self._neighbours = Neighbours(folder, partition) if others else None
        self._lag: Lag | None = None
        self._began = time.time()
        self._parts: Parts | None = None
        self._said = ""

    @asynccontextmanager
    async def beside(self, parts: Parts) -> AsyncIterator[None]:
        """A companion of the gateway."""
        self._parts = parts
        parts.health.refuses = lambda: self._watermark.is_low
        parts.health.facts.append(self.health_facts)
        self._watermark.look()
        async with alongside(self._keep_looking()):
            yield

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.to_thread(self._look)
            await asyncio.sleep(TICK_SECONDS)

    def _look(self) -> None:
        """What waits for a disk. What cannot be found out is told once, and nothing is refused for it."""
        self._watermark.look()
        said = ""
        try:
            self._lag = self._lag_watch.look(datetime.now(UTC))
            if self._neighbours is not None:
                self._neighbours.exchange(self.samples())
        except (MainstemError, OSError) as e:
            said = str(e)
        if said and said != self._said:
            logger.warning("some numbers are old: %s", said)
        self._said = said

    def health_facts(self) -> dict[str, str | int | float | None]:
        """What `/health` says beside RudderStack's keys."""
        facts: dict[str, str | int | float | None] = {}
        at = self._written["events"].meter.last_commit_at
        facts["lastCommitAt"] = None if at is None else _stamp(at)
        if self._lag is not None:
            facts |= {"lagBytes": self._lag.bytes, "lagSeconds": round(self._lag.seconds, 3)}
        for report in self._kept():
            if report.stream == "events":
                facts |= {"logBytes": report.kept_bytes, "heldBytes": report.held_bytes}
        return facts

    def reply(self) -> Reply:
        """The answer to `/metrics`, for all workers."""
        workers = {} if self._neighbours is None else dict(self._neighbours.others())
        workers[self._partition] = [sample("mainstem_gateway_up", 1), *self.samples()]
        return make_reply(200, exposition(sorted(workers.items())), CONTENT_TYPE)

    def samples(self) -> Iterator[Sample]:
        """This worker's numbers now."""
        yield from self._of_gateway()
        for stream, one in self._written.items():
            yield from _of_stream(stream, one)
        if self._lag is not None:
            yield sample("mainstem_log_start_bytes", self._lag.start, stream="events")
            yield sample("mainstem_log_lag_bytes", self._lag.bytes)
            yield sample("mainstem_log_lag_seconds", self._lag.seconds)
        for report in self._kept():
            yield sample("mainstem_log_kept_bytes", report.kept_bytes, stream=report.stream)
            yield sample("mainstem_log_held_bytes", report.held_bytes, stream=report.stream)
        for source, count in list(self._lost.items()):
            yield sample("mainstem_shadow_lost_requests_total", count, source_id=source)
        yield from _of_process(self._began)

    def _of_gateway(self) -> Iterator[Sample]:
        parts = self._parts
        if parts is None:
            return
        for entry in parts.handler.sources.compiled:
            yield from _of_source(entry.id, entry.counts)
        yield from histogram("gateway_response_time_seconds", self._written["events"].guard.seconds)
        yield sample("gateway_connections", len(parts.connections))
        yield sample("mainstem_gateway_refusing", int(not parts.health.accepts))
        yield sample("mainstem_gateway_config_error", int(parts.health.config_error is not None))
        yield sample("mainstem_gateway_waiting_bytes", parts.intake.waiting_bytes)
        if self._watermark.free is not None:
            yield sample("mainstem_disk_free_bytes", self._watermark.free)


def _of_source(source: str, counts: SourceCounts) -> Iterator[Sample]:
    dropped = sum(counts.dropped.values())
    yield sample("gateway_write_key_requests_total", counts.requests, source_id=source)
    for reason, count in _bounded(counts.refused):
        yield sample("gateway_write_key_failed_requests_total", count, source_id=source, reason=reason)
    kept, held = counts.kept(), counts.kept_held()
    yield sample("gateway_write_key_events_total", kept + held + dropped, source_id=source)
    yield sample("gateway_write_key_successful_events_total", kept, source_id=source)
    yield sample("gateway_write_key_failed_events_total", held, source_id=source)
    for reason, count in _bounded(counts.dropped):
        yield sample("gateway_write_key_dropped_events_total", count, source_id=source, reason=reason)


def _bounded(counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The first reasons that came up, each with its count; the rest together. What was one's own series
    stays it, so that none goes back."""
    items = list(counts.items())
    yield from items[:_MOST_REASONS]
    if rest := sum(count for _, count in items[_MOST_REASONS:]):
        yield "other", rest


def _of_stream(stream: Stream, one: WrittenStream) -> Iterator[Sample]:
    meter = one.meter
    yield from histogram("gateway_batch_size", meter.records, stream=stream)
    yield from histogram("gateway_batch_time_seconds", meter.seconds, stream=stream)
    yield sample("mainstem_log_commit_failures_total", meter.failures, stream=stream)
    yield sample("mainstem_log_refused_records_total", one.guard.refused_records, stream=stream)
    if meter.last_commit_at is not None:
        yield sample("mainstem_log_last_commit_timestamp_seconds", meter.last_commit_at, stream=stream)
    yield sample("mainstem_log_end_bytes", one.guard.durable_end, stream=stream)


def _of_process(began: float) -> Iterator[Sample]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield sample("process_cpu_seconds_total", used.ru_utime + used.ru_stime)
    yield sample("process_start_time_seconds", began)
    with suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as file:  # noqa: PTH123 # no path of ours
        pages = int(file.read().split()[1])
        yield sample("process_resident_memory_bytes", pages * os.sysconf("SC_PAGE_SIZE"))


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
