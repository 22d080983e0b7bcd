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


_MOST_DAYS = 28
"""Days of history that are sent as one, though they have few events."""


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
    together: int = 5_000,
    progress: Callable[[Day, Sent], None] = lambda day, sent: None,
) -> Played:
    """Play `days`, which begin with the company's first, from where `state` says it stopped.

    Ends with the last day, or before the first one that `pace` does not open. Days of history are sent until
    they have `together` events, as one, and their rows written every `rows_every` days, in one transaction;
    later days one by one. `progress` gets each day when its events are acknowledged, and what was sent so
    far. Raises what `sender` and `rows` raise; what is not noted then is played again.
    """
    return _Play(sender, rows, pace or FullSpeed(), state, rows_every, together).run(days, progress)


class _Play:
    def __init__(
        self,
        sender: Sender,
        rows: Rows | None,
        pace: Pace,
        state: PlayState | None,
        rows_every: int,
        together: int,
    ) -> None:
        self._sender = sender
        self._rows = rows
        self._pace = pace
        self._state = state
        self._rows_every = rows_every
        self._together = together
        self._unsent: list[Day] = []
        self._unwritten: list[Day] = []
        self._played = Played(0, state.events_through if state else None, Sent(), 0)

    def run(self, days: Iterable[Day], progress: Callable[[Day, Sent], None]) -> Played:
        events_through = self._state.events_through if self._state else None
        rows_through = self._state.rows_through if self._state else None
        for day in days:
            if events_through is None or day.day > events_through:
                if not self._pace.is_open(day):
                    break
                self._take_events(day, progress)
            if self._rows is not None and (rows_through is None or day.day > rows_through):
                self._take_rows(day, progress)
        self._write_rows(progress)
        return self._played

    def _take_events(self, day: Day, progress: Callable[[Day, Sent], None]) -> None:
        self._unsent.append(msgspec.structs.replace(day, changes=[], truth=[]))
        enough = sum(len(one.events) for one in self._unsent) >= self._together
        if enough or len(self._unsent) >= _MOST_DAYS or not self._pace.is_history(day):
            self._send(progress)

    def _send(self, progress: Callable[[Day, Sent], None]) -> None:
        """Full batches cost the gateway and the disk less than one that ends with each day of history."""
        if not self._unsent:
            return
        last = self._unsent[-1]
        events = [event for one in self._unsent for event in one.events]
        sent = self._played.sent
        for portion in self._pace.portions(msgspec.structs.replace(last, events=events)):
            sent += self._sender.send(portion)
        done = [one for one in self._unsent if one.ends]
        self._unsent = []
        if done and self._state:
            self._state.events_played(done[-1].day)
        through = done[-1].day if done else self._played.through
        days = self._played.days + len(done)
        self._played = msgspec.structs.replace(self._played, days=days, through=through, sent=sent)
        for one in done:
            progress(one, sent)

    def _take_rows(self, day: Day, progress: Callable[[Day, Sent], None]) -> None:
        self._unwritten.append(msgspec.structs.replace(day, events=[], truth=[]))
        whole = sum(one.ends for one in self._unwritten)
        if whole >= self._rows_every or (day.ends and not self._pace.is_history(day)):
            self._write_rows(progress)

    def _write_rows(self, progress: Callable[[Day, Sent], None]) -> None:
        self._send(progress)
        if self._rows is None or not self._unwritten:
            return
        rows = self._played.rows + self._rows.apply(self._unwritten)
        self._played = msgspec.structs.replace(self._played, rows=rows)
        if self._state:
            self._state.rows_written(self._unwritten[-1].day)
        self._unwritten = []
