from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from mainstem.errors import LogUnavailable
from mainstem.events import (
    Dropped,
    Held,
    Quarantined,
    Received,
    Resolved,
    decode_received,
    decode_resolved,
    encode_quarantined,
    encode_resolved,
)
from mainstem.replay import (
    HeldEvent,
    Rule,
    Selection,
    derived_message_id,
    gateway_held,
    last_resolutions,
    parse_id,
    replay,
    still_open,
    summary_of,
)
from mainstem.replay.actions import SetType
from mainstem.replay.rules import Match
from mainstem.replay.run import message_id_of
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.log import LogWriter
    from mainstem.replay import Decision

AT = "2026-01-02T03:04:05.678Z"
MENDING = Rule("as tracks", Match(types=("tack",)), (SetType("track"),))


def quarantined(event: object, *, reason: str = "odd", source: str = "web", at: str = AT) -> bytes:
    raw = msgspec.Raw(json.dumps(event).encode())
    return encode_quarantined(Quarantined(at, "10.0.0.1", source, reason, raw))


def judge(held: HeldEvent, event: bytes) -> Received | Held | Dropped:
    """A source that takes tracks and has suppressed one user."""
    value = json.loads(event)
    if not isinstance(value, dict) or value.get("type") != "track":
        return Held("no track")
    if value.get("userId") == "suppressed":
        return Dropped("suppressed")
    made = None if value.get("messageId") else derived_message_id(held)
    return Received(held.received_at, held.request_ip, held.source_id, msgspec.Raw(event), None, made)


class Logs:
    """The three streams that a replay reads and writes."""

    def __init__(self, *events: bytes) -> None:
        self.quarantine, self.events, self.resolved = MemoryLog(), MemoryLog(), MemoryLog()
        for partition, records in (("gateway-0", events[::2]), ("gateway-1", events[1::2])):
            self.quarantine.writer(partition)
            self.quarantine.add(partition, records)

    def open(self) -> list[HeldEvent]:
        return list(still_open(gateway_held(self.quarantine), last_resolutions(self.resolved)))

    def replay(self, rules: Sequence[Rule] = ()) -> list[Decision]:
        async def run() -> list[Decision]:
            events, resolved = self.events.writer("replay-0"), self.resolved.writer("replay-0")
            try:
                done = replay(self.open(), rules, judge, events, resolved, lambda: AT)
                return [decision async for decision in done]
            finally:
                await events.close()
                await resolved.close()

        return asyncio.run(run())

    def replayed(self) -> list[Received]:
        return [decode_received(payload) for _, payload in self.events.read("replay-0", 0, 10**6).records]

    def said(self) -> list[Resolved]:
        return [decode_resolved(payload) for _, payload in self.resolved.read("replay-0", 0, 10**6).records]


def test_every_partition_is_read_and_an_id_says_where_its_event_stands() -> None:
    logs = Logs(*(quarantined({"n": n}) for n in range(3)))
    ids = [held.id for held in logs.open()]
    assert ids[0] == "gateway/gateway-0:0"
    assert [parse_id(one)[1] for one in ids] == ["gateway-0", "gateway-0", "gateway-1"]
    assert ids == [held.id for held in logs.open()]


def test_a_mended_event_keeps_its_source_times_and_message_id() -> None:
    event = {"type": "tack", "messageId": "m", "originalTimestamp": "2025-12-31T00:00:00.000Z"}
    logs = Logs(quarantined(event))
    [decision] = logs.replay([MENDING])
    assert (decision.action, decision.mended.rules) == ("replayed", ("as tracks",))
    [record] = logs.replayed()
    assert json.loads(bytes(record.event)) == {**event, "type": "track"}
    assert (record.received_at, record.request_ip, record.source_id) == (AT, "10.0.0.1", "web")
    assert record.message_id is None
    assert logs.said() == [Resolved("gateway/gateway-0:0", "replayed", AT, rule="as tracks", message_id="m")]
    assert logs.open() == []


def test_what_is_still_bad_stays_with_its_new_reason_and_says_it_once() -> None:
    logs = Logs(quarantined({"type": "tack"}))
    for _ in range(2):
        [decision] = logs.replay()
        assert decision.action == "held"
    assert [(held.id, held.reason) for held in logs.open()] == [("gateway/gateway-0:0", "no track")]
    assert len(logs.said()) == 1


