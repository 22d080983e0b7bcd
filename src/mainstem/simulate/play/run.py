"""Play days one after another: events out, rows in, and each noted when it is done.

A day's events are acknowledged before its rows are written, so a stop between the two repeats nothing but
rows, and writing those again changes nothing. It draws no event and opens no connection.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

import msgspec

from mainstem.simulate.play.pace import FullSpeed
from mainstem.simulate.play.sender import Sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mainstem.simulate.play.pace import Pace
    from mainstem.simulate.play.state import PlayState
    from mainstem.simulate.world.output import Day, Event


class Sender(Protocol):
    def send(self, events: Iterable[Event]) -> Sent:
        """Returns when all are acknowledged."""


class Rows(Protocol):
    def apply(self, days: Sequence[Day]) -> int:
        """Write the rows as they are after these days, all or nothing; how many were written."""


class Played(msgspec.Struct, frozen=True):
    """What a call of `play` did; days of earlier runs are not in it."""

    days: int
    through: date | None
    """The last day, played now or before; None when there was none."""
    sent: Sent
    rows: int


def play(
    days: Iterable[Day],
    sender: Sender,
    rows: Rows | None = None,
    *,
    pace: Pace | None = None,
    state: PlayState | None = None,
    rows_every: int = 1,
    progress: Callable[[Day, Sent], None] = lambda day, sent: None,
) -> Played:
    """Play `days`, which begin with the company's first, from where `state` says it stopped.

    Ends with the last day, or before the first one that `pace` does not open. Rows of history are written
    every `rows_every` days, in one transaction, and at the end; later ones day by day. `progress` gets each
    day when its events are acknowledged, and what was sent so far. Raises what `sender` and `rows` raise;
    what is not noted then is played again.
    """
    return _Play(sender, rows, pace or FullSpeed(), state, rows_every).run(days, progress)


class _Play:
    def __init__(
        self, sender: Sender, rows: Rows | None, pace: Pace, state: PlayState | None, rows_every: int
    ) -> None:
        self._sender = sender
        self._rows = rows
        self._pace = pace
        self._state = state
        self._rows_every = rows_every
        self._waiting: list[Day] = []
        self._waiting_days = 0
        self._written = 0

    def run(self, days: Iterable[Day], progress: Callable[[Day, Sent], None]) -> Played:
        events_through = self._state.events_through if self._state else None
        rows_through = self._state.rows_through if self._state else None
        through, played, total = events_through, 0, Sent()
        for day in days:
            if events_through is None or day.day > events_through:
                if not self._pace.is_open(day):
                    break
                total += self._send(day)
                if day.ends:
                    played, through = played + 1, day.day
                    progress(day, total)
            if self._rows is not None and (rows_through is None or day.day > rows_through):
                self._keep_rows(self._rows, day)
        if self._rows is not None:
            self._write_rows(self._rows)
        return Played(played, through, total, self._written)

    def _send(self, day: Day) -> Sent:
        sent = Sent()
        for portion in self._pace.portions(day):
            sent += self._sender.send(portion)
        if self._state and day.ends:
            self._state.events_played(day.day)
        return sent

    def _keep_rows(self, rows: Rows, day: Day) -> None:
        self._waiting.append(msgspec.structs.replace(day, events=[], truth=[]))
        if day.ends:
            self._waiting_days += 1
        if self._waiting_days >= self._rows_every or (day.ends and not self._pace.is_history(day)):
            self._write_rows(rows)

    def _write_rows(self, rows: Rows) -> None:
        if not self._waiting:
            return
        self._written += rows.apply(self._waiting)
        if self._state:
            self._state.rows_written(self._waiting[-1].day)
        self._waiting, self._waiting_days = [], 0
