from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from mainstem.collect import CollectSettings, Parts, SourceTable, serve
from mainstem.collect.counts_file import (
    GatewayCounts,
    Minute,
    SourceFigures,
    counts_path,
    read_all_counts,
    read_counts,
    write_counts,
)
from mainstem.collect.health import ConfigProblem
from mainstem.collect.publish_counts import CountsBoard, publish_counts
from mainstem.events import Source
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    import pytest

WEB = Source("web", "Website", ("A",))
APP = Source("app", "App", ("B",))
MINUTE = 29_500_000
START = MINUTE * 60.0


class Now:
    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds


def test_what_was_counted_stands_in_the_minute_it_happened_in() -> None:
    now, table = Now(), SourceTable([WEB, APP])
    board = CountsBoard("g", None, now)
    board.look(table, None)
    assert not board.look(table, None)
    web = table.compiled[0].counts
    web.events, web.quarantined = 5, 1
    web.dropped["consent"] = 2
    now.seconds += 59
    assert board.look(table, None)
    web.events += 1
    web.refuse("no")
    now.seconds += 1
    assert board.look(table, None)
    figures = board.written.sources["web"]
    assert figures.minutes == {MINUTE: Minute(5, 1, 2, 0), MINUTE + 1: Minute(1, 0, 0, 1)}
    assert figures.last_event_at == "2026-02-02T02:41:00Z"
    assert board.written.sources["app"] == SourceFigures()
    assert figures.past_hour(MINUTE + 1) == Minute(6, 1, 2, 1)
    assert figures.past_hour(MINUTE + 60) == Minute(1, 0, 0, 1)
    assert figures.past_hour(MINUTE + 61) == Minute()


def test_minutes_older_than_an_hour_are_forgotten() -> None:
    now, table = Now(), SourceTable([WEB])
    board = CountsBoard("g", None, now)
    for _ in range(200):
        table.compiled[0].counts.events += 1
        now.seconds += 60
        board.look(table, None)
    assert len(board.written.sources["web"].minutes) == 60


def test_the_past_hour_and_the_last_event_survive_a_restart_and_totals_begin_anew(tmp_path: Path) -> None:
    now, path = Now(), tmp_path / "g.json"
    first = SourceTable([WEB])
    board = CountsBoard("g", None, now)
    first.compiled[0].counts.events = 3
    board.look(first, None)
    board.mark("events", 0)
    write_counts(path, board.written)
    again, table = CountsBoard("g", read_counts(path), now), SourceTable([WEB])
    again.look(table, None)
    figures = again.written.sources["web"]
    assert (figures.totals.events, figures.past_hour(MINUTE).events) == (0, 3)
    assert figures.last_event_at == board.written.sources["web"].last_event_at
    assert again.written.marks == {"events": [0]}


def test_a_source_that_is_gone_is_no_longer_told_of() -> None:
    board = CountsBoard("g", None, Now())
    board.look(SourceTable([WEB, APP]), None)
    assert board.look(SourceTable([APP]), None)
    assert set(board.written.sources) == {"app"}


def test_marks_lie_apart_and_are_few_and_begin_anew_with_the_log() -> None:
    board = CountsBoard("g", None, Now())
    assert board.mark("events", 0)
    assert not board.mark("events", 100)
    for end in range(0, 10_000_000, 20_000):
        board.mark("events", end)
    marks = board.written.marks["events"]
    assert len(marks) == 64
    assert marks[-1] == 9_980_000
    assert marks == sorted(marks)
    board.mark("events", 50)
    assert board.written.marks["events"] == [50]


def test_counts_of_every_partition_are_found_and_what_is_no_such_file_is_left_out(tmp_path: Path) -> None:
    assert read_all_counts(tmp_path / "none") == ()
    for name in ("gateway-1", "gateway-0"):
        write_counts(counts_path(tmp_path, name), GatewayCounts(name, 1, "S", "T"))
    (tmp_path / "other.json").write_text("[]")
    assert [counts.partition for counts in read_all_counts(tmp_path)] == ["gateway-0", "gateway-1"]
    assert read_counts(tmp_path / "other.json") is None


def test_a_gateway_writes_its_file_while_it_serves_and_once_more_at_its_end(tmp_path: Path) -> None:
    log = MemoryLog()
    log.writer("gateway-0")
    log.add("gateway-0", [b"12345"])
    companion = publish_counts(tmp_path / "counts", {"events": log})
    path = counts_path(tmp_path / "counts", "gateway-0")
    table = SourceTable([WEB])

    def until_written() -> None:
        while read_counts(path) is None:
            threading.Event().wait(0.005)

    async def main() -> None:
        stop = asyncio.Event()

        def beside(parts: Parts) -> AbstractAsyncContextManager[None]:
            parts.health.config_error = ConfigProblem("mainstem.toml:1", "all of it")
            return companion(parts)

        server = asyncio.create_task(
            serve(
                CollectSettings(port=0),
                table,
                RecordingLog(),
                RecordingLog(),
                ready=lambda _: None,
                stop=stop,
                companions=(beside,),
            )
        )
        await asyncio.to_thread(until_written)
        table.compiled[0].counts.events = 7
        stop.set()
        await server

    asyncio.run(main())
    counts = read_counts(path)
    assert counts is not None
    assert counts.sources["web"].totals.events == 7
    assert counts.config_error == "all of it"
    assert counts.marks == {"events": [6]}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_stops_nothing_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "counts").write_text("a file where the folder should be")
    companion = publish_counts(tmp_path / "counts", {})

    async def main() -> None:
        stop, ready = asyncio.Event(), asyncio.Event()
        server = asyncio.create_task(
            serve(
                CollectSettings(port=0),
                SourceTable([WEB]),
                RecordingLog(),
                RecordingLog(),
                ready=lambda _: ready.set(),
                stop=stop,
                companions=(companion,),
            )
        )
        await ready.wait()
        stop.set()
        await server

    asyncio.run(main())
    assert "pages show old counts: cannot write" in caplog.text
