from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstem.errors import FatalError, WarehouseBusy
from mainstem.events import Source
from mainstem.load import Loader, LoadReport, LoadSettings
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse import ColumnType

WEB = Source("web", "My Site", ("key",), "Javascript")
NOW = datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)


class Bench:
    """A log, a warehouse, and loaders that come and go."""

    def __init__(self) -> None:
        self.log = EventLog()
        self.warehouse = MemoryWarehouse()
        self.now = NOW
        self.settings = LoadSettings()
        self.loader = self.restarted()

    def restarted(self) -> Loader:
        self.loader = Loader(self.log, self.warehouse, [WEB], self.settings, now=lambda: self.now)
        return self.loader

    def load(self) -> LoadReport:
        return self.loader.run_once()

    def track(self, message_id: str, **properties: object) -> None:
        self.log.send(
            {"type": "track", "event": "clicked", "messageId": message_id, "properties": properties}
        )

    def rows(self, table: str, *columns: str, namespace: str = "my_site") -> list[dict[str, Any]]:
        named = ", ".join(f'"{column}"' for column in columns) or "*"
        name = self.warehouse.capabilities.qualified(namespace, table)
        found: list[dict[str, Any]] = self.warehouse.query(f"SELECT {named} FROM {name}").to_pylist()
        return found

    def ids(self, table: str, namespace: str = "my_site") -> list[str]:
        return sorted(row["id"] for row in self.rows(table, "id", namespace=namespace))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_event_becomes_rows_in_the_namespace_of_its_source(bench: Bench) -> None:
    bench.track("m1", price=2.5, tags=["a", 1.0])
    report = bench.load()
    assert (report.events, report.rows, report.commits) == (1, 2, 1)
    (row,) = bench.rows("clicked", "id", "price", "tags", "received_at", "uuid_ts", "context_source_id")
    assert row == {
        "id": "m1",
        "price": 2.5,
        "tags": '["a",1]',
        "received_at": datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
        "uuid_ts": NOW,
        "context_source_id": "web",
    }
    assert bench.ids("tracks") == ["m1"]
    (origin,) = bench.rows(
        "tracks", "context_source_type", "context_destination_id", "context_destination_type"
    )
    assert list(origin.values()) == ["Javascript", "mainstem", "DUCKLAKE"]


def test_an_empty_log_takes_no_transaction(bench: Bench) -> None:
    assert bench.load() == LoadReport()
    bench.track("m1")
    bench.load()
    before = len(bench.warehouse.transactions)
    assert bench.load() == LoadReport()
    assert len(bench.warehouse.transactions) == before


def test_structure_is_locked_only_when_it_changes(bench: Bench) -> None:
    for message_id in ("m1", "m2"):
        bench.track(message_id)
        bench.load()
    assert [ddl for message, ddl in bench.warehouse.transactions] == [True, True, False]


def test_an_event_sent_again_is_one_row_in_a_batch_across_batches_and_after_a_restart(bench: Bench) -> None:
    bench.track("m1")
    bench.track("m1")
    assert bench.load().duplicates == 1
    bench.track("m1")
    assert bench.load().duplicates == 1
    bench.restarted()
    bench.track("m1")
    assert bench.load().duplicates == 1
    assert bench.ids("clicked") == ["m1"]


def test_the_same_message_id_from_two_sources_is_two_events(bench: Bench) -> None:
    bench.track("m1")
    bench.log.send({"type": "page", "messageId": "m1"}, source_id="other")
    assert bench.load().duplicates == 0
    assert bench.ids("pages", namespace="other") == ["m1"]


def test_ids_leave_the_window_by_whole_days(bench: Bench) -> None:
    bench.settings = LoadSettings(dedupe_days=2)
    bench.restarted()
    for day, message_id in enumerate(["m1", "m2", "m3"]):
        bench.now = NOW + timedelta(days=day)
        bench.track(message_id)
        bench.load()
    days = [row["day"] for row in bench.rows("message_ids", "day", namespace="mainstem")]
    assert sorted(days) == ["2026-01-03", "2026-01-04"]
    bench.track("m1")
    bench.track("m2")
    assert bench.load().duplicates == 1


