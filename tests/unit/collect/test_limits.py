from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.collect.limits import Bucket, RateLimit
from mainstem.collect.request import Request
from mainstem.errors import EventRejected

REQUEST = Request(b"POST", b"/v1/batch", b"", {}, b"", "", "")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_of(limit: RateLimit, events: int) -> int | None:
    """Seconds the sender is asked to wait; None when it is let in."""
    try:
        limit(REQUEST, events)
    except EventRejected as e:
        assert (e.status, e.body) == (429, "max requests limit reached")
        assert e.retry_after is not None
        return e.retry_after
    return None


def test_a_second_of_events_gets_in_at_once_and_the_next_waits() -> None:
    clock = Clock()
    limit = RateLimit(3, clock)
    assert [wait_of(limit, 1) for _ in range(4)] == [None, None, None, 1]
    clock.now = 1 / 3
    assert [wait_of(limit, 1) for _ in range(2)] == [None, 1]


def test_a_batch_larger_than_the_bucket_gets_in_and_is_paid_for_before_anything_else() -> None:
    clock = Clock()
    limit = RateLimit(10, clock)
    assert wait_of(limit, 100) is None
    assert wait_of(limit, 1) == 10
    clock.now = 5
    assert wait_of(limit, 1) == 5
    clock.now = 9.1
    assert wait_of(limit, 100) is None


def test_whoever_waits_as_long_as_asked_is_let_in() -> None:
    clock = Clock()
    limit = RateLimit(0.3, clock)
    for _ in range(50):
        while (wait := wait_of(limit, 7)) is not None:
            clock.now += wait
    assert clock.now <= 50 * (7 / 0.3 + 1)


@pytest.mark.parametrize(("rate", "wait"), [(10, 10), (20, 5), (1, 91)])
def test_what_is_owed_is_paid_at_the_rate_that_holds_now(rate: float, wait: int) -> None:
    clock, bucket = Clock(), Bucket()
    assert wait_of(RateLimit(10, clock, bucket), 100) is None
    assert wait_of(RateLimit(rate, clock, bucket), 1) == wait


def test_another_rate_fills_no_bucket_and_keeps_none_fuller_than_its_second() -> None:
    clock, bucket = Clock(), Bucket()
    assert wait_of(RateLimit(10, clock, bucket), 10) is None
    limit = RateLimit(1000, clock, bucket)
    assert wait_of(limit, 1) == 1
    clock.now = 5
    limit = RateLimit(2, clock, bucket)
    assert [wait_of(limit, 1) for _ in range(3)] == [None, None, 1]


@given(
    st.floats(0.1, 50),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 40)), min_size=1, max_size=60),
)
def test_never_more_than_the_rate_the_bucket_and_one_request_get_in(
    rate: float, requests: list[tuple[float, int]]
) -> None:
    clock = Clock()
    limit = RateLimit(rate, clock)
    let_in = 0
    for pause, events in requests:
        clock.now += pause
        if wait_of(limit, events) is None:
            assert let_in <= rate * clock.now + max(rate, 1) + 1e-6
            let_in += events


def test_small_requests_that_never_stop_do_not_starve_a_large_one() -> None:
    clock = Clock()
    limit = RateLimit(5, clock)
    for _ in range(100):  # one event comes just before every attempt of the large batch
        wait_of(limit, 1)
        if wait_of(limit, 40) is None:
            return
        clock.now += 0.5
    pytest.fail("the batch never got in")
