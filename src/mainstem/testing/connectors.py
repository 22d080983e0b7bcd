"""Doubles for connectors: a clock that stands until somebody sleeps, a source of rows in memory, a ledger
that records."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.connectors import Asked, Connector, Deletes, Finding, Page, Stream, Table
from mainstem.saas import Clock, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mainstem.connectors.run import StreamResult

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class StillClock(Clock):
    """Time passes only by sleeping, at once. `slept` are the seconds of each time."""

    def __init__(self, at: datetime = NOON, moved: Callable[[datetime], None] | None = None) -> None:
        """`moved` is told of each new moment."""
        self._at = at
        self._moved = moved
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
        if self._moved is not None:
            self._moved(self._at)


@dataclass
class RecordingLedger:
    results: list[StreamResult] = field(default_factory=list)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)

    def stream(self, result: StreamResult) -> None:
        self.results.append(result)

    def schema_change(self, stream: str, at: datetime, change: str, column: str, kind: str) -> None:
        self.changes.append((stream, change, column, kind))


THINGS = Table("thing", ("id",), version="version")
TOLD = Stream("things", (THINGS,), Deletes.TOLD)


class ListedSource(Connector):
    """Pages that a test wrote, for the streams that it names; position is the number of pages read."""

    def __init__(self, pages: Sequence[Page | Exception], stream: Stream = TOLD) -> None:
        self.pages = list(pages)
        self.stream = stream
        self.asked: list[Asked] = []
        self._usage = Usage()

    def check(self) -> Sequence[Finding]:
        return [Finding("credentials", True, "none are needed")]

    def streams(self) -> Sequence[Stream]:
        return [self.stream]

    def read(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        self.asked.append(asked)
        begin = int((asked.position or {}).get("pages", 0))
        for number, page in enumerate(self.pages[begin:], start=begin + 1):
            if isinstance(page, Exception):
                raise page
            self._usage.calls += 1
            yield replace(page, position={"pages": number})

    @property
    def usage(self) -> Usage:
        return self._usage

    def close(self) -> None:
        return None


def things(*rows: dict[str, Any]) -> Page:
    return Page({"thing": rows})