def test_new_columns_are_added_as_they_come(bench: Bench) -> None:
    bench.track("m1", a=1)
    bench.load()
    bench.track("m2", a=2, b="x")
    bench.load()
    rows = sorted(bench.rows("clicked", "id", "a", "b"), key=lambda row: row["id"])
    assert rows == [{"id": "m1", "a": 1, "b": None}, {"id": "m2", "a": 2, "b": "x"}]


@pytest.mark.parametrize("batches", [1, 2])
def test_of_two_types_for_a_column_the_first_stays_and_what_does_not_fit_is_told(
    bench: Bench, batches: int
) -> None:
    bench.track("m1", n=1, word="x", flag=True)
    if batches == 2:
        bench.load()
    bench.track("m2", n=2.7, word=3, flag="2026-01-02")
    report = bench.load()
    kinds = bench.warehouse.columns("my_site")["clicked"]
    assert (kinds["n"], kinds["word"], kinds["flag"]) == (
        ColumnType.INT,
        ColumnType.STRING,
        ColumnType.BOOLEAN,
    )
    (row,) = (row for row in bench.rows("clicked", "id", "n", "word", "flag") if row["id"] == "m2")
    assert row == {"id": "m2", "n": 2, "word": "3", "flag": None}
    assert report.discards == 2
    discards = bench.rows("rudder_discards", "table_name", "row_id", "column_name", "column_value", "reason")
    assert sorted(tuple(row.values()) for row in discards) == [
        (
            "clicked", "m2", "flag", "2026-01-02T00:00:00.000Z",
            "incompatible schema conversion from boolean to datetime",
        ),
        ("clicked", "m2", "n", "2.7", "incompatible schema conversion from int to float"),
    ]  # fmt: skip


def test_an_integer_beyond_64_bits_is_kept_among_the_discards(bench: Bench) -> None:
    bench.track("m1", big=2**80)
    bench.load()
    assert bench.rows("clicked", "big") == [{"big": None}]
    (discard,) = bench.rows("rudder_discards", "column_value", "reason")
    assert discard == {"column_value": str(2**80), "reason": "the integer does not fit in 64 bits"}


def test_users_keep_the_latest_value_of_every_column_in_whatever_order_events_come(bench: Bench) -> None:
    def identify(message_id: str, second: int, user: object = "u", **traits: object) -> None:
        event = {"type": "identify", "userId": user, "messageId": message_id, "traits": traits}
        bench.log.send(event, received_at=f"2026-01-02T03:04:{second:02}.000Z")

    identify("m2", 20, plan="pro", city="Rome")
    identify("m1", 10, plan="free", phone="1")
    identify("other", 11, user=7, plan="solo")
    bench.load()
    identify("m3", 15, plan="trial", seat=4)
    identify("m4", 30, city="Oslo")
    bench.load()
    rows = {
        row["id"]: row for row in bench.rows("users", "id", "plan", "city", "phone", "seat", "received_at")
    }
    assert rows.keys() == {"u", "7"}
    latest = datetime(2026, 1, 2, 3, 4, 30, tzinfo=UTC)
    assert list(rows["u"].values()) == ["u", "pro", "Oslo", "1", 4, latest]
    assert bench.ids("identifies") == ["m1", "m2", "m3", "m4", "other"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b'{"type": "track", "event": "x", "properties": {"a": 1e999}}', "Number out of range"),
        (b'{"type": "trace", "messageId": "m"}', 'Unknown event type: "trace"'),
        (b'{"type": "merge", "messageId": "m"}', "no table stores events of this type"),
        (
            b'{"type": "page", "messageId": "m", "properties": ' + b'{"a":' * 700 + b"1" + b"}" * 701,
            "nested too deeply",
        ),
        (b"[1]", "Expected `object`, got `array`"),
        (b'{"type": "page", "name": "\xff"}', "UTF-8"),
    ],
)
def test_an_event_that_becomes_no_rows_is_kept_in_quarantine_and_stops_nothing(
    bench: Bench, event: bytes, reason: str
) -> None:
    bench.log.send(event)
    bench.track("m2")
    report = bench.load()
    assert (report.events, report.quarantined) == (2, 1)
    (row,) = bench.rows(
        "quarantine", "source_id", "reason", "event", "log_offset", "uuid_ts", namespace="mainstem"
    )
    assert reason.lower() in row["reason"].lower()
    assert row["event"] == event.decode("utf-8", "backslashreplace")
    assert (row["source_id"], row["log_offset"], row["uuid_ts"]) == ("web", 0, NOW)
    assert bench.ids("clicked") == ["m2"]


