from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.errors import EnvironmentFailure
from mainstem.events import Forwarded, encode_forwarded
from mainstem.shadow import Place, PositionFile, ShadowSettings, status_of
from mainstem.shadow.lane import Lane
from mainstem.shadow.upstream import Answer
from mainstem.testing.memory_log import MemoryLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PLACE = Place("web", "gateway-0")


def request(
    number: int, *, source: str = "web", sender: str = "a", at: str = "2026-01-02T12:00:00.000Z"
) -> bytes:
    return encode_forwarded(
        Forwarded(
            at, "10.0.0.1", source, "POST", "/v1/track", "", {"anonymousid": sender}, str(number).encode()
        )
    )


class OtherSide:
    """A data plane that keeps what it takes and answers as `rule` says."""

    def __init__(self, rule: Callable[[int], Answer] = lambda number: Answer(200)) -> None:
        self.rule = rule
        self.asked: list[int] = []
        self.taken: list[int] = []

    def __call__(self, forwarded: Forwarded) -> Answer:
        number = int(forwarded.body)
        self.asked.append(number)
        answer = self.rule(number)
        if answer.status == 200:
            self.taken.append(number)
        return answer


class Now(threading.Event):
    """A stop that nobody waits for: pauses are noted, not slept."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0)
        return self.is_set()


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    log.writer("gateway-0")
    return log


@pytest.fixture
def positions(tmp_path: Path) -> PositionFile:
    return PositionFile(tmp_path)


def lane(log: MemoryLog, positions: PositionFile, other: OtherSide, connections: int = 1) -> Lane:
    settings = ShadowSettings(connections=connections, longest_pause_s=4)
    return Lane(PLACE, log, positions, other, settings, now=lambda: NOON)


def test_requests_arrive_in_their_order_and_the_position_outlives_the_process(
    log: MemoryLog, positions: PositionFile, tmp_path: Path
) -> None:
    log.add("gateway-0", [request(n) for n in range(5)])
    other = OtherSide()
    assert lane(log, positions, other).step(Now())
    log.add("gateway-0", [request(5)])
    assert lane(log, PositionFile(tmp_path), other).step(Now())
    assert other.taken == [0, 1, 2, 3, 4, 5]
    kept = PositionFile(tmp_path).progress(PLACE)
    assert kept is not None
    assert (kept.forwarded, kept.offset) == (6, log.end("gateway-0"))


def test_another_sources_requests_are_left_to_its_own_lane(log: MemoryLog, positions: PositionFile) -> None:
    log.add("gateway-0", [request(0, source="app"), request(1), request(2, source="app")])
    other = OtherSide()
    lane(log, positions, other).step(Now())
    assert other.taken == [1]


def test_what_may_pass_is_tried_again_with_growing_pauses_and_as_long_as_asked(
    log: MemoryLog, positions: PositionFile
) -> None:
    log.add("gateway-0", [request(0)])
    answers = iter(
        [Answer(None, failure="down"), Answer(503), Answer(429, retry_after=30.0), Answer(500), Answer(200)]
    )
    other, stop = OtherSide(lambda _: next(answers)), Now()
    assert lane(log, positions, other).step(stop)
    assert (other.asked, other.taken) == ([0] * 5, [0])
    assert stop.pauses == [0.5, 1, 30, 4]


def test_what_is_refused_is_counted_by_status_and_holds_nothing_up(
    log: MemoryLog, positions: PositionFile
) -> None:
    log.add("gateway-0", [request(n) for n in range(4)])
    other = OtherSide(lambda n: Answer({1: 400, 2: 401, 3: 400}.get(n, 200)))
    lane(log, positions, other).step(Now())
    kept = positions.progress(PLACE)
    assert kept is not None
    assert (kept.forwarded, kept.refused) == (1, {"400": 2, "401": 1})


def test_one_request_that_always_fails_is_given_up_while_others_are_taken(
    log: MemoryLog, positions: PositionFile
) -> None:
    log.add("gateway-0", [request(0, sender="a"), *(request(n, sender="b") for n in range(1, 30))])
    other = OtherSide(lambda n: Answer(200 if n else 500))
    lane(log, positions, other, connections=64).step(Now())
    kept = positions.progress(PLACE)
    assert kept is not None
    assert (kept.forwarded, kept.refused) == (29, {"500": 1})


@pytest.mark.parametrize("read_at_once", [1, 10_000])
@pytest.mark.parametrize("senders", ["aaaa", "abcb", "aabb"])
def test_a_request_that_always_fails_holds_up_nobody_for_long_though_it_is_alone_under_way(
    log: MemoryLog,
    positions: PositionFile,
    senders: str,
    read_at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mainstem.shadow.lane.READ_BYTES", read_at_once)
    log.add("gateway-0", [request(n, sender=sender) for n, sender in enumerate(senders)])
    other = OtherSide(lambda n: Answer(200 if n else 500))
    forwarding = lane(log, positions, other, connections=64)
    while forwarding.step(Now()):
        pass
    kept = positions.progress(PLACE)
    assert kept is not None
    assert (kept.forwarded, kept.refused, kept.offset) == (3, {"500": 1}, log.end("gateway-0"))
    assert sorted(other.taken) == [1, 2, 3], "each once"
    for sender in senders:
        mine = [n for n in other.taken if senders[n] == sender]
        assert mine == sorted(mine)


class Arriving(Now):
    """While a lane pauses, others send: at every thirtieth pause one request."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__()
        self._log = log
        self.arrived = 0

    def wait(self, timeout: float | None = None) -> bool:
        if len(self.pauses) % 30 == 29:
            self._log.add("gateway-0", [request(100 + self.arrived, sender="z")])
            self.arrived += 1
        return super().wait(timeout)


