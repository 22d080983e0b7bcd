from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mainstem.manifest import Task
from mainstem.orchestrate.decisions import retry_delay

TICK = datetime(2026, 11, 23, 7, tzinfo=UTC)


def delay(task: Task, try_number: int, dag_id: str = "d", date: datetime | None = TICK) -> float:
    return retry_delay(task, dag_id, date, try_number).total_seconds()


def test_without_a_backoff_every_delay_is_the_same() -> None:
    task = Task("t", ("true",), retry_delay=90, max_retry_delay=10)
    assert [delay(task, number) for number in (1, 2, 9)] == [90, 90, 90]


@pytest.mark.parametrize("number", range(1, 8))
def test_a_backoff_lengthens_the_delay_by_its_power_and_up_to_as_much_again(number: int) -> None:
    task = Task("t", ("true",), retry_delay=10, retry_exponential_backoff=3)
    least = 10 * 3 ** (number - 1)
    assert least <= delay(task, number) < 2 * least


def test_delays_that_grow_end_at_a_day_or_at_what_the_task_says() -> None:
    task = Task("t", ("true",), retry_delay=60, retry_exponential_backoff=2)
    assert delay(task, 40) == 24 * 60 * 60
    assert delay(task, 5000) == 24 * 60 * 60
    bounded = Task("t", ("true",), retry_delay=60, retry_exponential_backoff=2, max_retry_delay=600)
    assert delay(bounded, 40) == 600
    assert delay(bounded, 1) < 120


def test_no_delay_with_a_backoff_is_a_second() -> None:
    assert delay(Task("t", ("true",), retry_delay=0, retry_exponential_backoff=2), 1) == 1


@pytest.mark.parametrize(
    ("task", "date", "number", "seconds"),
    [
        (Task("extract", (), retry_delay=300, retry_exponential_backoff=2), TICK, 1, 340),
        (Task("extract", (), retry_delay=300, retry_exponential_backoff=2), TICK, 2, 645),
        (Task("extract", (), retry_delay=300, retry_exponential_backoff=2), TICK, 3, 2248),
        (Task("load", (), retry_delay=60, retry_exponential_backoff=1.5), None, 1, 108),
        (
            Task("load", (), retry_delay=7.5, retry_exponential_backoff=3),
            TICK + timedelta(microseconds=123),
            2,
            24,
        ),
    ],
)
def test_a_delay_is_airflows_to_the_second(
    task: Task, date: datetime | None, number: int, seconds: float
) -> None:
    """Computed by Airflow 3.3.2's TaskInstance.next_retry_datetime."""
    assert delay(task, number, "d", date) == seconds


def test_tasks_that_failed_together_come_back_apart() -> None:
    task = [Task(f"t{n}", ("true",), retry_delay=300, retry_exponential_backoff=2) for n in range(20)]
    assert len({delay(one, 1) for one in task}) > 10
