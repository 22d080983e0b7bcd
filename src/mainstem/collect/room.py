"""Memory for bodies that are still arriving: when it gets tight, the oldest are read to their end first.

Up to a quarter of the budget everyone is read from. Past that only the first in line are, as many as need
another quarter at most, and everyone else who has begun a body waits unread; past half of it nobody begins
one. What is left is for the copies that are made of a body on its way to the log. So the
budget holds, and whoever waits is delayed rather than cut off. Only who has a turn and does not use it,
while others wait, loses the connection: every SDK then sends again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_PROGRESS = 16 * 1024
"""Bytes that must arrive, from whom others wait for, in as many looks as PATIENCE."""
PATIENCE = 4


class Arriving(Protocol):
    """A connection, as far as its unfinished body goes."""

    @property
    def held(self) -> int:
        """Bytes of it that are in memory."""
        ...

    @property
    def expected(self) -> int:
        """Bytes it may have in the end."""
        ...

    def abort(self) -> None: ...


class Room:
    """One budget for all connections. `settle` is called when `admits` may answer otherwise than before."""

    def __init__(self, budget: int, settle: Callable[[], None]) -> None:
        self._settle = settle
        self._lent = budget // 4
        self._tight_from = budget // 4
        self._tight_until = budget // 8
        self._full_from = budget // 2
        self._line: dict[Arriving, None] = {}
        """Who has an unfinished body, the oldest first."""
        self._first: dict[Arriving, _Turn] = {}
        self._tight = self._full = False
        self.held = 0

    def admits(self, connection: Arriving) -> bool:
        """Whether this connection may be read from."""
        if not self._tight:
            return True
        return connection in self._first if connection in self._line else not self._full

    def count(self, connection: Arriving, more: int) -> None:
        """`connection.held` has just grown by `more` (negative: shrunk)."""
        self.held += more
        if connection.held:
            self._line[connection] = None
            left = False
        else:
            self._line.pop(connection, None)
            left = connection in self._first
        tight = self.held > (self._tight_until if self._tight else self._tight_from)
        full = self.held > self._full_from
        if left or (tight, full) != (self._tight, self._full):
            self._tight, self._full = tight, full
            self._choose()
            self._settle()

    def look(self) -> None:
        """Cut off who has a turn and does not use it. To be called in even intervals while all may go on."""
        slow = [connection for connection, turn in self._first.items() if turn.is_wasted(connection.held)]
        for connection in slow:
            connection.abort()

    def _choose(self) -> None:
        chosen: dict[Arriving, _Turn] = {}
        room = self._lent
        for connection in self._line if self._tight else ():
            room -= max(0, connection.expected - connection.held)
            if chosen and room < 0:
                break
            chosen[connection] = self._first.get(connection) or _Turn(connection.held)
        self._first = chosen


class _Turn:
    """Whether one who has the turn uses it."""

    def __init__(self, held: int) -> None:
        self._held = held
        self._looks = 0

    def is_wasted(self, held: int) -> bool:
        self._looks += 1
        if held - self._held >= MIN_PROGRESS:
            self._held, self._looks = held, 0
        return self._looks >= PATIENCE