def test_large_events_are_written_a_few_at_a_time() -> None:
    large = {"type": "track", "note": "x" * 1_500_000}
    logs = Logs(*(quarantined({**large, "messageId": str(n)}) for n in range(5)))
    sizes: list[int] = []
    append = logs.events.writer("replay-0").append

    class Counting:
        def append(self, records: Sequence[bytes]) -> asyncio.Future[int]:
            sizes.append(len(records))
            return append(records)

    async def run() -> None:
        resolved = logs.resolved.writer("replay-0")
        writer = cast("LogWriter", Counting())
        async for _ in replay(logs.open(), (), judge, writer, resolved, lambda: AT):
            pass

    asyncio.run(run())
    assert sizes == [2, 2, 1]
    assert logs.open() == []


def test_the_message_id_is_told_of_an_event_that_no_reader_takes_whole() -> None:
    event = msgspec.Raw(b'{"type":"track","messageId":" m ","properties":{"x":1e999}}')
    assert message_id_of(Received(AT, "", "web", event)) == "m"


def test_an_event_that_must_not_be_kept_is_closed_without_being_kept() -> None:
    logs = Logs(quarantined({"type": "track", "userId": "suppressed"}))
    logs.replay()
    assert logs.events.end("replay-0") == 0
    assert [(said.action, said.reason) for said in logs.said()] == [("dropped", "suppressed")]
    assert logs.open() == []


def test_a_replay_that_dies_between_its_two_logs_repeats_the_same_message_ids() -> None:
    logs = Logs(quarantined({"type": "track"}), quarantined({"type": "track", "messageId": "own"}))
    logs.resolved.failure = LogUnavailable("disk full")
    with pytest.raises(LogUnavailable):
        logs.replay()
    assert len(logs.open()) == 2
    logs.resolved.failure = None
    logs.replay()
    ids = [record.message_id or json.loads(bytes(record.event))["messageId"] for record in logs.replayed()]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]
    assert ids[1] == "own"
    assert logs.open() == []


def test_the_last_word_about_an_event_counts_and_a_later_dismissal_closes_it() -> None:
    log = MemoryLog()
    log.writer("replay-0")
    log.add(
        "replay-0",
        [
            encode_resolved(Resolved("a", "held", AT, reason="new")),
            encode_resolved(Resolved("a", "dismissed", AT)),
        ],
    )
    assert last_resolutions(log)["a"].action == "dismissed"


def test_a_record_that_cannot_be_read_is_listed_and_holds_nothing_up() -> None:
    logs = Logs(b"{nonsense", quarantined({"type": "track"}))
    first = logs.open()[0]
    assert first.reason.startswith("the record cannot be read")


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        (Selection(), [0, 1, 2]),
        (Selection(source="app"), [1]),
        (Selection(reason="CURRENCY"), [2]),
        (Selection(ids=frozenset({"gateway/gateway-0:0"})), [0]),
        (Selection(since=msgspec.convert("2026-01-02T03:00:00Z", __import__("datetime").datetime)), [0, 2]),
        (Selection(stage="loader"), []),
    ],
)
def test_a_selection_takes_what_fits_all_of_it(selection: Selection, numbers: list[int]) -> None:
    logs = Logs(
        quarantined(0),
        quarantined(1, source="app", at="2026-01-01T00:00:00.000Z"),
        quarantined(2, reason="no currency given"),
    )
    assert sorted(json.loads(held.event) for held in logs.open() if selection.takes(held)) == numbers


def test_groups_count_by_source_and_reason_the_largest_first() -> None:
    logs = Logs(
        quarantined(0, reason="a", at="2026-01-01T00:00:00.000Z"),
        quarantined(1, reason="b"),
        quarantined(2, reason="a", at="2026-01-03T00:00:00.000Z"),
    )
    first, second = summary_of(logs.open()).groups()
    assert (first.reason, first.count, first.first[:10], first.last[:10]) == (
        "a",
        2,
        "2026-01-01",
        "2026-01-03",
    )
    assert (second.reason, second.count) == ("b", 1)
    assert parse_id(first.sample)[2] > 0
