"""What is asked of runs of connectors by who watches them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.store.connectors import KeptStream, SyncRuns, SyncSightings

if TYPE_CHECKING:
    from mainstem.store import Database

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
EMPTY = KeptStream(1, "", "success", NOW, NOW, 0, 0, 0, 0, 0, 0.0, None, None, "")


class Books:
    """Runs that were, one an hour."""

    def __init__(self, database: Database) -> None:
        self.runs = SyncRuns(database)
        self.seen = SyncSightings(database)
        self.at = NOW

    def run(self, *streams: KeptStream, state: str = "success", asked: str = "incremental") -> int:
        self.at += timedelta(hours=1)
        run_id = self.runs.begin("helpdesk", "zendesk", asked, self.at)
        for one in streams:
            self.runs.note_stream(replace(one, run_id=run_id, began_at=self.at, ended_at=self.at))
        self.runs.finish(run_id, self.at, state)
        return run_id


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


def stream(name: str, rows: int = 0, state: str = "success", through: datetime | None = None) -> KeptStream:
    problem = "403" if state == "failed" else ""
    return replace(EMPTY, stream=name, rows=rows, state=state, complete_through=through, problem=problem)


def test_a_stream_is_as_fresh_as_its_best_reading_whatever_range_was_filled_in_since(books: Books) -> None:
    books.run(stream("tickets", through=NOW), stream("users"))
    books.run(stream("tickets", state="failed", through=None))
    books.run(stream("tickets", through=NOW + timedelta(days=9)), asked="2024-01-01 to 2024-02-01")
    first = NOW + timedelta(hours=1)
    found = {one.stream: (one.complete_through, one.first_began) for one in books.seen.freshness()}
    assert found == {"tickets": (NOW, first), "users": (None, first)}
    assert books.seen.freshness("another") == []


def test_partial_runs_belong_to_one_stretch_until_a_whole_run_ends_it(books: Books) -> None:
    books.run(stream("users", state="failed"), stream("tickets"), state="partial")
    books.run(stream("users"), stream("tickets"))
    assert books.seen.partial(NOW) == []
    first = books.run(stream("users", state="failed"), stream("tickets"), state="partial")
    second = books.run(stream("users", state="failed"), stream("tickets", state="failed"), state="partial")
    found = [(one.since, one.run_id, one.stream, one.problem) for one in books.seen.partial(NOW)]
    assert found == [
        (first, first, "users", "403"),
        (first, second, "tickets", "403"),
        (first, second, "users", "403"),
    ]
    assert [one.since for one in books.seen.partial(books.at)] == [first, first]


def test_rows_are_held_against_the_median_of_incremental_readings_before(books: Books) -> None:
    for rows in (5, 1000, 20):
        books.run(stream("tickets", rows))
    books.run(stream("tickets", 9_999), asked="full")
    books.run(stream("tickets", 7, state="failed"), stream("users", 1), state="partial")
    books.run(stream("tickets", 400))
    (users, tickets) = books.seen.brought(books.at - timedelta(hours=1))
    assert (users.stream, users.usual, users.earlier) == ("users", None, 0)
    assert (tickets.rows, tickets.usual, tickets.earlier) == (400, 20, 3)


def test_streams_of_the_last_runs_come_newest_first(books: Books) -> None:
    runs = [books.run(stream("tickets", rows), stream("users")) for rows in (1, 2, 3)]
    found = books.runs.streams_of_last("helpdesk", 2)
    assert [(one.run_id, one.stream) for one in found] == [
        (runs[2], "tickets"),
        (runs[2], "users"),
        (runs[1], "tickets"),
        (runs[1], "users"),
    ]