def test_a_record_that_is_no_record_is_kept_whole(bench: Bench) -> None:
    bench.log.append(b"\x00garbage")
    assert bench.load().quarantined == 1
    assert bench.rows("quarantine", "event", namespace="mainstem") == [{"event": "\x00garbage"}]


def test_events_of_a_source_that_was_removed_go_to_a_namespace_named_by_its_id(bench: Bench) -> None:
    bench.log.send({"type": "page", "messageId": "m1"}, source_id="2aBc-old")
    bench.load()
    assert bench.ids("pages", namespace="_2a_bc_old") == ["m1"]


def test_no_source_can_write_among_the_loaders_own_tables(bench: Bench) -> None:
    bench.log.send({"type": "track", "event": "quarantine", "messageId": "m1"}, source_id="Mainstem")
    bench.load()
    assert bench.ids("quarantine", namespace="_mainstem") == ["m1"]


@pytest.mark.parametrize(
    "sent", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "+275760-09-13", "0000-00-00", "tomorrow", 7]
)
def test_absurd_clocks_break_nothing(bench: Bench, sent: object) -> None:
    for position, key in enumerate(("sentAt", "originalTimestamp", "timestamp", "receivedAt")):
        bench.log.send({"type": "page", "messageId": f"m{position}", key: sent})
    bench.load()
    assert bench.ids("pages") == ["m0", "m1", "m2", "m3"]


def test_every_partition_is_read_and_remembered(bench: Bench) -> None:
    for number in range(6):
        bench.log.send({"type": "page", "messageId": f"m{number}"}, partition=str(number % 3))
    assert bench.load().offsets.keys() == {"0", "1", "2"}
    bench.restarted()
    assert bench.load() == LoadReport()


def test_a_long_log_is_loaded_in_pieces(bench: Bench) -> None:
    bench.settings = LoadSettings(batch_max_bytes=400)
    bench.restarted()
    for number in range(10):
        bench.track(f"m{number}")
    report = bench.load()
    assert report.commits > 2
    assert report.events == len(bench.ids("clicked")) == 10


def test_a_transaction_takes_in_pieces_of_the_log_that_are_read_one_after_the_other(bench: Bench) -> None:
    bench.loader = Loader(bench.log, bench.warehouse, [WEB], bench.settings, piece_bytes=300)
    for number in (*range(10), 0, 4, 9):
        bench.track(f"m{number}")
    report = bench.load()
    assert (report.events, report.duplicates, report.commits) == (13, 3, 1)
    assert bench.ids("clicked") == sorted(f"m{number}" for number in range(10))
    assert bench.load() == LoadReport()
    bench.restarted()
    assert bench.load() == LoadReport()


def test_a_source_that_came_while_a_transaction_is_read_places_the_events_behind(bench: Bench) -> None:
    asked: list[int] = []

    def changed() -> list[Source] | None:
        asked.append(1)
        return [Source("web", "Another Site", ("key",))] if len(asked) == 2 else None

    bench.loader = Loader(
        bench.log, bench.warehouse, [WEB], bench.settings, changed_sources=changed, piece_bytes=1
    )
    bench.track("m1")
    bench.track("m2")
    assert bench.load().commits == 1
    assert (bench.ids("clicked"), bench.ids("clicked", "another_site")) == (["m1"], ["m2"])


