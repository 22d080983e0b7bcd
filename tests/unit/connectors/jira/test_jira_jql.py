"""Moments in JQL are minutes of the user's clock, and never leave out what was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.connectors.jira.jql import not_after, not_before

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]


def meanings(text: str, zone: ZoneInfo) -> list[datetime]:
    local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def test_seconds_are_cut_and_the_zone_is_the_users() -> None:
    at = datetime(2026, 1, 15, 12, 0, 59, tzinfo=UTC)
    assert not_after(at, BERLIN) == "2026-01-15 13:00"
    assert not_before(at, BERLIN) == "2026-01-15 13:01"


def test_an_hour_that_comes_twice_is_written_as_one_before_it() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in summer; 02:30 in winter is an hour later
    assert not_after(first, BERLIN) == "2026-10-25 01:30"
    assert not_after(first + timedelta(hours=1), BERLIN) == "2026-10-25 02:30"


@pytest.mark.parametrize("name", ZONES)
@given(minutes=st.integers(0, 3 * 366 * 24 * 60), seconds=st.integers(0, 59))
def test_in_every_reading_nothing_is_left_out(name: str, minutes: int, seconds: int) -> None:
    zone = ZoneInfo(name)
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes, seconds=seconds)
    assert max(meanings(not_after(moment, zone), zone)) <= moment
    assert min(meanings(not_before(moment, zone), zone)) >= moment
    assert moment - min(meanings(not_after(moment, zone), zone)) < timedelta(hours=3)
