"""What is told of connectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.orchestrate.alerts import KINDS, AlertSettings, ExpectedSync, Sight, found
from mainstem.store.connectors import Brought, FailedStream, Freshness
from mainstem.testing.sights import NOW, POINTERS, sight

if TYPE_CHECKING:
    from mainstem.store.runs import Alert

HOUR = timedelta(hours=1)
HELPDESK = ExpectedSync("helpdesk", "sync_helpdesk", 2 * HOUR)
TICKETS = Freshness("helpdesk", "tickets", NOW - 2 * HOUR, NOW - 99 * HOUR)
READ = Brought("helpdesk", 7, "tickets", 500, NOW, 500.0, 20)


def told(seen: Sight) -> list[Alert]:
    return list(found(seen, AlertSettings(on=KINDS), POINTERS))


def test_a_stream_is_told_of_once_it_is_older_than_it_may_be() -> None:
    assert told(sight(connectors=(HELPDESK,), fresh=(TICKETS,))) == []
    late = replace(TICKETS, complete_through=NOW - 3 * HOUR)
    (one,) = told(sight(connectors=(HELPDESK,), fresh=(late,)))
    assert (one.kind, one.dag_id, one.title) == (
        "freshness",
        "sync_helpdesk",
        "helpdesk.tickets is older than 2 h",
    )
    assert one.body.splitlines() == [
        "complete through 2026-11-23T04:00:00+00:00, 3h ago",
        "https://mainstem.example.org/connectors/helpdesk",
    ]


def test_a_stream_that_was_too_old_is_told_to_be_fresh_again_once_it_is() -> None:
    late = replace(TICKETS, complete_through=NOW - 3 * HOUR)
    (one,) = told(sight(connectors=(HELPDESK,), fresh=(late,)))

    def after(*connectors: ExpectedSync, hours: int) -> list[Alert]:
        fresh = replace(TICKETS, complete_through=NOW - hours * HOUR)
        seen = sight(connectors=connectors, fresh=(fresh,), standing=(one,))
        return [alert for alert in told(seen) if alert.kind == "recovery"]

    assert after(HELPDESK, hours=4) == []
    (over,) = after(HELPDESK, hours=1)
    assert (over.key, over.dag_id) == (f"over:{one.key}", "sync_helpdesk")
    assert over.title == "helpdesk.tickets is fresh again"
    (gone,) = after(hours=4)
    assert gone.title == "helpdesk.tickets is not waited for any more: its connector left the settings"


def test_a_stream_stuck_at_the_same_moment_is_told_once_and_at_another_anew() -> None:
    def key(now_later: timedelta, through: timedelta) -> str:
        fresh = replace(TICKETS, complete_through=NOW - through)
        (one,) = told(sight(now=NOW + now_later, connectors=(HELPDESK,), fresh=(fresh,), dags={}))
        return one.key

    assert key(HOUR, 3 * HOUR) == key(2 * HOUR, 3 * HOUR)
    assert key(HOUR, 3 * HOUR) != key(HOUR, 4 * HOUR)


def test_what_was_never_complete_or_never_synced_is_waited_for_and_then_told() -> None:
    never = replace(TICKETS, complete_through=None)
    (one,) = told(sight(connectors=(HELPDESK,), fresh=(never,)))
    assert one.body.startswith("never complete, waited for since")
    (none,) = told(sight(connectors=(HELPDESK,)))
    assert none.title == "helpdesk is older than 2 h"
    assert told(sight(connectors=(HELPDESK,), watching_since=NOW)) == []


def test_what_settings_leave_out_is_not_waited_for() -> None:
    late = replace(TICKETS, complete_through=NOW - 9 * HOUR)
    fine = replace(TICKETS, stream="users")
    for one in (replace(HELPDESK, without=("tickets",)), replace(HELPDESK, streams=("users",))):
        assert told(sight(connectors=(one,), fresh=(late, fine))) == []
    assert told(sight(connectors=(replace(HELPDESK, fresh_within=None),), fresh=(late,))) == []
    assert told(sight(fresh=(late,), partial=(failed(1, "users"),), brought=(READ,))) == []


def failed(run_id: int, stream: str) -> FailedStream:
    return FailedStream("helpdesk", 1, run_id, NOW, stream, "403")


def test_a_partial_run_is_told_once_for_the_same_streams() -> None:
    runs = (failed(1, "users"), failed(2, "users"), failed(3, "tickets"), failed(3, "users"))
    one, again, more = told(sight(connectors=(replace(HELPDESK, fresh_within=None),), partial=runs))
    assert one.title == "helpdesk was synced in part: users failed"
    assert one.key == again.key != more.key
    assert more.body.splitlines()[:2] == ["tickets: 403", "users: 403"]


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        ({"rows": 99}, "fewer than 100"),
        ({"rows": 100}, None),
        ({"rows": 1_001}, "more than 1,000"),
        ({"rows": 1_001, "earlier": 0, "usual": None}, None),
        ({"rows": 990, "usual": 90.0}, "where 90 are usual"),
        ({"rows": 990, "usual": 90.0, "earlier": 7}, None),
        ({"rows": 200, "usual": 2_100.0}, "where 2,100 are usual"),
        ({"rows": 200, "usual": 1_900.0}, None),
        ({"rows": 109, "usual": 10.0}, None),
    ],
)
def test_rows_are_held_against_settings_and_what_is_usual(
    brought: dict[str, object], why: str | None
) -> None:
    expected = ExpectedSync(
        "helpdesk",
        "sync_helpdesk",
        least_rows={"tickets": 100},
        most_rows={"tickets": 1_000},
        unusual_rows=10.0,
    )
    read = replace(READ, **brought)  # type: ignore[arg-type] # as the case says
    titles = [one.title for one in told(sight(connectors=(expected,), brought=(read,)))]
    assert titles == ([] if why is None else [f"helpdesk.tickets brought {read.rows:,} rows, {why}"])
