"""Answers that were given, kept while they hold: whoever asks the same again is not made to wait for it.

An answer is kept under what was asked of the warehouse, to the letter, together with what the warehouse shows
at that moment. So no answer outlives the data it was made of, and none is given to somebody whose row
filters would have made other SQL. Several who ask the same at once wait for one run; it ends when the last of
them leaves. Failures are kept for nobody.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import QueryStopped
from mainstem.warehouse.interruption import Interruption
from mainstem.warehouse.stamped import Stamped

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.query.result import Compiled, QueryResult
    from mainstem.warehouse import Warehouse

Stamp = str | None
Key = tuple[int, bytes]

_NO_MOMENT = datetime.min  # noqa: DTZ901 -- naive, as `Compiled.now` is
_CELL_BYTES = 80
"""Of one value in a row of Python, about."""


def key_of(compiled: Compiled, warehouse: Warehouse) -> Key:
    """What makes two questions one. The present counts only for those whose calculations may read it, and to
    the minute."""
    now = compiled.now.replace(second=0, microsecond=0) if compiled.calculations else _NO_MOMENT
    return id(warehouse), msgspec.json.encode(msgspec.structs.replace(compiled, now=now))


def stamp_of(warehouse: Warehouse) -> Stamp:
    """None for one that cannot tell."""
    return warehouse.stamp() if isinstance(warehouse, Stamped) else None


@dataclass
class _Kept:
    result: QueryResult
    stamp: Stamp
    at: float
    bytes: int


@dataclass
class _Flight:
    """A question that runs, and how many wait for it."""

    answer: Future[QueryResult] = field(default_factory=Future)
    interruption: Interruption = field(default_factory=Interruption)
    waiting: int = 0


class Answers:
    """Safe to use from several threads. At most `most_bytes` of answers are kept, those asked for last."""

    def __init__(
        self,
        most_bytes: int,
        *,
        at_once: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`at_once` questions run at the same time, further ones wait. `seconds` is how long an answer holds
        of a warehouse that does not say what it shows."""
        self._most_bytes = most_bytes
        self._turns = threading.BoundedSemaphore(at_once)
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._flights: dict[tuple[Key, Stamp], _Flight] = {}
        self._guard = threading.Lock()

    def of(
        self,
        key: Key,
        stamp: Callable[[], Stamp],
        run: Callable[[], QueryResult],
        *,
        waiting: Interruption | None = None,
    ) -> QueryResult:
        """The answer to `key`: kept, awaited or made by `run` in this thread.

        `stamp` says what the warehouse shows now, None where it cannot. `waiting` is stopped when who asks
        has left; then QueryStopped is raised. Raises what `run` raises, to all who wait for it.
        """
        shown = stamp()
        with self._guard:
            kept = self._found(key, shown)
            if kept is not None:
                age = max(self._clock() - kept.at, 0.0)
                return msgspec.structs.replace(kept.result, cached=True, age=age)
            flight = self._flights.get((key, shown))
            leads = flight is None
            if flight is None:
                flight = self._flights[key, shown] = _Flight()
            flight.waiting += 1
        if waiting is not None:
            waiting.tell(lambda: self._leave(key, shown, flight))
        if leads:
            self._fly(key, shown, stamp, flight, run)
        result = _awaited(flight, waiting)
        return result if leads else msgspec.structs.replace(result, cached=True)

    def _fly(
        self,
        key: Key,
        shown: Stamp,
        stamp: Callable[[], Stamp],
        flight: _Flight,
        run: Callable[[], QueryResult],
    ) -> None:
        try:
            with self._turns:
                flight.interruption.check()
                with flight.interruption.over():
                    result = run()
            still_shown = stamp() == shown
        except BaseException as e:  # noqa: BLE001 # all who wait for it are told, whatever it is
            self._land(key, shown, flight, None)
            flight.answer.set_exception(e)
            return
        self._land(key, shown, flight, result if still_shown else None)
        flight.answer.set_result(result)

    def _land(self, key: Key, shown: Stamp, flight: _Flight, result: QueryResult | None) -> None:
        with self._guard:
            self._forget(key, shown, flight)
            if result is not None:
                self._keep(key, _Kept(result, shown, self._clock(), _bytes_of(result)))

    def _leave(self, key: Key, shown: Stamp, flight: _Flight) -> None:
        with self._guard:
            flight.waiting -= 1
            last = flight.waiting == 0
            if last:  # whoever comes now begins anew
                self._forget(key, shown, flight)
        if last:
            flight.interruption.stop()

    def _forget(self, key: Key, shown: Stamp, flight: _Flight) -> None:
        if self._flights.get((key, shown)) is flight:
            del self._flights[key, shown]

    def _found(self, key: Key, shown: Stamp) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        is_old = shown is None and self._clock() - kept.at >= self._seconds
        if kept.stamp != shown or is_old:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept

    def _keep(self, key: Key, kept: _Kept) -> None:
        self._drop(key)
        if kept.bytes > self._most_bytes:
            return
        self._kept[key] = kept
        self._bytes += kept.bytes
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._bytes -= old.bytes


def _awaited(flight: _Flight, waiting: Interruption | None) -> QueryResult:
    """Its answer; QueryStopped at once for who has left, though others still wait for it."""
    if waiting is None:
        return flight.answer.result()
    over = threading.Event()
    flight.answer.add_done_callback(lambda _: over.set())
    waiting.tell(over.set)
    over.wait()
    if not flight.answer.done() or isinstance(flight.answer.exception(), QueryStopped):
        waiting.check()
    return flight.answer.result()


def _bytes_of(result: QueryResult) -> int:
    cells = len(result.rows) * len(result.columns)
    cells += sum(len(one.rows) * len(one.columns) for one in result.companions)
    return max(result.bytes or 0, 1) + cells * _CELL_BYTES + len(result.sql)
