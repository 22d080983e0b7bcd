"""A run goes on where another stopped, and reads again what was still counted then."""

from __future__ import annotations

from datetime import date, timedelta

from mainstem.connectors.ga4.answers import Day, Truth
from mainstem.connectors.ga4.place import Place, place_at

THREE = timedelta(days=3)
BOUNDS = date(2026, 1, 1), date(2026, 1, 20)
TODAY = date(2026, 1, 20)


def january(day: int) -> date:
    return date(2026, 1, day)


def read(place: Place, *days: int) -> Place:
    """What a process that comes later finds, when so many days of January were read."""
    for day in days:
        place.keep(Day(january(day), Truth(), {("x",): (1,)}), f"mark {day}", THREE)
    return place_at("d", place.going())


def test_the_first_run_reads_all_there_is() -> None:
    assert Place("d").spans(BOUNDS, TODAY, THREE) == [BOUNDS]


def test_after_a_run_that_ended_the_newest_days_are_read_again() -> None:
    place = Place("d")
    place.spans(BOUNDS, TODAY, THREE)
    read(place, 15, 16)
    assert place_at("d", place.ended()).spans(BOUNDS, TODAY, THREE) == [(january(13), january(20))]


def test_a_run_that_stopped_in_days_that_are_settled_is_gone_on_with() -> None:
    place = Place("d")
    place.spans(BOUNDS, TODAY, THREE)
    assert read(place, 1, 2, 3).spans(BOUNDS, TODAY, THREE) == [(january(4), january(20))]


def test_days_that_were_still_counted_are_read_again_after_those_that_were_not_read() -> None:
    place = Place("d")
    place.spans(BOUNDS, TODAY, THREE)
    later = read(place, 16, 17, 18).spans(BOUNDS, TODAY, THREE)
    assert later == [(january(19), january(20)), (january(17), january(18))]


def test_days_that_were_still_counted_are_not_forgotten_over_several_runs() -> None:
    bounds = january(1), january(31)
    place = Place("d")
    place.spans(bounds, january(10), THREE)
    place = read(place, 7, 8, 9)
    place.spans(bounds, january(25), THREE)
    place = read(place, 10, 11)
    found = place.spans(bounds, january(31), THREE)
    assert found == [(january(12), january(31)), (january(7), january(11))]


def test_reading_days_again_does_not_lead_back() -> None:
    place = Place("d")
    place.spans(BOUNDS, TODAY, THREE)
    assert read(place, 18, 19, 17).following == january(20)


def test_another_report_begins_anew() -> None:
    place = Place("d")
    place.spans(BOUNDS, TODAY, THREE)
    read(place, 18)
    assert place_at("another", place.going()) == Place("another")


def test_marks_of_days_that_will_not_be_read_again_are_dropped() -> None:
    place = Place("d")
    read(place, *range(1, 21))
    assert sorted(place.marks) == [january(day).isoformat() for day in range(17, 21)]
    for day in range(1, 200):
        place.keep(Day(january(20) + timedelta(days=day), Truth()), "empty", THREE)
    assert len(place.marks) < 70