@pytest.mark.parametrize("read_at_once", [300, 10_000])
@pytest.mark.parametrize("senders", ["ab", "aa"])
def test_requests_that_always_fail_are_given_up_once_others_come(
    log: MemoryLog,
    positions: PositionFile,
    senders: str,
    read_at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mainstem.shadow.lane.READ_BYTES", read_at_once)
    log.add("gateway-0", [request(n, sender=sender) for n, sender in enumerate(senders)])
    other, stop = OtherSide(lambda n: Answer(200 if n >= 100 else 500)), Arriving(log)
    forwarding = lane(log, positions, other)
    while forwarding.step(stop):
        pass
    kept = positions.progress(PLACE)
    assert kept is not None
    assert (kept.forwarded, kept.refused) == (stop.arrived, {"500": 2})
    assert other.taken == [100 + n for n in range(stop.arrived)]


def test_a_data_plane_that_takes_nothing_is_tried_on(log: MemoryLog, positions: PositionFile) -> None:
    log.add("gateway-0", [request(0)])
    other = OtherSide(lambda _: Answer(200 if len(other.asked) > 100 else 500))
    lane(log, positions, other).step(Now())
    assert other.taken == [0]


def test_a_backlog_that_is_too_old_is_skipped_and_said(
    log: MemoryLog, positions: PositionFile, caplog: pytest.LogCaptureFixture
) -> None:
    old = [request(n, at="2026-01-01T11:00:00.000Z") for n in range(3)]
    log.add("gateway-0", [*old, request(3)])
    other = OtherSide()
    lane(log, positions, other).step(Now())
    assert other.taken == [3]
    [line] = [record.message for record in caplog.records]
    assert line == "source web: 3 requests had waited for more than 24 hours and were skipped"


def test_a_stop_in_the_middle_repeats_what_was_not_decided_and_loses_nothing(
    log: MemoryLog, positions: PositionFile
) -> None:
    log.add("gateway-0", [request(n) for n in range(4)])
    stop = Now()

    def down_from_two(number: int) -> Answer:
        if number < 2:
            return Answer(200)
        stop.set()
        return Answer(503)

    assert not lane(log, positions, OtherSide(down_from_two)).step(stop)
    again = OtherSide()
    lane(log, positions, again).step(Now())
    assert again.taken == [2, 3]


def test_over_several_connections_each_senders_requests_keep_their_order(
    log: MemoryLog, positions: PositionFile
) -> None:
    log.add("gateway-0", [request(n, sender=f"s{n % 5}") for n in range(100)])
    other = OtherSide()
    lane(log, positions, other, connections=4).step(Now())
    assert sorted(other.taken) == list(range(100))
    for sender in range(5):
        mine = [n for n in other.taken if n % 5 == sender]
        assert mine == sorted(mine)


def test_status_counts_what_waits_and_how_long_the_first_has(log: MemoryLog, positions: PositionFile) -> None:
    log.add("gateway-0", [request(0)])
    lane(log, positions, OtherSide()).step(Now())
    log.add("gateway-0", [request(1, at="2026-01-02T11:59:30.000Z"), request(2), request(3, source="x")])
    [status] = status_of(log, positions, {"web": "http://other"}, NOON)
    assert (status.forwarded, status.waiting, status.lag_seconds) == (1, 2, 30.0)
    assert status.last_forwarded_at == "2026-01-02T12:00:00.000Z"


def test_a_record_of_a_later_version_is_told_and_left_out(
    log: MemoryLog, positions: PositionFile, caplog: pytest.LogCaptureFixture
) -> None:
    log.add("gateway-0", [msgspec.msgpack.encode({"version": 9}), request(1)])
    other = OtherSide()
    lane(log, positions, other).step(Now())
    assert other.taken == [1]
    assert "cannot be read; it is left out" in caplog.text


def test_two_forwarders_of_one_log_exclude_each_other(tmp_path: Path) -> None:
    with PositionFile(tmp_path).alone():
        second = PositionFile(tmp_path)
        with pytest.raises(EnvironmentFailure, match="forwards already"), second.alone():
            pass


def test_a_position_that_cannot_be_read_stops_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "position.json").write_text("{")
    with pytest.raises(EnvironmentFailure, match="remove it to forward everything"):
        PositionFile(tmp_path)