POINTS = ["columns", "read", "begin", "create_table", "append", "query", "delete", "commit", "committed"]


@pytest.mark.parametrize("error", [WarehouseBusy("away"), KeyboardInterrupt()], ids=["busy", "killed"])
@pytest.mark.parametrize("nth", [1, *(pytest.param(nth, marks=pytest.mark.long) for nth in (2, 3))])
@pytest.mark.parametrize("point", [*POINTS, "add_columns"])
def test_whatever_fails_wherever_every_event_is_loaded_once(
    bench: Bench, point: str, nth: int, error: BaseException
) -> None:
    def send(first: int) -> None:
        for number in range(first, first + 3):
            bench.track(f"m{number}", **{f"p{number}": number})
            bench.log.send({"type": "identify", "messageId": f"i{number}", "userId": "u"})

    send(0)
    bench.load()
    seen: Counter[str] = Counter()

    def fail(reached: str) -> None:
        seen[reached] += 1
        if reached == point and seen[reached] == nth:
            raise error

    bench.warehouse.at = fail
    send(3)
    bench.restarted()
    for _ in range(3):
        try:
            bench.load()
        except WarehouseBusy:
            continue
        except KeyboardInterrupt:
            bench.restarted()
    bench.warehouse.at = lambda _: None
    assert bench.ids("clicked") == [f"m{number}" for number in range(6)]
    assert bench.ids("identifies") == [f"i{number}" for number in range(6)]
    assert bench.ids("users") == ["u"]
    assert bench.load() == LoadReport()


def test_a_commit_whose_answer_was_lost_counts_as_done(bench: Bench) -> None:
    bench.track("m0")
    bench.load()

    def lose_the_answer(point: str) -> None:
        if point == "committed":
            bench.warehouse.at = lambda _: None
            raise WarehouseBusy("no answer to COMMIT")

    bench.warehouse.at = lose_the_answer
    bench.track("m1")
    assert bench.load().rows == 2
    assert bench.ids("clicked") == ["m0", "m1"]


def test_the_loader_runs_until_it_is_told_to_stop_and_waits_for_a_busy_warehouse(bench: Bench) -> None:
    stop = threading.Event()
    bench.settings = LoadSettings(commit_interval_s=0.001, busy_wait_s=0.001)
    bench.restarted()
    commits = 0

    def busy_then_stop(point: str) -> None:
        nonlocal commits
        if point == "commit":
            commits += 1
            if commits == 2:
                raise WarehouseBusy("compaction")
        if point == "committed" and commits >= 4:
            stop.set()
        if point == "committed":
            bench.track(f"m{commits}")

    bench.track("m0")
    bench.warehouse.at = busy_then_stop
    bench.loader.run_forever(stop)
    bench.warehouse.at = lambda _: None
    bench.load()
    ids = bench.ids("clicked")
    assert len(ids) == len(set(ids))
    assert {"m0", "m1"} <= set(ids)


class Poison(Exception):
    """What no rule foresaw."""


def refuse_rows_with(bench: Bench, poison: set[str]) -> list[int]:
    """Make the warehouse fail every transaction that appends an event with one of these ids; gives the list
    of how many events each attempt to write held."""
    attempts: list[int] = []
    write = bench.loader._write

    def watched(work: Any) -> None:
        attempts.append(work.sorted.events)
        for _, row in work.sorted.rows:
            if row.data["id"] in poison:
                raise Poison(f"cannot store {row.data['id']}")
        write(work)

    bench.loader._write = watched  # type: ignore[method-assign] # the seam at which a warehouse refuses
    return attempts


