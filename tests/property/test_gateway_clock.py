"""A wall clock that jumps, back above all: only the times that are written follow it."""

from __future__ import annotations

import asyncio
import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.collect import CollectSettings, SourceTable
from mainstem.collect.clock import Clock
from mainstem.collect.connections import Connections
from mainstem.collect.intake import Intake
from mainstem.collect.replies import make_reply
from mainstem.collect.server import open_handler
from mainstem.events import Source, decode_received, enriched, parse_time
from mainstem.load import Loader, LoadSettings
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.testing.gateway import RecordingLog, Wire
from mainstem.testing.senders import read_stream
from mainstem.testing.share import share_of
from mainstem.testing.warehouse import MemoryWarehouse

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.collect import RecordLog
    from mainstem.testing.gateway import Answer

SOURCE = Source("web", "web", ("WK",))
NOON = 1_767_355_200_000_000_000
"""2026-01-02T12:00:00Z, in nanoseconds."""
HOUR = 3600 * 1_000_000_000
MOMENTS = st.lists(st.integers(0, 4_000_000_000 * 1_000_000_000), min_size=2, max_size=20)


class Gateway:
    """With a wall clock and a monotonic one that tests set."""

    def __init__(self, log: RecordLog) -> None:
        self.wall = NOON
        self.monotonic = 100.0
        self.intake = Intake(log, RecordingLog(), 1_000_000)
        handler = open_handler(CollectSettings(), SourceTable([SOURCE]), "", lambda: make_reply(200, b""))
        self.connections = Connections(
            CollectSettings(),
            handler.handle,
            self.intake,
            Clock(lambda: self.wall),
            lambda: self.monotonic,
        )

    async def post(self, message_id: str) -> Answer:
        wire = Wire(self.connections).send(track(message_id))
        await self.intake.drained()
        (answer,) = wire.answers()
        wire.close()
        return answer


def track(message_id: str) -> bytes:
    body = json.dumps({"userId": "u", "event": "e", "messageId": message_id}).encode()
    return b"POST /v1/track?writeKey=WK HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@given(MOMENTS)
def test_stamps_and_dates_follow_the_clock_wherever_it_jumps(moments: list[int]) -> None:
    wall = [0]
    clock = Clock(lambda: wall[0])
    for moment in moments:
        wall[0] = moment
        stamp = parse_time(clock.stamp())
        date = parsedate_to_datetime(clock.date_line().decode().strip().removeprefix("Date: "))
        assert stamp is not None
        assert round(stamp.timestamp() * 1000) == moment // 1_000_000
        assert date.timestamp() == moment // 1_000_000_000


def test_events_keep_their_order_and_are_loaded_once_though_the_clock_goes_back(tmp_path: Path) -> None:
    async def main() -> list[Answer]:
        log = open_writer(tmp_path, "events", "gateway-0", LogSettings())
        gateway = Gateway(log)
        answers = []
        for number in range(6):
            gateway.wall = NOON - number * HOUR
            answers.append(await gateway.post(f"m{number}"))
        gateway.wall = NOON - 10 * HOUR
        answers.append(await gateway.post("m0"))  # sent again: a duplicate from before it was first received
        await log.close()
        return answers

    answers = asyncio.run(main())
    assert [answer.status for answer in answers] == [200] * 7
    assert answers[1].headers["date"] == "Fri, 02 Jan 2026 11:00:00 GMT"
    events = [enriched(decode_received(payload)) for payload in read_stream(tmp_path, "events")]
    assert [event["messageId"] for event in events] == ["m0", "m1", "m2", "m3", "m4", "m5", "m0"]
    assert [event["receivedAt"][11:16] for event in events] == [
        "12:00", "11:00", "10:00", "09:00", "08:00", "07:00", "02:00",
    ]  # fmt: skip
    warehouse = MemoryWarehouse()
    loader = Loader(open_reader(tmp_path, "events"), warehouse, [SOURCE], LoadSettings())
    report = loader.run_once()
    assert (report.events, report.duplicates, report.quarantined) == (7, 1, 0)
    assert loader.run_once().events == 0
    warehouse.close()


@settings(max_examples=share_of(50), deadline=None)
@given(st.integers(-(10**9), 10**9))
def test_no_wait_is_longer_or_shorter_for_a_jump_of_the_wall_clock(seconds: int) -> None:
    async def main() -> None:
        gateway = Gateway(RecordingLog())
        wires = [Wire(gateway.connections).send(opening) for opening in (b"", b"POST /v1/t", track("m")[:-1])]
        gateway.wall += seconds * 1_000_000_000
        gateway.connections.sweep()
        assert [wire.closed for wire in wires] == [False, False, False]
        gateway.monotonic += 9.9
        gateway.connections.sweep()
        assert [wire.closed for wire in wires] == [False, False, False]
        gateway.monotonic += 0.1
        gateway.connections.sweep()
        assert [wire.closed for wire in wires] == [False, True, False]  # headers are given 10 seconds
        gateway.monotonic += 20
        gateway.connections.sweep()
        assert [wire.closed for wire in wires] == [True, True, False]  # a first byte 30
        gateway.monotonic += 30
        gateway.connections.sweep()
        assert [wire.closed for wire in wires] == [True, True, True]  # bodies 60

    asyncio.run(main())
