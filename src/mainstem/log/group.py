"""Group commit: many appends from an event loop, one fdatasync for all that wait.

A thread commits whenever the disk is free and something waits; there is no timer, so an append alone
pays for one commit and a thousand at once share one. What waits is bounded: it refuses rather than
queues without end. It never retries a commit: the sender still has its events and knows when to try.
"""

from __future__ import annotations

import asyncio
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from mainstem.errors import LogUnavailable
from mainstem.log.contract import LogWriter
from mainstem.log.format import MAX_BODY_BYTES, RECORD_HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.log.settings import LogSettings
    from mainstem.log.writer import PartitionWriter


_LOOK_SECONDS = 1.0
"""Between two looks whether a new segment is asked for: one costs as much as 4 events."""


class _Append(NamedTuple):
    records: Sequence[bytes]
    size: int
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[int]


class GroupCommitWriter(LogWriter):
    """Feeds one `PartitionWriter` from one event loop."""

    def __init__(
        self,
        partition: PartitionWriter,
        settings: LogSettings,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._partition = partition
        self._settings = settings
        self._now = now
        self._waiting: SimpleQueue[_Append | None] = SimpleQueue()
        self._pending_bytes = 0
        self._closing = False
        self._closed: asyncio.Future[None] | None = None
        self._thread = threading.Thread(target=self._run, name="log-commit", daemon=True)
        self._thread.start()

    @property
    def durable_end(self) -> int:
        return self._partition.durable_end

    def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
        size = sum(map(len, records)) + RECORD_HEADER_BYTES * len(records)
        most = min(MAX_BODY_BYTES, self._settings.max_pending_bytes)
        if not 0 < size <= most:
            raise ValueError(f"append takes at least one record and {most} bytes at most, got {size} bytes")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        if self._closing:
            future.set_exception(LogUnavailable("the log is closed"))
        elif self._pending_bytes + size > self._settings.max_pending_bytes:
            future.set_exception(
                LogUnavailable(f"the disk is behind: {self._pending_bytes} bytes wait to be made durable")
            )
        else:
            self._pending_bytes += size
            self._waiting.put(_Append(records, size, loop, future))
        return future

    async def close(self) -> None:
        if self._closed is None:
            self._closing = True
            self._closed = asyncio.ensure_future(asyncio.to_thread(self._finish))
        await asyncio.shield(self._closed)

    def _finish(self) -> None:
        self._waiting.put(None)
        self._thread.join()
        self._partition.close()

    def _run(self) -> None:
        """The committing thread. `held` is an append that no longer fitted into the commit before."""
        held: _Append | None = None
        look_at = 0.0
        while True:
            if (now := self._now()) >= look_at:
                self._partition.roll_if_asked()
                look_at = now + _LOOK_SECONDS
            try:
                first = held or self._waiting.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            if first is None:
                return
            group, held, last = self._gather(first)
            self._commit(group)
            if last:
                return

    def _gather(self, first: _Append) -> tuple[list[_Append], _Append | None, bool]:
        """What waits now and fits into one commit, what did not fit, and whether that was the end."""
        group, size = [first], first.size
        while size < self._settings.max_commit_bytes and not self._waiting.empty():
            item = self._waiting.get_nowait()
            if item is None:
                return group, None, True
            if size + item.size > self._settings.max_commit_bytes:
                return group, item, False
            group.append(item)
            size += item.size
        return group, None, False

    def _commit(self, group: list[_Append]) -> None:
        addresses: list[int] = []
        failure: Exception | None = None
        try:
            addresses = self._partition.commit([item.records for item in group])
        except Exception as e:  # noqa: BLE001  # whatever it is belongs to those who wait, not to a thread
            failure = e
        try:
            group[0].loop.call_soon_threadsafe(self._settle, group, addresses, failure)
        except RuntimeError:
            # The loop was closed while appends waited: nobody is left to be told.
            if not group[0].loop.is_closed():
                raise

    def _settle(self, group: list[_Append], addresses: list[int], failure: Exception | None) -> None:
        self._pending_bytes -= sum(item.size for item in group)
        if failure is not None:
            for item in group:
                if not item.future.done():
                    item.future.set_exception(failure)
            return
        for item, address in zip(group, addresses, strict=True):
            if not item.future.done():  # a caller that went away has cancelled it
                item.future.set_result(address)