@pytest.mark.parametrize("poison", [{"m0"}, {"m15"}, {"m3", "m4"}, {"m0", "m7", "m15"}])
@pytest.mark.parametrize("piece_bytes", [2**25, 700])
def test_an_event_the_warehouse_refuses_is_found_and_quarantined_and_all_others_are_loaded(
    bench: Bench, piece_bytes: int, poison: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    bench.loader = Loader(
        bench.log, bench.warehouse, [WEB], bench.settings, now=lambda: NOW, piece_bytes=piece_bytes
    )
    sent = {f"m{number}" for number in range(16)}
    for number in range(16):
        bench.log.send(
            {"type": "track", "event": "clicked", "messageId": f"m{number}"}, partition=str(number // 6)
        )
    attempts = refuse_rows_with(bench, poison)
    report = bench.load()
    assert (report.events, report.quarantined) == (16, len(poison))
    assert set(bench.ids("clicked")) == sent - poison
    kept = bench.rows("quarantine", "message_id", "reason", "event", "source_id", namespace="mainstem")
    assert {row["message_id"]: row["reason"] for row in kept} == {
        name: f"the warehouse does not take this event: Poison: cannot store {name}" for name in poison
    }
    assert all(row["source_id"] == "web" and '"clicked"' in row["event"] for row in kept)
    pieces = 1 if piece_bytes > 700 else 6
    assert len(attempts) <= len(poison) * 2 * 5 + pieces
    assert "cannot be loaded together" in caplog.text
    assert not report.is_behind
    bench.restarted()
    assert bench.load() == LoadReport()


def test_an_event_that_was_quarantined_is_known_when_it_comes_again(bench: Bench) -> None:
    bench.track("m0")
    refuse_rows_with(bench, {"m0"})
    bench.load()
    bench.restarted()
    bench.track("m0")
    assert bench.load().duplicates == 1


@pytest.mark.parametrize("point", ["begin", "create_table", "append", "commit"])
def test_a_warehouse_that_refuses_everything_stops_the_loader_and_costs_no_event(
    bench: Bench, point: str
) -> None:
    bench.track("m0")
    bench.load()

    def refuse(reached: str) -> None:
        if reached == point:
            raise Poison(point)

    bench.warehouse.at = refuse
    for number in range(1, 4):
        bench.log.send({"type": "track", "event": f"new {number}", "messageId": f"m{number}"})
    for _ in range(2):
        with pytest.raises(Poison, match=point):
            bench.load()
    bench.warehouse.at = lambda _: None
    assert (bench.load().quarantined, bench.ids("tracks")) == (0, ["m0", "m1", "m2", "m3"])


def test_a_warehouse_that_refuses_event_after_event_stops_the_loader_which_goes_on_from_there(
    bench: Bench,
) -> None:
    poison = {f"m{number}" for number in range(130)}
    for name in sorted(poison):
        bench.track(name)
    refuse_rows_with(bench, poison)
    with pytest.raises(Poison):
        bench.load()
    assert len(bench.rows("quarantine", "reason", namespace="mainstem")) == 100
    assert bench.load().quarantined == 30


def test_a_commit_that_failed_and_was_done_all_the_same_is_not_done_again(bench: Bench) -> None:
    bench.track("m0")
    bench.load()

    def fail_after(reached: str) -> None:
        if reached == "committed":
            bench.warehouse.at = lambda _: None
            raise Poison("after the fact")

    bench.warehouse.at = fail_after
    bench.track("m1")
    bench.track("m2")
    assert bench.load().rows == 4
    assert bench.ids("clicked") == ["m0", "m1", "m2"]


def test_the_window_is_not_read_again_when_the_offsets_say_that_nothing_was_committed(bench: Bench) -> None:
    bench.track("m0")
    bench.load()
    asked: list[str] = []
    query = bench.warehouse.query

    def watched(sql: str, parameters: Any = ()) -> Any:
        asked.append(sql)
        return query(sql, parameters)

    bench.warehouse.query = watched  # type: ignore[method-assign] # records what is asked
    for point in ("begin", "commit"):
        bench.warehouse.at = fail_once(bench, point, "read")
        bench.track("m0")
        bench.track(f"after {point}")
        for _ in range(2):
            with pytest.raises(WarehouseBusy):
                bench.load()
        assert bench.load().duplicates == 1
    assert asked
    assert not any("message_ids" in sql for sql in asked)
    assert bench.ids("clicked") == ["after begin", "after commit", "m0"]


def fail_once(bench: Bench, *points: str) -> Any:
    """Busy once at each of the points, in their order; the last one twice."""
    left = [*points, points[-1]]

    def fail(reached: str) -> None:
        if left and reached == left[0]:
            left.pop(0)
            raise WarehouseBusy(reached)

    return fail


def test_offsets_that_were_moved_from_elsewhere_are_gone_on_from(bench: Bench) -> None:
    bench.track("m0")
    bench.load()
    bench.track("m1")
    bench.track("m2")
    other = Loader(bench.log, bench.warehouse, [WEB], LoadSettings(batch_max_bytes=1), now=lambda: bench.now)

    def race(reached: str) -> None:
        if reached == "begin":
            bench.warehouse.at = lambda _: None
            other.step()
            raise WarehouseBusy("a conflict")

    bench.warehouse.at = race
    with pytest.raises(WarehouseBusy, match="beginning again there"):
        bench.load()
    assert bench.load().events == 1
    assert bench.ids("clicked") == ["m0", "m1", "m2"]


_WEST = """
import time
time.tzset()
assert time.timezone > 0
from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.testing.records import EventLog
from mainstem.testing.warehouse import MemoryWarehouse

log, warehouse = EventLog(), MemoryWarehouse()
loader = Loader(log, warehouse, [Source("web", "web", ("key",))], LoadSettings())
for number, born in enumerate(["0001-01-01", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"]):
    traits = {f"born{number}": born}
    log.send({"type": "identify", "userId": "u", "messageId": f"m{number}", "traits": traits})
    assert loader.run_once().quarantined == 0
sql = "SELECT epoch_us(born0) AS a, epoch_us(born1) AS b, epoch_us(born2) AS c FROM web.users"
print(warehouse.query(sql).to_pylist())
"""


def test_users_of_the_year_1_are_merged_in_any_time_zone() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _WEST],
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=True,
    )
    year_1, year_9999 = -62_135_596_800_000_000, 253_402_300_799_999_000
    assert done.stdout.strip() == str([{"a": year_1, "b": year_9999, "c": year_1}])


