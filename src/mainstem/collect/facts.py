"""Facts: what happens to the gateway itself, told as `track` events of a source of its own.

They go through the log like any event, so that they become tables (`mainstem_gateway.events_quarantined`),
models and alerts. Nobody waits for a fact, and the gateway never fails for one: it is dropped, and counted,
before it could fill memory or the log. A fact holds names and counts and no value of any event.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem import __version__
from mainstem.collect.alongside import alongside
from mainstem.collect.request import Accepted
from mainstem.events import Received, encode_received, format_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from mainstem.collect.intake import Intake
    from mainstem.collect.server import Companion, Parts
    from mainstem.collect.sources import SourceTable

GATEWAY_SOURCE = "mainstem-gateway"
"""Id of the source that facts come from; no source of a project may have it."""

TICK_SECONDS = 1.0
COUNT_SECONDS = 60.0
"""How often counts are told of."""
CLOSE_SECONDS = 2.0
"""How long the last facts may take when the gateway ends."""

_NAMESPACE = uuid.UUID("5c3f1c1e-6a0d-4f0e-9d5b-6f1d1c0a7e21")
_encode = msgspec.json.Encoder().encode

logger = logging.getLogger(__name__)


class Facts:
    """Takes facts from anywhere on the event loop. `now` gives seconds since 1970."""

    def __init__(self, partition: str, now: Callable[[], float], most_per_minute: int) -> None:
        self._partition = partition
        self._now = now
        self._most = most_per_minute
        self._queue: deque[bytes] = deque()
        self._minute = -1
        self._reported = 0
        self.suppressed = 0
        """Facts past the limit since one was last reported."""

    def report(self, event: str, properties: Mapping[str, Any], once: str | None = None) -> None:
        """Tell a fact. Those that have the same text for `once` are one, whoever tells them and how often:
        they get the same message id, of which a table holds one."""
        now = self._now()
        if not self._has_room(now):
            self.suppressed += 1
            return
        told = dict(properties)
        if self.suppressed:
            told["suppressed_facts"], self.suppressed = self.suppressed, 0
        made = uuid.uuid4() if once is None else uuid.uuid5(_NAMESPACE, f"{event}\n{once}")
        self._queue.append(self._record(event, told, str(made), now))

    def take(self) -> list[bytes]:
        """The records that wait, in order."""
        records = list(self._queue)
        self._queue.clear()
        return records

    def give_back(self, records: list[bytes]) -> None:
        """The log did not take these; they come first the next time."""
        self._queue.extendleft(reversed(records))

    def _has_room(self, now: float) -> bool:
        if self._minute != now // 60:
            self._minute, self._reported = int(now // 60), 0
        self._reported += 1
        return self._reported <= self._most and len(self._queue) < 2 * self._most

    def _record(self, event: str, properties: dict[str, Any], message_id: str, now: float) -> bytes:
        at = format_time(datetime.fromtimestamp(now, UTC))
        message = {
            "type": "track",
            "event": event,
            "messageId": message_id,
            "anonymousId": self._partition,
            "timestamp": at,
            "originalTimestamp": at,
            "properties": properties,
            "context": {"library": {"name": GATEWAY_SOURCE, "version": __version__}},
        }
        return encode_received(Received(at, "", GATEWAY_SOURCE, msgspec.Raw(_encode(message))))


class CountedFacts:
    """What the counts of the sources say since the last look: `Events Quarantined`, `Events Dropped`."""

    def __init__(self, facts: Facts, table: SourceTable) -> None:
        self._facts = facts
        self._table = table
        self._told: dict[tuple[str, str, str], int] = {}
        self.look(table, silently=True)

    def look(self, table: SourceTable, *, silently: bool = False) -> None:
        for entry in table.compiled:
            self._tell("Events Quarantined", entry.id, entry.counts.held, silently)
            self._tell("Events Dropped", entry.id, entry.counts.dropped, silently)

    def look_at_table(self, table: SourceTable) -> None:
        """Tells of sources that were read anew."""
        if table is not self._table:
            self._table = table
            self._facts.report("Sources Reloaded", {"sources": len(table.compiled)})

    def _tell(self, event: str, source_id: str, counted: Mapping[str, int], silently: bool) -> None:
        for reason, count in counted.items():
            key = event, source_id, reason
            new = count - self._told.get(key, 0)
            self._told[key] = count
            if new > 0 and not silently:
                self._facts.report(event, {"source_id": source_id, "reason": reason, "count": new})


class _Receipt:
    """What waits for the log in place of a request."""

    def __init__(self) -> None:
        self.kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def done(self, durable: bool) -> None:
        if not self.kept.done():
            self.kept.set_result(durable)


class _Sender:
    """Puts the facts that wait into the log, one group at a time."""

    def __init__(self, facts: Facts, intake: Intake) -> None:
        self._facts = facts
        self._intake = intake
        self._under_way: tuple[list[bytes], _Receipt] | None = None

    def send(self) -> None:
        """Never waits; goes on later where the log is busy with events."""
        self._settle()
        if self._under_way is not None or self._intake.full:
            return
        records = self._facts.take()
        if records:
            receipt = _Receipt()
            self._under_way = records, receipt
            self._intake.submit(Accepted(records, []), receipt)

    async def finish(self) -> None:
        """Send what waits, and give up on it after CLOSE_SECONDS."""
        for _ in range(2):  # what is under way, then what came since
            self.send()
            if self._under_way is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(self._under_way[1].kept), CLOSE_SECONDS)

    def _settle(self) -> None:
        if self._under_way is None or not self._under_way[1].kept.done():
            return
        records, receipt = self._under_way
        self._under_way = None
        if not receipt.kept.result():
            self._facts.give_back(records)


def telling(facts: Facts, tick: float = TICK_SECONDS, count_every: float = COUNT_SECONDS) -> Companion:
    """Sends facts while the gateway serves, and those that its counts give."""

    @asynccontextmanager
    async def beside(parts: Parts) -> AsyncIterator[None]:
        sender = _Sender(facts, parts.intake)
        counted = CountedFacts(facts, parts.handler.sources)
        try:
            async with alongside(_tell_forever(sender, counted, parts, tick, count_every)):
                yield
        finally:
            counted.look(parts.handler.sources)
            await sender.finish()

    return beside


async def _tell_forever(
    sender: _Sender, counted: CountedFacts, parts: Parts, tick: float, count_every: float
) -> None:
    loop = asyncio.get_running_loop()
    counted_at = loop.time()
    while True:
        await asyncio.sleep(tick)
        counted.look_at_table(parts.handler.sources)
        if loop.time() - counted_at >= count_every:
            counted_at = loop.time()
            counted.look(parts.handler.sources)
        sender.send()
