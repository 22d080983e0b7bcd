"""One sync of a connector: every stream read to its end, committed on the way, each failing by itself.

A run is a success when every stream was, partial when some were, failed when none was. Whatever failed is
told with its reason and stays where it was committed last. It retries nothing: sessions do that below it,
and whoever schedules it above.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from mainstem.config import redact
from mainstem.connectors.batch import Batch
from mainstem.connectors.contract import Asked
from mainstem.connectors.landing import StreamState, after_all
from mainstem.connectors.settings import is_read
from mainstem.connectors.streams import Deletes, Stream
from mainstem.errors import FatalError, MainstemError, SyncIncomplete, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from mainstem.connectors.contract import Connector, Page, Position
    from mainstem.connectors.landing import Landing
    from mainstem.saas import Clock, Usage

logger = logging.getLogger("mainstem.connectors")

LISTINGS = 2
"""What this many listings one after the other lack is gone: one alone may miss a row that moved between
pages while it was read."""
_UNSEEN_AT_ONCE = 10_000


@dataclass(frozen=True)
class Wanted:
    """What a run is asked to do."""

    streams: tuple[str, ...] = ()
    """Empty for all."""
    without: tuple[str, ...] = ()
    full: bool = False
    """Read everything again, and find what is gone."""
    since: datetime | None = None
    until: datetime | None = None
    """A range to fill in; positions stay where they are."""

    def __str__(self) -> str:
        if self.since or self.until:
            begin = self.since.date().isoformat() if self.since else "the beginning"
            return f"{begin} to {self.until.date().isoformat() if self.until else 'now'}"
        return "full" if self.full else "incremental"


@dataclass(frozen=True)
class StreamResult:
    stream: str
    state: str
    """`running`, `success` or `failed`."""
    began_at: datetime
    ended_at: datetime | None
    rows: int = 0
    deleted: int = 0
    bytes: int = 0
    calls: int = 0
    repeats: int = 0
    waited_seconds: float = 0.0
    quota_remaining: int | None = None
    complete_through: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class SyncResult:
    connector: str
    state: str
    """`success`, `partial` or `failed`."""
    streams: tuple[StreamResult, ...]

    def ensure_success(self) -> None:
        """Raises SyncIncomplete, with a line for every stream that failed."""
        if self.state != "success":
            lines = [f"{one.stream}: {one.problem}" for one in self.streams if one.state == "failed"]
            raise SyncIncomplete(self.connector, self.state, lines)


class Ledger(Protocol):
    """Where runs are noted while they go on."""

    def stream(self, result: StreamResult) -> None:
        """How a stream stands now."""

    def schema_change(self, stream: str, at: datetime, change: str, column: str, kind: str) -> None:
        """A table changed."""


class Sync:
    """A connector, where its rows go, and who is told."""

    def __init__(
        self,
        name: str,
        connector: Connector,
        landing: Landing,
        ledger: Ledger,
        clock: Clock,
        *,
        rows_a_commit: int = 20_000,
        committed: Callable[[str], None] = lambda stream: None,
    ) -> None:
        """`committed` is called after each commit with the stream's name."""
        self._name = name
        self._connector = connector
        self._landing = landing
        self._ledger = ledger
        self._clock = clock
        self._rows_a_commit = rows_a_commit
        self._committed = committed

    def run(self, wanted: Wanted) -> SyncResult:
        """Raises UsageError for streams there are not; what the connector raises when it cannot even say
        which streams it has."""
        streams = chosen(self._connector.streams(), wanted)
        results = tuple(self._stream(stream, wanted) for stream in streams)
        failed = sum(result.state == "failed" for result in results)
        state = "success" if not failed else "failed" if failed == len(results) else "partial"
        return SyncResult(self._name, state, results)

    def _stream(self, stream: Stream, wanted: Wanted) -> StreamResult:
        before = self._connector.usage.copy()
        reading = _Reading(stream, wanted, self._landing.state(_state_name(stream, wanted)))
        began = self._clock.now()
        note = _Note(stream.name, began, before, self._connector)
        self._ledger.stream(note.result(reading, "running", None))
        problem = ""
        try:
            self._read(reading, wanted)
        except FatalError:
            raise
        except MainstemError as e:
            problem = redact(str(e))
        except Exception as e:  # a connector's own fault ends its stream, not the others
            problem = redact(f"{type(e).__name__}: {e}")
            logger.warning("%s: reading %s failed: %s", self._name, stream.name, problem, exc_info=True)
        state = "failed" if problem else "success"
        result = note.result(reading, state, self._clock.now(), problem)
        self._ledger.stream(result)
        return result

    def _read(self, reading: _Reading, wanted: Wanted) -> None:
        if reading.lists and reading.state.listed_since is None:
            moment = after_all(self._landing.newest(reading.stream), self._clock.now())
            reading.state = replace(reading.state, position=None, listed_since=moment, listings=0)
        while True:
            for page in self._connector.read(reading.stream, reading.asked(wanted, self._landing.standing)):
                self._remove_others(reading, page)
                reading.take(page)
                if reading.batch.rows >= self._rows_a_commit and page.position is not None:
                    self._commit(reading, replace(reading.state, position=page.position))
            if not reading.lists:
                break
            reading.state = replace(reading.state, listings=reading.state.listings + 1)
            self._commit(reading, replace(reading.state, position=None))
            if reading.state.listings >= LISTINGS or not self._any_unseen(reading):
                self._remove_unseen(reading)
                break
        done = reading.done()
        if reading.is_worth_committing(done):
            self._commit(reading, done)
        reading.state = replace(reading.state, complete_through=done.complete_through)

    def _any_unseen(self, reading: _Reading) -> bool:
        return any(
            self._unseen(reading, table.name, 1)
            for table in reading.stream.tables
            if not (table.owner or table.history)
        )

    def _remove_unseen(self, reading: _Reading) -> None:
        for table in reading.stream.tables:
            if table.owner or table.history:
                continue  # replaced with their owner; not listed any more
            while found := self._unseen(reading, table.name, _UNSEEN_AT_ONCE):
                reading.batch.tables[table.name].gone.update(found)
                reading.batch.rows += len(found)
                self._commit(reading, reading.state)

    def _remove_others(self, reading: _Reading, page: Page) -> None:
        """Rows of other generations than the page says stand, once all rows before it are there."""
        if page.generations and reading.batch.rows:
            self._commit(reading, reading.at_last())
        for name, generation in page.generations.items():
            table = reading.stream.table(name)
            while found := self._landing.of_others(table, generation, _UNSEEN_AT_ONCE):
                reading.batch.tables[name].gone.update(found)
                reading.batch.rows += len(found)
                self._commit(reading, reading.state)

    def _unseen(self, reading: _Reading, table: str, most: int) -> list[str]:
        since = reading.state.listed_since
        if since is None:
            return []
        return self._landing.unseen(reading.stream.table(table), since, most)

    def _commit(self, reading: _Reading, after: StreamState) -> None:
        now = self._clock.now()
        synced = max(now, reading.state.listed_since) if reading.state.listed_since else now
        landed = self._landing.commit(reading.batch, reading.committed, after, synced)
        reading.landed(after, landed.rows, landed.gone)
        for change in landed.changes:
            logger.info("%s.%s: %s %s", self._name, change.table, change.change, change.column)
            self._ledger.schema_change(
                reading.stream.name, now, change.change, _named(change.table, change.column), change.kind
            )
        self._committed(reading.stream.name)


