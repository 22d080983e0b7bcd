from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import TransientError, UsageError
from mainstem.simulate.play import ClockPace, FullSpeed, Playing, PlayState, RatePace, Sent, play
from mainstem.simulate.world import Day, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mainstem.simulate.play import Pace

FIRST = date(2021, 1, 1)
COMPANY = Playing(1, 10, FIRST)


def day(number: int, events: int = 3) -> Day:
    midnight = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return Day(
        FIRST + timedelta(days=number),
        [
            Event(midnight + timedelta(hours=hour), "website", {"id": f"{number}.{hour}"})
            for hour in range(events)
        ],
        [],
        [],
    )


class Recorder:
    """A sender and the rows of systems that keep what they are given, and fail on one call."""

    def __init__(self, fails_at: str = "") -> None:
        self.sent: list[str] = []
        self.rows: list[list[date]] = []
        self.fails_at = fails_at

    def send(self, events: Iterable[Event]) -> Sent:
        names = [event.message["id"] for event in events]
        if self.fails_at in names:
            raise TransientError("no gateway")
        self.sent += names
        return Sent(len(names), 1)

    def apply(self, days: Sequence[Day]) -> int:
        self.rows.append([one.day for one in days])
        return len(days)


class Time:
    """A clock that goes on only while somebody waits."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


def test_all_days_are_played_in_order_and_rows_some_days_at_a_time() -> None:
    to = Recorder()
    seen: list[int] = []
    days = [day(n) for n in range(5)]

    def progress(one: Day, sent: Sent) -> None:
        seen.append(sent.events)

    played = play(days, to, to, rows_every=2, together=1, progress=progress)
    assert to.sent == [f"{n}.{h}" for n in range(5) for h in range(3)]
    assert [len(days) for days in to.rows] == [2, 2, 1]
    assert (played.days, played.through, played.sent, played.rows) == (5, date(2021, 1, 5), Sent(15, 5), 5)
    assert seen == [3, 6, 9, 12, 15]


def test_days_of_history_are_sent_together_but_before_their_rows() -> None:
    log: list[str] = []

    class Ordered(Recorder):
        def send(self, events: Iterable[Event]) -> Sent:
            log.append(f"send {len(list(events))}")
            return Sent(1, 1)

        def apply(self, days: Sequence[Day]) -> int:
            log.append(f"rows {len(days)}")
            return 1

    to = Ordered()
    played = play([day(n) for n in range(10)], to, to, rows_every=7, together=15)
    assert log == ["send 15", "send 6", "rows 7", "send 9", "rows 3"]
    assert (played.days, played.through) == (10, date(2021, 1, 10))


def test_what_was_stopped_goes_on_where_it_was_and_rows_that_waited_are_written_then(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    days = [day(n) for n in range(6)]
    first = Recorder(fails_at="4.1")
    with pytest.raises(TransientError):
        play(days, first, first, rows_every=3, together=1, state=PlayState(file, COMPANY))
    assert first.sent[-1] == "3.2"
    assert [len(some) for some in first.rows] == [3]
    second = Recorder()
    played = play(days, second, second, rows_every=3, state=PlayState(file, COMPANY))
    assert second.sent == [f"{n}.{h}" for n in (4, 5) for h in range(3)]
    assert second.rows == [[one.day for one in days[3:]]]
    assert (played.days, played.through) == (2, date(2021, 1, 6))
    third = Recorder()
    assert play(days, third, third, state=PlayState(file, COMPANY)).days == 0
    assert (third.sent, third.rows) == ([], [])


def test_rows_asked_for_later_are_written_from_the_first_day(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    days = [day(n) for n in range(3)]
    play(days, Recorder(), state=PlayState(file, COMPANY))
    later = Recorder()
    play(days, later, later, rows_every=10, state=PlayState(file, COMPANY))
    assert later.sent == []
    assert later.rows == [[one.day for one in days]]


def test_a_day_in_parts_counts_as_played_when_its_last_part_is(tmp_path: Path) -> None:
    whole = day(0)
    parts = [
        Day(whole.day, [event], [], [], ends=place == len(whole.events) - 1)
        for place, event in enumerate(whole.events)
    ]
    state = PlayState(tmp_path / "state.json", COMPANY)
    first = Recorder(fails_at="0.2")
    with pytest.raises(TransientError):
        play(parts, first, first, together=1, state=state)
    assert (first.sent, first.rows, state.events_through) == (["0.0", "0.1"], [], None)
    second = Recorder()
    assert play(parts, second, second, state=state).days == 1
    assert (len(second.sent), len(second.rows), state.events_through) == (3, 1, whole.day)


def test_a_state_is_of_one_company_and_refused_for_another(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    PlayState(file, COMPANY).events_played(FIRST)
    with pytest.raises(UsageError, match="belongs to the company seed=1 size=10 from 2021-01"):
        PlayState(file, Playing(2, 10, FIRST))
    file.write_text("{")
    with pytest.raises(UsageError, match="is no state of a played company"):
        PlayState(file, COMPANY)


@pytest.mark.parametrize("kind", ["full speed", "rate"])
def test_no_day_is_played_before_it_is_over(kind: str) -> None:
    time = Time(datetime(2021, 1, 3, 12, tzinfo=UTC))
    pace: Pace = FullSpeed(time) if kind == "full speed" else RatePace(100, time, time.wait)
    to = Recorder()
    assert play([day(n) for n in range(5)], to, pace=pace).through == date(2021, 1, 2)


def test_no_more_events_are_sent_a_second_than_the_rate_says() -> None:
    time = Time(datetime(2024, 1, 1, tzinfo=UTC))
    began = time.now
    to = Recorder()
    play([day(n, events=20) for n in range(5)], to, pace=RatePace(10, time, time.wait))
    assert len(to.sent) == 100
    # All but the last ten have had their second.
    assert (time.now - began).total_seconds() == pytest.approx(9.0)


def test_a_clock_plays_history_at_once_then_so_many_times_faster_then_in_real_time() -> None:
    time = Time(datetime(2021, 1, 5, tzinfo=UTC))
    times: dict[str, datetime] = {}

    class Noting(Recorder):
        def send(self, events: Iterable[Event]) -> Sent:
            sent = list(events)
            times.update({event.message["id"]: time.now for event in sent})
            return super().send(sent)

    to = Noting()
    pace = ClockPace(24.0, history_through=date(2021, 1, 2), now=time, wait=time.wait)
    play([day(n) for n in range(6)], to, to, pace=pace, rows_every=10)
    start = datetime(2021, 1, 5, tzinfo=UTC)
    assert times["1.2"] == start
    # The third of January begins now; an hour of it takes two and a half minutes.
    assert times["2.1"] == start + timedelta(minutes=2.5)
    assert times["3.0"] == start + timedelta(hours=1)
    # The fifth is today: it has not come before its real time.
    assert times["4.2"] == start + timedelta(hours=2, minutes=5)
    assert times["5.2"] == datetime(2021, 1, 6, 2, tzinfo=UTC)
    assert time.now == datetime(2021, 1, 7, tzinfo=UTC)
    assert max(time.waits) <= 60
    assert [len(days) for days in to.rows] == [3, 1, 1, 1]
