"""The open connections together: what they may hold, how long they may take, how they end.

Two budgets bound memory, so that 512 senders of 4 MB cannot exhaust it: bytes that wait for the log
stop all reading until there is room, and bodies that arrive are read in turn when there are too many.
It decides about connections only, and never looks into a request.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mainstem.collect.proxies import TrustedProxies
from mainstem.collect.replies import OK, OK_ENDING, Reply, unavailable
from mainstem.collect.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.collect.clock import Clock
    from mainstem.collect.intake import Intake, Waiting
    from mainstem.collect.request import Again, Outcome, Request
    from mainstem.collect.settings import CollectSettings
    from mainstem.collect.transport import Connection


class Connections:
    """What every connection shares. `now` gives seconds of a clock that never goes back."""

    def __init__(
        self,
        settings: CollectSettings,
        handle: Callable[[Request], Outcome],
        intake: Intake,
        clock: Clock,
        now: Callable[[], float],
        again: Callable[[Request], Again | None] = lambda _: None,
    ) -> None:
        """`again` gives the short way for a request that `handle` has accepted, where there is one."""
        self.settings = settings
        self.handle = handle
        self.again = again
        self.intake = intake
        self.clock = clock
        self.now = now
        self.proxies = TrustedProxies(settings.trusted_proxies)
        self.unavailable: Reply = unavailable(settings.retry_after)
        self.keeps_every_header = False
        """Whether requests carry headers that decide nothing, for those who copy them."""
        self.ending = False
        self._open: set[Connection] = set()
        self.room = Room(settings.max_partial_bytes, self.settle_reading)
        self._empty = asyncio.Event()
        self._empty.set()
        self.ok = self.ok_opening = b""
        """The answer to an event that is durable, and what of it stands before its further headers: made
        once for all that are answered together."""
        self.idle_until = 0.0
        """How long a connection that is answered now is kept without a request."""
        intake.on_room = self._go_on
        intake.tell = self._tell

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> bool:
        """False when there are too many already; the connection is counted all the same."""
        self._open.add(connection)
        self._empty.clear()
        return len(self._open) <= self.settings.max_connections

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not self._open:
            self._empty.set()

    def settle_reading(self) -> None:
        """What may be read from has changed. Takes effect at once, in the midst of a turn of the loop."""
        for connection in self._open:
            connection.settle_reading()

    def _tell(self, waiting: Sequence[Waiting], durable: bool) -> None:
        self.ok_opening = OK.head + self.clock.date_line()
        self.ok = self.ok_opening + OK_ENDING
        self.idle_until = self.now() + self.settings.idle_timeout
        for request in waiting:
            request.done(durable)

    def _go_on(self) -> None:
        for connection in tuple(self._open):
            connection.go_on()

    def sweep(self) -> None:
        """End every connection whose time is up."""
        now = self.now()
        for connection in tuple(self._open):
            if connection.deadline <= now:
                connection.abort()
        if not self.intake.full:
            self.room.look()

    def finish(self) -> None:
        """Let each connection answer what it has begun, and then close it."""
        self.ending = True
        for connection in tuple(self._open):
            connection.finish()

    async def closed(self, timeout: float) -> None:
        """Wait until none is open; after `timeout` seconds the rest is cut off."""
        try:
            async with asyncio.timeout(timeout):
                await self._empty.wait()
        except TimeoutError:
            for connection in tuple(self._open):
                connection.abort()
