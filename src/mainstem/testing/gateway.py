"""Doubles for what stands around the gateway: a log that records, and a wire without sockets.

They do what the real ones promise and keep what they were given; they expect nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httptools
import msgspec

from mainstem.collect.transport import Connection
from mainstem.errors import LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.collect.connections import Connections


class RecordingLog:
    """A log in memory. While `held`, appends wait; while `refusal` is set, they raise it."""

    def __init__(self) -> None:
        self.appends: list[list[bytes]] = []
        self.durable_end = 0
        self.refusal: Exception | None = None
        self.waiting = 0
        """Appends that have begun and not ended."""
        self._open = asyncio.Event()
        self._open.set()

    @property
    def records(self) -> list[bytes]:
        return [record for append in self.appends for record in append]

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def append(self, records: Sequence[bytes]) -> int:
        kept = list(records)
        if not kept:
            raise ValueError("append takes at least one record")
        self.waiting += 1
        await self._open.wait()
        self.waiting -= 1
        if self.refusal is not None:
            raise self.refusal
        at = self.durable_end
        self.durable_end += sum(map(len, kept))
        self.appends.append(kept)
        return at


class RefusingLog(RecordingLog):
    """Unavailable for the first `times` appends."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.refused = 0
        self._times = times

    async def append(self, records: Sequence[bytes]) -> int:
        if self.refused < self._times:
            self.refused += 1
            raise LogUnavailable("disk full")
        return await super().append(records)


class Answer(msgspec.Struct, frozen=True):
    """One HTTP response as a client reads it; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire(asyncio.Transport):
    """The far end of one `Connection`, and the transport between."""

    def __init__(
        self,
        shared: Connections,
        peer: str = "203.0.113.7",
        connect: Callable[[Connections], Connection] = Connection,
    ) -> None:
        super().__init__({"peername": (peer, 4711)})
        self.sent = bytearray()
        self.reading = True
        self.closed = False
        self.aborted = False
        self.ended = False
        self.connection = connect(shared)
        self.connection.connection_made(self)

    def send(self, *chunks: bytes) -> Wire:
        for chunk in chunks:
            if not self.closed:
                self.connection.data_received(chunk)
        return self

    def answers(self, *, head: bool = False) -> list[Answer]:
        return read_answers(bytes(self.sent), head=head)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def write_eof(self) -> None:
        self.ended = True

    def can_write_eof(self) -> bool:
        return True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.connection.connection_lost(None)

    def abort(self) -> None:
        self.aborted = True
        self.close()


def read_answers(data: bytes, *, head: bool = False) -> list[Answer]:
    """Every response in `data`, in order. `head`: they answer HEAD, so a length announces no body."""
    reader = _Reader()
    for part in data.split(b"HTTP/1.1 ")[1:] if head else [data]:
        parser = httptools.HttpResponseParser(reader)
        reader.parser = parser
        parser.feed_data(b"HTTP/1.1 " + part if head else part)
        if head:
            reader.on_message_complete()
    return reader.answers


class _Reader:
    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.parser: Any = None
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._body = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status = self.parser.get_status_code()
        if status != 100:  # an invitation to go on, no answer
            self.answers.append(Answer(status, self._headers, self._body))
