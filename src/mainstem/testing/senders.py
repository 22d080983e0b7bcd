"""Senders that remember what they have sent and what they were told, and what the log has of it.

They behave as SDKs do: one event or many, gzip or not, connections kept, closed or used ahead of the
answers, and what was not answered is sent again or given up. They trust nothing but `200 ok`.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.events import decode_quarantined, decode_received
from mainstem.log import open_reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path
    from random import Random

    from mainstem.log import LogReader, Stream

RECONNECT_SECONDS = 0.02
READ_BYTES = 1 << 20


@dataclass
class Ledger:
    """By `messageId`, which is an event's own for ever."""

    sent: dict[str, bytes] = field(default_factory=dict)
    """The event's bytes exactly as they stand in the request."""
    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Answered with another status, and never answered 200 before or after."""
    statuses: Counter[int] = field(default_factory=Counter)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, ids: list[str], status: int) -> None:
        self.statuses[status] += 1
        if status == 200:
            self.acknowledged.update(ids)
            self.refused.difference_update(ids)
        else:
            self.refused.update(set(ids) - self.acknowledged)
        self._answered.set()

    async def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until it is true after an answer. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._answered.clear()
                await self._answered.wait()

    async def more(self, events: int) -> None:
        """Wait until so many more are acknowledged."""
        wanted = len(self.acknowledged) + events
        await self.until(lambda: len(self.acknowledged) >= wanted)


@dataclass(frozen=True)
class Habit:
    """How one kind of sender goes about it."""

    batch: int = 1
    """Events of a request, at most; 1 posts single events."""
    packed: bool = False
    chunked: bool = False
    ahead: int = 1
    """Requests written before the first answer is read."""
    closing: bool = False
    """Opens a connection for each request."""
    pause: float = 0.0
    """Seconds between two requests."""


HABITS = (
    Habit(),
    Habit(closing=True),
    Habit(ahead=8),
    Habit(batch=20),
    Habit(batch=50, packed=True),
    Habit(batch=10, chunked=True, ahead=3),
)


@dataclass
class Sender:
    """One client of a gateway on this machine; `random` decides what it sends."""

    name: str
    habit: Habit
    ledger: Ledger
    random: Random
    write_key: str
    held_share: float = 0.05
    """How many items of a batch are such that they belong into quarantine."""
    padding: int = 200
    """Bytes of text in an event, at most."""
    form: Callable[[Random], Mapping[str, object]] | None = None
    """What an event says besides its id, where that is not always the same."""

    def __post_init__(self) -> None:
        self._count = 0
        self._unanswered: list[list[str]] = []

    async def run(self, port: int, stop: asyncio.Event) -> None:
        """Send until `stop`, through as many connections as it takes."""
        while not stop.is_set():
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            try:
                await self._talk(reader, writer, stop)
            except (OSError, EOFError):
                if self.random.random() < 0.5:
                    self._unanswered.clear()  # as a browser does whose page is gone
            finally:
                writer.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: asyncio.Event
    ) -> None:
        while not stop.is_set():
            while len(self._unanswered) < self.habit.ahead:
                self._unanswered.append(self._new_events())
            writer.write(b"".join(map(self._request, self._unanswered)))
            await writer.drain()
            statuses = []
            while self._unanswered:
                status = await read_status(reader)
                statuses.append(status)
                self.ledger.answered(self._unanswered.pop(0), status)
            if self.habit.pause:
                await asyncio.sleep(self.habit.pause)
            if self.habit.closing:
                return
            if statuses[-1] == 503:
                await asyncio.sleep(RECONNECT_SECONDS)

    def _new_events(self) -> list[str]:
        size = 1 if self.habit.batch == 1 else self.random.randint(1, self.habit.batch)
        ids = []
        for _ in range(size):
            self._count += 1
            event = {
                "messageId": f"{self.name}-{self._count}",
                "type": "track",
                "event": "Sent",
                "userId": "u",
                "properties": {"text": "é " * self.random.randint(0, self.padding // 3)},
                **(self.form(self.random) if self.form else {}),
            }
            if size > 1 and self.random.random() < self.held_share:
                del event["type"]  # this one is held back
            ids.append(str(event["messageId"]))
            self.ledger.sent[ids[-1]] = json.dumps(event, ensure_ascii=False).encode()
        return ids

    def _request(self, ids: list[str]) -> bytes:
        events = [self.ledger.sent[one] for one in ids]
        path = b"/v1/batch" if self.habit.batch > 1 else b"/v1/track"
        body = b'{"batch":[' + b",".join(events) + b"]}" if self.habit.batch > 1 else events[0]
        lines = [b"POST " + path + b"?writeKey=" + self.write_key.encode() + b" HTTP/1.1", b"Host: h"]
        if self.habit.packed:
            body = gzip.compress(body, 1)
            lines.append(b"Content-Encoding: gzip")
        if self.habit.closing:
            lines.append(b"Connection: close")
        if self.habit.chunked:
            lines.append(b"Transfer-Encoding: chunked")
            body = chunks(body, 700)
        else:
            lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


@asynccontextmanager
async def senders_at_work(
    port: int,
    ledger: Ledger,
    random: Random,
    write_key: str,
    held_share: float = 0.05,
    form: Callable[[Random], Mapping[str, object]] | None = None,
    habits: Sequence[Habit] = HABITS,
) -> AsyncIterator[None]:
    """One sender of each of the habits for as long as the block goes on."""
    stop, name = asyncio.Event(), f"{port}-{len(ledger.sent)}"
    async with asyncio.TaskGroup() as group:
        for number, habit in enumerate(habits):
            sender = Sender(f"{name}-{number}", habit, ledger, random, write_key, held_share, form=form)
            group.create_task(sender.run(port, stop))
        try:
            yield
        finally:
            stop.set()


def chunks(body: bytes, size: int) -> bytes:
    """A body in the chunked transfer coding."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def read_status(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, read to its end. Raises EOFError when there is none."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return status


def read_partition(reader: LogReader, partition: str, offset: int = 0) -> tuple[list[bytes], int]:
    """Every payload from an offset on, and where they end."""
    found: list[bytes] = []
    while (batch := reader.read(partition, offset, READ_BYTES)).records:
        found += [payload for _, payload in batch.records]
        offset = batch.next_offset
    return found, offset


def read_stream(data_dir: Path, stream: Stream) -> list[bytes]:
    """Every payload of every partition."""
    reader = open_reader(data_dir, stream)
    return [
        payload
        for partition in reader.partitions()
        for payload in read_partition(reader, partition, reader.start(partition))[0]
    ]


def kept_events(data_dir: Path) -> dict[str, set[bytes]]:
    """What the log has, accepted or held back: by `messageId`, the different bytes that stand for it."""
    events = [bytes(decode_received(payload).event) for payload in read_stream(data_dir, "events")]
    events += [bytes(decode_quarantined(payload).event) for payload in read_stream(data_dir, "quarantine")]
    kept: defaultdict[str, set[bytes]] = defaultdict(set)
    for event in events:
        kept[json.loads(event)["messageId"]].add(event)
    return dict(kept)
