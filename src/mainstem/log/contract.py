"""The log's contract: what a writer promises the gateway and a reader promises the loader.

`mainstem.testing.log` is the suite every implementation passes. The contract knows no files, so that a
broker may stand behind the same calls. It has no call that changes or removes a record.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

Stream = Literal["events", "quarantine", "resolved", "shadow"]
STREAMS: tuple[Stream, ...] = ("events", "quarantine", "resolved", "shadow")
"""Accepted events; events held back; what became of those; requests to be forwarded elsewhere."""


class Batch(msgspec.Struct, frozen=True):
    """What one `read` found, in order."""

    records: list[tuple[int, bytes]]
    """Offset and payload of each record. Reading again from such an offset begins with that record."""
    next_offset: int
    """Where to go on. Without records it is the offset that was asked for, or one past it up to which
    everything was erased."""


class LogWriter(ABC):
    """The one writer of one partition. Its methods are called from one event loop."""

    @abstractmethod
    def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
        """Add records, all or none, next to each other and in this order.

        The future resolves once they are durable, to the offset of the first. It raises LogUnavailable
        when they could not be made so, or too much waits already; none of them is visible then. Raises
        ValueError at once for an empty sequence, or one that could not fit at any time.
        """

    @property
    @abstractmethod
    def durable_end(self) -> int:
        """The offset after the last durable record."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was appended, then give the partition up. Closing twice is allowed."""


class LogReader(ABC):
    """Reads every partition of one stream, while writers in other processes go on.

    Holds nothing open and remembers nothing: callers keep their offsets. A partition that does not
    exist raises UsageError.
    """

    @abstractmethod
    def partitions(self) -> tuple[str, ...]:
        """Names, sorted. More may appear later, none goes away. A reader of other machines raises
        LogUnavailable, here and below, for what it cannot reach now."""

    @abstractmethod
    def start(self, partition: str) -> int:
        """Offset of the oldest record still kept. It moves on as retention deletes what was consumed."""

    @abstractmethod
    def end(self, partition: str) -> int:
        """Offset after the last durable record; `end − offset` is a reader's lag in bytes."""

    @abstractmethod
    def read(self, partition: str, offset: int, max_bytes: int) -> Batch:
        """Durable records from `offset` on, whole commits up to `max_bytes`, and at least one if any.

        `offset` is `start`, a record's offset, or a `next_offset`. Raises UsageError for any other, and
        LogCorrupted, with file and address, where the log is damaged; records before the damage are
        handed out first.
        """


class ConsumerMarks(ABC):
    """How far the one consumer of a stream has taken each partition, told to those who keep the records.

    An optional power of a reader. The mark allows what is before it to be deleted some day; it decides
    nothing about where reading goes on, which the consumer keeps with what it has made of the records.
    """

    @abstractmethod
    def consumed(self, partition: str) -> int | None:
        """The offset last told; None before the first. Raises UsageError for an unknown partition."""

    @abstractmethod
    def mark_consumed(self, partition: str, offset: int) -> None:
        """Tell that every record before `offset` has been taken for good.

        A smaller offset than before moves the mark back, as after the consumer was restored from a backup.
        Raises UsageError for an unknown partition or an offset past its end, LogUnavailable when the mark
        cannot be kept now.
        """


class ArchiveMarks(ABC):
    """How far each partition has been copied into an archive, told to those who keep the records.

    An optional power of a reader: where an archive is set, nothing behind the mark is deleted.
    """

    @abstractmethod
    def archived(self, partition: str) -> int | None:
        """The offset last told; None before the first. Raises UsageError for an unknown partition."""

    @abstractmethod
    def mark_archived(self, partition: str, offset: int) -> None:
        """Tell that every record before `offset` is in the archive.

        Raises as `ConsumerMarks.mark_consumed`.
        """
