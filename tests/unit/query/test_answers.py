"""Answers are given again while they hold, and to nobody else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError, QueryStopped
from mainstem.query.answers import Answers, key_of
from mainstem.query.request import TableCalculation
from mainstem.query.result import Compiled, QueryResult
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.interruption import Interruption, can_be_stopped

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = (1, b"a question")
NOON = datetime(2026, 1, 1, 12, 0, 30)  # noqa: DTZ001 # naive, as the present of a query is
PATIENCE = 30


def result(value: int = 1) -> QueryResult:
    return QueryResult(columns=(), rows=[(value,)], sql="SELECT 1", seconds=0.5, bytes=100)


def answers(most_bytes: int = 10_000, **more: object) -> Answers:
    return Answers(most_bytes, **{"at_once": 4, "seconds": 60.0, **more})  # type: ignore[arg-type] # as a test writes them


class Asked:
    """Counts how often the warehouse is asked."""

    def __init__(self, stamp: str | None = "1") -> None:
        self.times = 0
        self.shown = stamp

    def stamp(self) -> str | None:
        return self.shown

    def run(self) -> QueryResult:
        self.times += 1
        return result(self.times)


def test_the_same_question_is_asked_once_and_says_that_its_answer_was_kept() -> None:
    kept, asked = answers(), Asked()
    first = kept.of(KEY, asked.stamp, asked.run)
    again = kept.of(KEY, asked.stamp, asked.run)
    assert (first.rows, first.cached, again.rows, again.cached) == ([(1,)], False, [(1,)], True)


def test_an_answer_that_was_kept_says_how_old_it_is() -> None:
    now = [100.0]
    kept, asked = answers(clock=lambda: now[0]), Asked()
    assert kept.of(KEY, asked.stamp, asked.run).age is None
    now[0] += 30
    assert kept.of(KEY, asked.stamp, asked.run).age == 30


def test_what_is_published_anew_is_asked_anew() -> None:
    kept, asked = answers(), Asked()
    kept.of(KEY, asked.stamp, asked.run)
    asked.shown = "2"
    assert kept.of(KEY, asked.stamp, asked.run).rows == [(2,)]


def test_an_answer_under_which_the_publication_changed_is_given_and_not_kept() -> None:
    kept, asked = answers(), Asked()

    def overtaken() -> QueryResult:
        asked.shown = "2"
        return asked.run()

    assert kept.of(KEY, asked.stamp, overtaken).rows == [(1,)]
    asked.shown = "1"
    assert kept.of(KEY, asked.stamp, asked.run).rows == [(2,)]


def test_of_a_warehouse_that_does_not_say_what_it_shows_an_answer_holds_for_a_while() -> None:
    now = [100.0]
    kept, asked = answers(seconds=60, clock=lambda: now[0]), Asked(None)
    kept.of(KEY, asked.stamp, asked.run)
    now[0] += 59
    assert kept.of(KEY, asked.stamp, asked.run).cached
    now[0] += 1
    assert not kept.of(KEY, asked.stamp, asked.run).cached


def test_what_was_asked_for_longest_ago_gives_way_when_memory_is_full() -> None:
    asked = Asked()
    kept = answers(most_bytes=250)
    first, second, third = ((1, bytes([n])) for n in range(3))
    for key in (first, second, first, third):  # two of them fit
        kept.of(key, asked.stamp, asked.run)
    assert kept.of(first, asked.stamp, asked.run).cached
    assert not kept.of(second, asked.stamp, asked.run).cached


def test_an_answer_that_is_larger_than_all_memory_for_answers_is_not_kept() -> None:
    kept, asked = answers(most_bytes=5), Asked()
    kept.of(KEY, asked.stamp, asked.run)
    assert not kept.of(KEY, asked.stamp, asked.run).cached


def test_a_failure_is_kept_for_nobody() -> None:
    kept, asked = answers(), Asked()

    def fail() -> QueryResult:
        raise QueryError("no such column")

    with pytest.raises(QueryError, match="no such column"):
        kept.of(KEY, asked.stamp, fail)
    assert kept.of(KEY, asked.stamp, asked.run).rows == [(1,)]


def test_many_who_ask_the_same_at_once_wait_for_one_run() -> None:
    kept, asked = answers(at_once=1), Asked()
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> QueryResult:
        begun.set()
        assert go_on.wait(PATIENCE)
        return asked.run()

    with ThreadPoolExecutor(20) as threads:
        first = threads.submit(kept.of, KEY, asked.stamp, slow)
        assert begun.wait(PATIENCE)
        others = [threads.submit(kept.of, KEY, asked.stamp, slow) for _ in range(19)]
        go_on.set()
        found = [one.result(PATIENCE) for one in (first, *others)]
    assert asked.times == 1
    assert all(one.rows == [(1,)] for one in found)
    assert sum(not one.cached for one in found) == 1


def test_a_failure_reaches_all_who_wait_for_it() -> None:
    kept, asked = answers(), Asked()
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> QueryResult:
        begun.set()
        assert go_on.wait(PATIENCE)
        raise QueryError("out of memory")

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(kept.of, KEY, asked.stamp, slow)
        assert begun.wait(PATIENCE)
        second = threads.submit(kept.of, KEY, asked.stamp, slow)
        go_on.set()
        for one in (first, second):
            assert isinstance(one.exception(PATIENCE), QueryError)


def stoppable(begun: threading.Event, ended: threading.Event) -> Callable[[], QueryResult]:
    """A statement that runs until it is ended from outside."""

    def run() -> QueryResult:
        with can_be_stopped(ended.set):
            begun.set()
            if ended.wait(PATIENCE):
                raise RuntimeError("interrupted")
            return result()

    return run


def test_a_run_goes_on_while_one_still_waits_and_ends_when_the_last_has_left() -> None:
    kept, asked = answers(), Asked()
    begun, ended = threading.Event(), threading.Event()
    who = [Interruption(), Interruption()]
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(lambda: kept.of(KEY, asked.stamp, stoppable(begun, ended), waiting=who[0]))
        assert begun.wait(PATIENCE)
        second = threads.submit(lambda: kept.of(KEY, asked.stamp, asked.run, waiting=who[1]))
        while len(who[1]._told) < 2:  # until it waits
            threading.Event().wait(0.001)
        who[0].stop()
        assert not ended.is_set()
        who[1].stop("enough")
        assert isinstance(second.exception(PATIENCE), QueryStopped)
        assert isinstance(first.exception(PATIENCE), QueryStopped)
    assert ended.is_set()
    assert kept.of(KEY, asked.stamp, asked.run).rows == [(1,)]


def test_no_more_run_at_once_than_may() -> None:
    kept = answers(at_once=2)
    running, most, guard = [0], [0], threading.Lock()
    both = threading.Barrier(2, timeout=PATIENCE)

    def run() -> QueryResult:
        with guard:
            running[0] += 1
            most[0] = max(most[0], running[0])
        both.wait()
        with guard:
            running[0] -= 1
        return result()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: kept.of((1, bytes([n])), lambda: "1", run), range(8)))
    assert most == [2]


def test_a_question_is_the_same_at_another_time_unless_its_calculations_may_look_at_the_clock() -> None:
    warehouse = MemoryWarehouse()
    plain = Compiled(sql="SELECT 1", columns=(), limit=500, now=NOON)
    later = Compiled(sql="SELECT 1", columns=(), limit=500, now=NOON + timedelta(days=1))
    assert key_of(plain, warehouse) == key_of(later, warehouse)
    calculations = (TableCalculation(name="t", expression="now()"),)
    timed = [
        Compiled(sql="SELECT 1", columns=(), limit=500, now=now, calculations=calculations)
        for now in (NOON, NOON + timedelta(seconds=20), NOON + timedelta(minutes=1))
    ]
    keys = [key_of(one, warehouse) for one in timed]
    assert keys[0] == keys[1] != keys[2]
    warehouse.close()


def test_other_sql_and_another_warehouse_are_other_questions() -> None:
    first, second = MemoryWarehouse(), MemoryWarehouse()
    compiled = Compiled(sql="SELECT 1", columns=(), limit=500)
    restricted = Compiled(sql="SELECT 1 WHERE region = 'EMEA'", columns=(), limit=500)
    assert len({key_of(compiled, first), key_of(restricted, first), key_of(compiled, second)}) == 3
    first.close()
    second.close()
