from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mainstem.errors import ConfigError
from mainstem.manifest import CronSchedule
from mainstem.orchestrate.decisions import Ticks

ZURICH = "Europe/Zurich"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def following(expression: str, timezone: str, start: str, count: int) -> list[str]:
    ticks, moment, found = Ticks(CronSchedule(expression, timezone)), at(start), list[str]()
    for _ in range(count):
        tick = ticks.after(moment)
        assert tick is not None
        assert tick.tzinfo is UTC
        found.append(f"{tick:%d %H:%M}")
        moment = tick
    return found


def preceding(expression: str, timezone: str, start: str, count: int) -> list[str]:
    ticks, moment, found = Ticks(CronSchedule(expression, timezone)), at(start), list[str]()
    for _ in range(count):
        tick = ticks.before(moment)
        assert tick is not None
        found.append(f"{tick:%d %H:%M}")
        moment = tick
    return found


def test_a_tick_is_in_the_wall_clock_of_its_zone() -> None:
    assert following("0 7 * * *", ZURICH, "2026-07-01T00:00+00:00", 2) == ["01 05:00", "02 05:00"]
    assert following("0 7 * * *", ZURICH, "2026-12-01T00:00+00:00", 2) == ["01 06:00", "02 06:00"]


def test_a_tick_in_the_hour_that_is_left_out_comes_later_by_that_hour() -> None:
    """On 2026-03-29 Zurich goes from 2:00 to 3:00, which is 1:00 UTC."""
    assert following("30 2 * * *", ZURICH, "2026-03-28T00:00+00:00", 3) == [
        "28 01:30",
        "29 01:30",
        "30 00:30",
    ]


def test_an_hourly_tick_misses_no_hour_when_clocks_go_forward() -> None:
    assert following("0 * * * *", ZURICH, "2026-03-29T00:00+00:00", 3) == ["29 01:00", "29 02:00", "29 03:00"]


def test_a_tick_in_the_hour_that_comes_twice_is_in_the_second() -> None:
    """On 2026-10-25 Zurich has the hour from 2:00 twice: from 0:00 UTC and from 1:00."""
    assert following("30 2 * * *", ZURICH, "2026-10-24T12:00+00:00", 2) == ["25 01:30", "26 01:30"]
    assert preceding("30 2 * * *", ZURICH, "2026-10-26T12:00+00:00", 3) == [
        "26 01:30",
        "25 01:30",
        "24 00:30",
    ]


def test_an_hourly_tick_is_in_both_of_the_repeated_hours() -> None:
    forward = ["25 00:30", "25 01:30", "25 02:30"]
    assert following("30 * * * *", ZURICH, "2026-10-25T00:00+00:00", 3) == forward
    assert preceding("30 * * * *", ZURICH, "2026-10-25T03:00+00:00", 3) == forward[::-1]


def test_every_two_hours_is_not_every_hour() -> None:
    assert following("30 */2 * * *", ZURICH, "2026-10-24T23:00+00:00", 2) == ["25 01:30", "25 03:30"]


def test_a_day_of_month_and_a_weekday_are_one_or_the_other() -> None:
    assert following("0 0 13 * 5", "UTC", "2026-11-01T00:00+00:00", 3) == ["06 00:00", "13 00:00", "20 00:00"]


@pytest.mark.parametrize(
    ("preset", "tick"),
    [
        ("@hourly", "2026-11-23T14:00"),
        ("@daily", "2026-11-24T00:00"),
        ("@weekly", "2026-11-29T00:00"),
        ("@monthly", "2026-12-01T00:00"),
        ("@yearly", "2027-01-01T00:00"),
    ],
)
def test_a_preset_means_what_airflow_means(preset: str, tick: str) -> None:
    assert Ticks(CronSchedule(preset)).after(at("2026-11-23T13:53+00:00")) == at(f"{tick}+00:00")


def test_at_a_tick_the_nearest_one_is_itself() -> None:
    ticks, tick = Ticks(CronSchedule("0 7 * * *", ZURICH)), at("2026-11-23T06:00+00:00")
    assert ticks.at_or_after(tick) == ticks.at_or_before(tick) == tick
    assert ticks.at_or_after(at("2026-11-23T06:00:01+00:00")) == at("2026-11-24T06:00+00:00")
    assert ticks.at_or_before(at("2026-11-23T05:59:59+00:00")) == at("2026-11-22T06:00+00:00")


def test_between_holds_both_ends() -> None:
    ticks = Ticks(CronSchedule("0 0 * * *"))
    found = ticks.between(at("2026-11-01T00:00+00:00"), at("2026-11-03T00:00+00:00"))
    assert [f"{tick:%d}" for tick in found] == ["01", "02", "03"]


def test_a_day_that_no_year_has_never_comes() -> None:
    ticks = Ticks(CronSchedule("0 0 30 2 *"))
    moment = at("2026-11-23T00:00+00:00")
    assert ticks.after(moment) is ticks.before(moment) is ticks.at_or_after(moment) is None
    assert ticks.between(moment, moment) == []


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_told_of(timezone: str) -> None:
    with pytest.raises(ConfigError, match=r"time zone .* is unknown"):
        Ticks(CronSchedule("0 0 * * *", timezone))


def test_an_expression_that_is_none_is_told_of() -> None:
    with pytest.raises(ConfigError, match="61 0"):
        Ticks(CronSchedule("61 0 * * *"))
