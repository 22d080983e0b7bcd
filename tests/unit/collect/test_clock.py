from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect.clock import Clock
from mainstem.events import format_time


@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=1))
def test_the_stamp_is_always_now_cut_to_milliseconds(milliseconds: list[int]) -> None:
    now = iter(milliseconds)
    clock = Clock(lambda: next(now) * 1_000_000 + 999_999)
    for each in milliseconds:
        second, rest = divmod(each, 1000)
        moment = datetime.fromtimestamp(second, UTC).replace(microsecond=rest * 1000)
        assert clock.stamp() == format_time(moment)


def test_the_date_line_is_the_one_of_http() -> None:
    assert Clock(lambda: 784_111_777_000_000_000).date_line() == b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
