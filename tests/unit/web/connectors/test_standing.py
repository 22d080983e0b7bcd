"""How connectors and their streams stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mainstem.testing.memory_connectors import helpdesk, never, reading, shop
from mainstem.testing.memory_runs import NOW
from mainstem.web.connectors import SyncRun
from mainstem.web.connectors.standing import connector_row, connector_rows


def test_what_is_wrong_comes_first() -> None:
    late = replace(shop(), name="late", fresh_within=timedelta(minutes=5))
    rows = connector_rows((shop(), never(), late, helpdesk()), NOW)
    assert [(row.seen.name, row.standing) for row in rows] == [
        ("helpdesk", "partial"),
        ("late", "late"),
        ("leads", "never"),
        ("shop", "ok"),
    ]


def test_a_partial_run_says_which_stream_failed_and_why() -> None:
    row = connector_row(helpdesk(), NOW)
    assert row.problem == "users failed: Zendesk answered 403: the token lacks the scope users:read"
    assert [(one.name, one.standing) for one in row.streams] == [
        ("users", "failed"),
        ("organizations", "ok"),
        ("tickets", "ok"),
    ]


def test_a_stream_is_late_once_it_is_older_than_it_may_be_and_not_before() -> None:
    seen = replace(shop(), fresh_within=timedelta(minutes=9))
    assert connector_row(seen, NOW).standing == "ok"
    assert connector_row(seen, NOW + timedelta(seconds=1)).standing == "late"


def test_a_stream_that_was_never_complete_is_waited_for_from_its_first_reading_on() -> None:
    seen = replace(shop(), through={"orders": None}, fresh_within=timedelta(minutes=8))
    row = connector_row(seen, NOW)
    assert (row.standing, row.through) == ("late", None)


def test_streams_that_settings_leave_out_count_no_more() -> None:
    row = connector_row(replace(helpdesk(), without=("users",)), NOW)
    assert [one.name for one in row.streams] == ["organizations", "tickets"]
    only = connector_row(replace(helpdesk(), streams=("tickets", "views")), NOW)
    assert [(one.name, one.standing) for one in only.streams] == [("views", "never"), ("tickets", "ok")]


def test_what_was_wrong_before_stays_said_while_the_next_run_is_under_way() -> None:
    seen = helpdesk()
    run = SyncRun(21, "incremental", NOW, None, "running")
    under_way = replace(
        seen, runs=(run, *seen.runs), readings=(reading(run, "users", 7, "running"), *seen.readings)
    )
    row = connector_row(under_way, NOW)
    assert (row.standing, row.is_running) == ("partial", True)


def test_a_run_whose_process_died_counts_as_failed() -> None:
    seen = shop()
    died = replace(seen, runs=(replace(seen.runs[0], state="broken_off"),))
    row = connector_row(died, NOW)
    assert (row.standing, row.problem) == (
        "failed",
        "Its process died; the next run goes on behind the last commit.",
    )


def test_bars_are_the_last_runs_oldest_first_as_tall_as_they_have_rows() -> None:
    bars = connector_row(helpdesk(), NOW).bars
    assert len(bars) == 20
    assert [bar.state for bar in bars[-5:]] == ["success", *["partial"] * 4]
    assert all(bar.y + bar.height == 24 and bar.height >= 3 for bar in bars)
    assert max(bars, key=lambda bar: bar.height).words.endswith("300 rows")


def test_the_quota_is_what_the_service_said_last() -> None:
    seen = helpdesk()
    said = [replace(one, quota_remaining=None if one.stream == "users" else 5) for one in seen.last]
    assert connector_row(replace(seen, last=tuple(said)), NOW).quota == 5
    assert connector_row(never(), NOW).quota is None