class _Reading:
    """One stream on its way."""

    def __init__(self, stream: Stream, wanted: Wanted, state: StreamState) -> None:
        self.stream = stream
        self.state = state
        self.committed = state
        self.batch = Batch(stream)
        self.rows = self.gone = 0
        self._is_range = _is_range(wanted)
        self.lists = not self._is_range and (
            stream.deletes is Deletes.LISTING
            or state.listed_since is not None
            or (wanted.full and stream.deletes is Deletes.TOLD)
        )
        self._anew = wanted.full and not self.lists and state.position is not None
        self._through: datetime | None = None
        self._last: Position | None = None

    def asked(self, wanted: Wanted, standing: Callable[[str, str, int], Sequence[str]]) -> Asked:
        position = None if self._anew else self.state.position
        return Asked(position, wanted.since, wanted.until, standing)

    def take(self, page: Page) -> None:
        self.batch.add(page)
        if page.position is not None:
            self._last = page.position
        if page.complete_through is not None:
            self._through = page.complete_through

    def landed(self, after: StreamState, rows: int, gone: int) -> None:
        self.state = replace(after, commit_number=self.committed.commit_number + 1)
        self.committed = self.state
        self.batch = Batch(self.stream)
        self.rows += rows
        self.gone += gone
        self._anew = False

    def at_last(self) -> StreamState:
        """The state behind the last page that had a position."""
        return self.state if self._last is None else replace(self.state, position=self._last)

    def done(self) -> StreamState:
        """The state of a stream that was read to its end. A listing begins anew the next time, unless what
        was read last says from where changes can be had."""
        position = self._last if self._last is not None else self.state.position
        if self.stream.deletes is Deletes.LISTING or self._is_range:
            position = None
        through = self._through or self.state.complete_through
        return replace(self.state, position=position, listed_since=None, listings=0, complete_through=through)

    def is_worth_committing(self, done: StreamState) -> bool:
        """A snapshot of the lake that says nothing new is left out, but for the first of a stream."""
        return (
            self.committed.commit_number == 0
            or self.batch.rows > 0
            or bool(self.batch.changes)
            or self.committed.listed_since is not None
            or done.position != self.committed.position
        )


