"""Clocks from the year 1 to 9999, from the log through the loader into the company's models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from mainstem.events import Source
from mainstem.load import Loader, LoadSettings
from mainstem.load.bookkeeping import last_commit
from mainstem.testing.records import EventLog

if TYPE_CHECKING:
    from mainstem.transform.dbt import Dbt
    from mainstem.warehouse.ducklake import DuckLake

pytestmark = pytest.mark.long

SOURCES = [Source("web", "website", ("key",), namespace="website")]
CLOCKS = {
    "first": "0001-01-01T00:00:00.000Z",
    "old": "1969-12-31T23:59:59.999Z",
    "late": "2025-12-20T00:00:00.000Z",
    "right": "2026-01-02T03:04:05.000Z",
    "ahead": "2031-01-01T00:00:00.000Z",
    "last": "9999-12-31T23:59:59.999Z",
}


def test_every_event_is_kept_flagged_and_counted_on_a_day_that_has_been(company: Dbt, lake: DuckLake) -> None:
    log = EventLog()
    loader = Loader(log, lake, SOURCES, LoadSettings())
    for name, clock in CLOCKS.items():
        log.send(
            {
                "type": "page",
                "name": "Home",
                "messageId": name,
                "anonymousId": name,
                "originalTimestamp": clock,
            }
        )
    assert loader.run_once().rows == len(CLOCKS)

    kept = lake.query(
        "SELECT id, epoch_ms(original_timestamp) AS clock FROM lake.website.pages ORDER BY clock"
    )
    assert kept["id"].to_pylist() == list(CLOCKS), "in the order of their clocks, to the year 9999"
    [received] = lake.query("SELECT DISTINCT received_at FROM lake.website.pages")["received_at"].to_pylist()
    assert received < last_commit(lake)

    flagged = lake.query("SELECT message_id, reason FROM lake.mainstem.odd_clocks").to_pylist()
    assert {row["message_id"]: row["reason"] for row in flagged} == {
        "first": "absurd",
        "old": "absurd",
        "late": "late",
        "ahead": "absurd",
        "last": "absurd",
    }

    outcome = company.run(["build", "--select", "+fct_daily_site_visitors"], lambda event: None)
    assert outcome.failures == ()
    question = "SELECT visitor_id, visit_date FROM lake.analytics.fct_daily_site_visitors"
    days = {row["visitor_id"]: row["visit_date"] for row in lake.query(question).to_pylist()}
    today = received.date()
    assert days == {
        "first": date(1, 1, 1),
        "old": date(1969, 12, 31),
        "late": date(2025, 12, 20),
        "right": today,
        "ahead": today,
        "last": today,
    }