def test_an_event_is_placed_by_the_sources_as_they_are_when_it_is_read_and_an_old_source_is_remembered() -> (
    None
):
    log, warehouse = EventLog(), MemoryWarehouse()
    changed: list[list[Source]] = []

    def ask() -> list[Source] | None:
        return changed.pop() if changed else None

    loader = Loader(log, warehouse, [WEB], LoadSettings(), changed_sources=ask, now=lambda: NOW)

    def load(source_id: str, message_id: str) -> None:
        log.send({"type": "track", "event": "clicked", "messageId": message_id}, source_id=source_id)
        loader.run_once()

    load("web", "m1")
    changed.append([Source("app", "Our App", ("k",))])
    load("app", "m2")
    load("web", "m3")
    named = warehouse.capabilities.qualified
    names = {namespace: named(namespace, "tracks") for namespace in ("my_site", "our_app")}
    found = {
        namespace: sorted(row["id"] for row in warehouse.query(f"SELECT id FROM {name}").to_pylist())
        for namespace, name in names.items()
    }
    assert found == {"my_site": ["m1", "m3"], "our_app": ["m2"]}


def test_a_damaged_catalog_stops_the_loader_though_the_rows_were_committed() -> None:
    log, warehouse = EventLog(), MemoryWarehouse()
    loader = Loader(log, warehouse, [Source("web", "web", ("key",))], LoadSettings())
    log.send({"type": "page", "messageId": "a", "userId": "u"})
    loader.run_once()

    def damaged(point: str) -> None:
        if point == "committed":
            raise FatalError("the lake's catalog is damaged")

    log.send({"type": "page", "messageId": "b", "userId": "u"})
    warehouse.at = damaged
    with pytest.raises(FatalError, match="damaged"):
        loader.run_once()
    warehouse.close()
