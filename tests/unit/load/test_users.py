from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mainstem.load import users


def merged(standing: list[dict[str, Any]], arriving: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return users.merged(standing, arriving, key="id", latest_by="received_at")


def user(second: int, **columns: Any) -> dict[str, Any]:
    return {"id": "u", "received_at": datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC), **columns}


def test_the_latest_value_that_is_not_null_stays() -> None:
    (row,) = merged([user(10, a=1, b=1)], [user(20, a=2, b=None), user(15, a=3, c=3)])
    assert row == user(20, a=2, b=1, c=3)


def test_an_older_event_only_fills_what_is_null() -> None:
    (row,) = merged([user(10, a=1, b=None)], [user(5, a=0, b=0)])
    assert row == user(10, a=1, b=0)


def test_at_equal_times_the_later_row_wins() -> None:
    assert merged([user(1, a=1)], [user(1, a=2), user(1, a=3)])[0]["a"] == 3


def test_a_row_without_a_time_is_older_than_all() -> None:
    assert merged([{"id": "u", "a": 1}], [user(1, a=2)])[0]["a"] == 2


def test_a_moment_may_be_microseconds_already() -> None:
    (row,) = merged([{"id": "u", "received_at": -62_135_596_800_000_000, "a": 1}], [user(1, a=2)])
    assert row["a"] == 2
    (row,) = merged([{"id": "u", "received_at": 2**62, "a": 1}], [user(1, a=2)])
    assert row["a"] == 1
