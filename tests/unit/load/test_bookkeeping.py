from __future__ import annotations

import tracemalloc

import pyarrow as pa

from mainstem.load.bookkeeping import MESSAGE_IDS, ensure_tables, read_message_ids
from mainstem.load.dedupe import SeenEvents, event_key
from mainstem.testing.warehouse import MemoryWarehouse

EVENTS = 100_000
BYTES_AN_EVENT = 130
"""What the setting `dedupe_days` promises."""


def _filled(days: list[str]) -> MemoryWarehouse:
    warehouse = MemoryWarehouse()
    ensure_tables(warehouse)
    keys = [event_key("s", str(number)).hex() for number in range(EVENTS)]
    marks = [days[number % len(days)] for number in range(EVENTS)]
    with warehouse.transaction("fill") as transaction:
        transaction.append(MESSAGE_IDS, pa.table({"key": keys, "day": marks}))
    return warehouse


def test_the_window_comes_back_by_days_with_every_key() -> None:
    found = SeenEvents(read_message_ids(_filled(["2026-01-01", "2026-01-02"])))
    assert all(event_key("s", str(number)) in found for number in range(EVENTS))
    assert event_key("s", "another") not in found
    assert found.days_before("2027") == ["2026-01-01", "2026-01-02"]


def test_reading_the_window_takes_no_more_memory_than_holding_it() -> None:
    warehouse = _filled(["2026-01-01"])
    tracemalloc.start()
    try:
        found = SeenEvents(read_message_ids(warehouse))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert event_key("s", "0") in found
    assert peak / EVENTS < BYTES_AN_EVENT