class _Note:
    def __init__(self, stream: str, began: datetime, before: Usage, connector: Connector) -> None:
        self._stream = stream
        self._began = began
        self._before = before
        self._connector = connector

    def result(
        self, reading: _Reading, state: str, ended: datetime | None, problem: str = ""
    ) -> StreamResult:
        used = self._connector.usage.minus(self._before)
        quota = self._connector.quota()
        return StreamResult(
            self._stream,
            state,
            self._began,
            ended,
            reading.rows,
            reading.gone,
            used.received_bytes,
            used.calls,
            used.repeats,
            used.waited_seconds,
            None if quota is None else quota.remaining,
            reading.state.complete_through,
            problem,
        )


def chosen(offered: Sequence[Stream], wanted: Wanted) -> list[Stream]:
    """The streams that are wanted, in the order offered. Raises UsageError for what there is not."""
    names = [stream.name for stream in offered]
    for name in (*wanted.streams, *wanted.without):
        if name not in names:
            raise UsageError(f"there is no stream {name!r}; there are {', '.join(names)}")
    found = [stream for stream in offered if is_read(stream.name, wanted)]
    if _is_range(wanted):
        able = [stream.name for stream in offered if stream.ranges]
        unable = [stream.name for stream in found if not stream.ranges]
        if unable and wanted.streams:
            raise UsageError(
                f"{', '.join(unable)} cannot be read by a range of time; "
                f"these can: {', '.join(able) or 'none'}"
            )
        found = [stream for stream in found if stream.ranges]
    if not found:
        raise UsageError(f"no stream is left to read; there are {', '.join(names)}")
    return found


def _is_range(wanted: Wanted) -> bool:
    return wanted.since is not None or wanted.until is not None


def _state_name(stream: Stream, wanted: Wanted) -> str:
    if not _is_range(wanted):
        return stream.name
    begin, end = (moment.isoformat() if moment else "" for moment in (wanted.since, wanted.until))
    return f"{stream.name}[{begin}/{end}]"


def _named(table: str, column: str) -> str:
    return f"{table}.{column}" if column else table
