"""A question that runs can be ended by who asked it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mainstem.errors import QueryStopped
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.interruption import Interruption, can_be_stopped

ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range * b.range % 7 = 3"
PATIENCE = 30


def test_a_query_of_duckdb_ends_when_it_is_stopped() -> None:
    warehouse, interruption = MemoryWarehouse(), Interruption()

    def ask() -> object:
        with interruption.over():
            return warehouse.query(ENDLESS)

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(ask)
        while not interruption._ways:
            threading.Event().wait(0.001)
        while not running.done():  # a stop just before the statement begins ends nothing yet
            interruption.stop("enough")
            threading.Event().wait(0.01)
        assert isinstance(running.exception(PATIENCE), QueryStopped)
    assert warehouse.query("SELECT 1 AS one")["one"].to_pylist() == [1]
    warehouse.close()


def test_nothing_begins_after_the_stop() -> None:
    warehouse, interruption = MemoryWarehouse(), Interruption()
    interruption.stop()
    with interruption.over(), pytest.raises(QueryStopped):
        warehouse.query("SELECT 1")
    warehouse.close()


def test_an_error_of_a_query_that_was_not_stopped_stays_what_it_is() -> None:
    with Interruption().over(), pytest.raises(ValueError, match="its own"), can_be_stopped(lambda: None):
        raise ValueError("its own")


def test_who_is_told_late_is_told_at_once_and_a_second_stop_tells_nobody() -> None:
    interruption, told = Interruption(), []
    interruption.tell(lambda: told.append("early"))
    interruption.stop("first")
    interruption.stop("second")
    interruption.tell(lambda: told.append("late"))
    assert told == ["early", "late"]
    with pytest.raises(QueryStopped, match="first"):
        interruption.check()
