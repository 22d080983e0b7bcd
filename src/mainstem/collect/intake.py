"""Carry accepted records to the log, and say which requests may be answered.

One append is under way at a time: what is accepted meanwhile waits for it, and for the turn of the event
loop after it, so that senders who got their answer and go on at once share the next commit too. Where
nothing is under way an append is made at the end of the turn: nobody waits for company.
A request is `done` exactly once: durable, or not kept at all (the log was unavailable). What waits is
counted, and past a budget the gateway is told to stop reading; nothing accepted is ever dropped to make
room.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from mainstem.errors import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from mainstem.collect.request import Accepted

REQUEST_OVERHEAD = 512
"""Bytes that a waiting request is counted as beside its records."""


GROUP_BYTES = 4 * 1024 * 1024
"""An append is made at once when it has grown to this, so that none is too large for a log."""


class RecordLog(Protocol):
    """What the gateway needs of a log's writer."""

    def append(self, records: Sequence[bytes], /) -> Awaitable[int]:
        """All or none; resolves once durable. Raises LogUnavailable, and keeps none then."""
        ...

    @property
    def durable_end(self) -> int: ...


class Waiting(Protocol):
    """A request whose records are on their way."""

    def done(self, durable: bool) -> None: ...


class Intake:
    """Must be made inside a running event loop, and used from it alone."""

    def __init__(self, log: RecordLog, quarantine: RecordLog, max_waiting_bytes: int) -> None:
        self._log = log
        self._quarantine = quarantine
        self._budget = max_waiting_bytes
        self._loop = asyncio.get_running_loop()
        self._records: list[bytes] = []
        self._waiting: list[Waiting] = []
        self._size = 0
        self._appended_bytes = 0
        self._room = min(GROUP_BYTES, max_waiting_bytes)
        """What `_size` may be before it matters how much it is."""
        self._flushing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed_at: float | None = None
        """Loop time of the last refusal by the log; None since it last accepted."""
        self.broken: asyncio.Future[None] = self._loop.create_future()
        """Gets the exception of a log that did anything but accept or be unavailable."""
        self.on_room: Callable[[], None] = lambda: None
        """Called when `full` turns false again."""
        self.on_unkept: Callable[[Sequence[bytes], Sequence[bytes]], None] = lambda records, held: None
        """Called with what the log did not take."""
        self.tell: Callable[[Sequence[Waiting], bool], None] = _tell
        """Calls `done` of requests whose fate is known, with that fate."""
        self.full = False

    @property
    def waiting_bytes(self) -> int:
        """What requests hold that are not yet decided."""
        return self._size + self._appended_bytes

    def submit(self, accepted: Accepted, request: Waiting) -> None:
        """Make `accepted` durable, then call `request.done`; never before this call returns."""
        size = REQUEST_OVERHEAD + sum(map(len, accepted.records)) + sum(map(len, accepted.quarantined))
        if accepted.quarantined:
            self._start(accepted.records, accepted.quarantined, [request], size)
        else:
            self._records += accepted.records
            self._waiting.append(request)
            self._size += size
        self._look()

    def submit_record(self, record: bytes, request: Waiting) -> bool:
        """`submit` for a request that is this one record; True when that was the last for now."""
        self._records.append(record)
        self._waiting.append(request)
        self._size = size = self._size + REQUEST_OVERHEAD + len(record)
        if size > self._room or not self._flushing:
            self._look()
        return self.full

    async def drained(self) -> None:
        """Wait until nothing that was submitted is still undecided."""
        while self._waiting or self._tasks:
            if not self._tasks:
                self._flush()
            await asyncio.wait(self._tasks)

    def _look(self) -> None:
        """Something waits: see to it that it goes on, and whether there is room for more."""
        self.full = self.full or self.waiting_bytes > self._budget
        if self._size > GROUP_BYTES:
            self._flush()
        elif self._waiting and not self._flushing:
            self._flush_soon()

    def _flush_soon(self) -> None:
        self._flushing = True
        if not self._tasks:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if not self._waiting:
            return
        records, waiting, size = self._records, self._waiting, self._size
        self._records, self._waiting, self._size = [], [], 0
        self._start(records, [], waiting, size)

    def _start(self, records: list[bytes], held: list[bytes], waiting: list[Waiting], size: int) -> None:
        self._count_appended(size)
        task = self._loop.create_task(self._append(records, held, waiting, size))
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    async def _append(
        self, records: list[bytes], held: list[bytes], waiting: list[Waiting], size: int
    ) -> None:
        durable = False
        try:
            # The log first: a retry after half of it brings known message ids, which are dropped as
            # duplicates; the quarantine has no such guard.
            for portion in _portions(records, size):
                await self._log.append(portion)
            for portion in _portions(held, size):
                await self._quarantine.append(portion)
            durable = True
            self.failed_at = None
        except LogUnavailable:
            self.failed_at = self._loop.time()
            self.on_unkept(records, held)
        finally:
            self.tell(waiting, durable)
            self._release(size)

    def _release(self, size: int) -> None:
        self._count_appended(-size)
        if self.full and self.waiting_bytes <= self._budget // 2:
            self.full = False
            self.on_room()

    def _count_appended(self, more: int) -> None:
        self._appended_bytes += more
        self._room = min(GROUP_BYTES, self._budget - self._appended_bytes)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not self.broken.done():
            self.broken.set_exception(failure)
        if self._waiting and not self._tasks:
            self._flush_soon()


def _portions(records: list[bytes], size: int) -> Iterator[list[bytes]]:
    """`records` as a log can take them. What steps add to a large batch, such as what it does against a
    plan, may make it a dozen times as large as it came."""
    if size <= 2 * GROUP_BYTES:
        if records:
            yield records
        return
    portion: list[bytes] = []
    room = GROUP_BYTES
    for record in records:
        if portion and len(record) > room:
            yield portion
            portion, room = [], GROUP_BYTES
        portion.append(record)
        room -= len(record)
    if portion:
        yield portion


def _tell(waiting: Sequence[Waiting], durable: bool) -> None:
    for request in waiting:
        request.done(durable)
