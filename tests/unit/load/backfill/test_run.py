from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.errors import LogUnavailable
from mainstem.events import Dropped, Quarantined, Received, decode_quarantined, decode_received, enriched
from mainstem.load.backfill import Backfill, BackfillReport, Offered, Positions
from mainstem.load.backfill.offered import MessageIds, offer
from mainstem.load.backfill.position import Position
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

NOW = "2026-01-02T03:04:05.678Z"


def judge(event: Offered) -> Received | Quarantined | Dropped:
    """Holds events named `bad`, drops those named `away`."""
    name = msgspec.json.decode(event.event).get("event")
    raw = msgspec.Raw(event.event)
    if name == "bad":
        return Quarantined(event.received_at, event.request_ip, "web", "it is bad", raw)
    if name == "away":
        return Dropped("suppressed")
    return Received(event.received_at, event.request_ip, "web", raw, None, event.message_id)


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events, self.held = MemoryLog(), MemoryLog()
        self.writer, self.held_writer = self.events.writer("backfill-0"), self.held.writer("backfill-0")
        self.saved: list[Position] = []

    def file(self, *events: Any, name: str = "a.ndjson") -> Path:
        path = self.folder / name
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return path

    def run(self, *files: Path, position: Position | None = None, **options: Any) -> BackfillReport:
        start = position or Position(tuple(map(str, files)), "web", "backfill-0")
        backfill = Backfill(start, judge, stamp=lambda: NOW, save=self.saved.append, group=2, **options)
        return asyncio.run(backfill.run(files, None, self.writer, self.held_writer))

    def ids(self) -> list[str]:
        return [str(enriched(record)["messageId"]) for record in self.records()]

    def records(self) -> list[Received]:
        batch = self.events.read("backfill-0", 0, 1 << 20)
        return [decode_received(payload) for _, payload in batch.records]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def event(message_id: str | None, name: str = "x", **more: Any) -> dict[str, Any]:
    own = {} if message_id is None else {"messageId": message_id}
    return {"type": "track", "event": name, "userId": "u", **own, **more}


def test_every_event_is_accepted_held_dropped_or_told(bench: Bench) -> None:
    path = bench.file(event("m1"), event("m2", "bad"), event("m3", "away"), 7, event("m4"))
    report = bench.run(path)
    assert bench.ids() == ["m1", "m4"]
    assert report.accepted == 2
    (held,) = report.held
    assert (held.reason, held.count, held.examples) == ("it is bad", 1, (f"{path}:2",))
    assert [(one.reason, one.examples) for one in report.dropped] == [("suppressed", (f"{path}:3",))]
    assert [one.examples for one in report.unreadable] == [(f"{path}:4",)]
    (payload,) = [payload for _, payload in bench.held.read("backfill-0", 0, 1 << 20).records]
    assert decode_quarantined(payload).reason == "it is bad"


def test_an_event_keeps_the_times_and_address_it_came_with(bench: Bench) -> None:
    then = {"receivedAt": "2024-05-06T09:00:00+02:00", "originalTimestamp": "2024-05-06T06:59:58.000Z"}
    bench.run(bench.file(event("m1", request_ip="9.9.9.9", sentAt="2024-05-06T06:59:59.000Z", **then)))
    (record,) = bench.records()
    found = enriched(record)
    assert (found["receivedAt"], found["request_ip"]) == ("2024-05-06T07:00:00.000Z", "9.9.9.9")
    assert found["originalTimestamp"] == then["originalTimestamp"]
    assert found["timestamp"] == "2024-05-06T06:59:59.000Z"


def test_one_that_does_not_say_when_it_was_received_was_received_now(bench: Bench) -> None:
    bench.run(bench.file(event("m1")))
    assert bench.records()[0].received_at == NOW


def test_events_without_an_id_get_the_same_one_whenever_and_wherever_they_are_read(bench: Bench) -> None:
    one, other = event(None, n=1), event(" ", n=2)
    bench.run(bench.file(one, one, other, event("own")))
    first = bench.ids()
    assert len(set(first)) == 4
    assert first[3] == "own"
    again = Bench(bench.folder)
    again.run(again.file(other, one, one, name="renamed.ndjson"))
    assert sorted(again.ids()) == sorted(first[:3])


def test_ids_differ_by_source() -> None:
    ids = {offer(event(None), MessageIds(source), NOW).message_id for source in ("web", "app")}
    assert len(ids) == 2


def test_what_was_stopped_goes_on_where_it_was(bench: Bench) -> None:
    path = bench.file(*(event(f"m{number}") for number in range(3)), event(None), event(None), event(None))
    whole = Bench(bench.folder)
    whole.run(path)
    for stop in range(len(whole.saved)):
        part = Bench(bench.folder)
        writer = part.writer

        def failing(reached: Position, part: Bench = part, stop: int = stop) -> None:
            part.saved.append(reached)
            if len(part.saved) > stop:
                raise KeyboardInterrupt

        start = Position((str(path),), "web", "backfill-0")
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(
                Backfill(start, judge, stamp=lambda: NOW, save=failing, group=2).run(
                    [path], None, writer, part.held_writer
                )
            )
        report = part.run(path, position=part.saved[-1])
        assert part.ids() == whole.ids()
        assert report.went_on


def test_what_was_durable_and_not_counted_is_not_written_twice(bench: Bench) -> None:
    path = bench.file(*(event(f"m{number}") for number in range(6)))
    bench.run(path)
    before = bench.saved[0]  # as if it had been killed before the second was written
    report = bench.run(path, position=before, already=bench.ids()[2:])
    assert bench.ids() == [f"m{number}" for number in range(6)]
    assert (report.accepted, report.repeated) == (0, 4)


def test_a_full_disk_ends_it_and_nothing_is_counted_that_is_not_durable(bench: Bench) -> None:
    path = bench.file(event("m1"), event("m2"), event("m3"))
    bench.events.failure = LogUnavailable("the disk is full")
    with pytest.raises(LogUnavailable):
        bench.run(path)
    assert bench.saved == []
    bench.events.failure = None
    bench.run(path)
    assert bench.ids() == ["m1", "m2", "m3"]


def test_events_that_are_in_the_tables_are_left_out(bench: Bench) -> None:
    def loaded(ids: Sequence[str]) -> Collection[str]:
        return {"m2"} & set(ids)

    report = bench.run(bench.file(event("m1"), event("m2"), event("m3")), loaded=loaded)
    assert bench.ids() == ["m1", "m3"]
    assert report.loaded == 1


def test_without_writers_it_only_says_what_it_would_do(bench: Bench) -> None:
    path = bench.file(event("m1"), event("m2", "bad"))
    start = Position((str(path),), "web", "")
    backfill = Backfill(start, judge, stamp=lambda: NOW, save=bench.saved.append)
    report = asyncio.run(backfill.run([path], None, None, None))
    assert (report.accepted, len(report.held), bench.saved, bench.ids()) == (1, 1, [], [])


def test_a_position_is_kept_for_the_same_files_and_not_for_others(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("1")
    b.write_text("2")
    positions = Positions(tmp_path / "kept")
    key = positions.key_of([a, b], "web", None)
    assert positions.read(key) is None
    position = Position((str(a),), "web", "backfill-1", {"a": 3}, ("b",), 77)
    positions.write(key, position)
    assert positions.read(positions.key_of([b, a], "web", None)) == position
    others = [positions.key_of([a], "web", None), positions.key_of([a, b], "app", None)]
    a.write_text("longer")
    assert key not in [*others, positions.key_of([a, b], "web", None)]
