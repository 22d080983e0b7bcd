"""Sessions, touches and stages of a simulated company: against raw events by hand, and against the truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.testing.company import CompanyLake

pytestmark = pytest.mark.long

TABLES = {
    "pages": "page_views",
    "download_clicked": "downloads",
    "trial_started": "trials",
    "purchase_completed": "purchases",
}
CHANNELS_BY_HOST = {
    "google.com": "organic",
    "news.ycombinator.com": "blog",
    "docs.example.com": "docs",
    "partner.example.net": "partner",
}
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def channel_by_hand(row: Mapping[str, Any]) -> str:
    source = row.get("context_campaign_source")
    if source:
        return str(source)
    referrer = row.get("context_page_referrer") or row.get("context_referrer")
    host = (urlsplit(referrer).hostname or "").removeprefix("www.") if referrer else ""
    return CHANNELS_BY_HOST.get(host, "direct")


def sessions_by_hand(lake: CompanyLake) -> Counter[tuple[Any, ...]]:
    """Every raw event once, walked through in order."""
    walked: dict[str, dict[str, tuple[datetime, str, str, str]]] = defaultdict(dict)
    for table, kind in TABLES.items():
        for row in lake.query(f"SELECT * FROM website.{table} ORDER BY uuid_ts, received_at"):
            visitor = str(row["anonymous_id"] or row["user_id"])
            at = min(row["timestamp"] or row["received_at"], row["received_at"])
            walked[visitor].setdefault(row["id"], (at, row["id"], kind, channel_by_hand(row)))
    found: Counter[tuple[Any, ...]] = Counter()
    for visitor, events in walked.items():
        session: list[tuple[datetime, str, str, str]] = []
        for event in sorted(events.values()):
            if session and event[0] - session[-1][0] > timedelta(minutes=30):
                found[_session(visitor, session)] += 1
                session = []
            session.append(event)
        found[_session(visitor, session)] += 1
    return found


def _session(visitor: str, events: list[tuple[datetime, str, str, str]]) -> tuple[Any, ...]:
    kinds = Counter(kind for _, _, kind, _ in events)
    return (visitor, events[0][0], events[-1][0], events[0][3], *(kinds[name] for name in TABLES.values()))


def test_sessions_are_those_that_walking_through_the_raw_events_finds(built_company: CompanyLake) -> None:
    rows = built_company.query(
        "SELECT visitor_id, started_at, ended_at, channel, page_views, downloads, trials, purchases "
        "FROM analytics.fct_session"
    )
    assert Counter(tuple(row.values()) for row in rows) == sessions_by_hand(built_company)


def test_touches_are_the_visits_that_were_really_made(built_company: CompanyLake) -> None:
    """By browser, channel, campaign and moment; what differs had a wrong clock or did not say its browser."""
    found: dict[tuple[Any, ...], list[datetime]] = defaultdict(list)
    touches = built_company.query("SELECT * FROM analytics.fct_touch")
    for touch in touches:
        found[touch["visitor_id"], touch["channel"], touch["campaign_name"]].append(touch["touched_at"])
    truth = built_company.truth("touches")
    known = 0
    for touch in truth:
        at = datetime.fromisoformat(touch["at"])
        moments = found[touch["anonymous_id"], touch["channel"], touch["campaign"]]
        known += any(abs(at - moment) < timedelta(minutes=10) for moment in moments)
    assert known / len(truth) > 0.99
    assert known / len(touches) > 0.99


def test_every_download_and_trial_that_was_made_is_a_conversion_of_its_person(
    built_company: CompanyLake,
) -> None:
    """What differs are people whom nothing tells from somebody else who used the same browser, and clocks."""
    ids = defaultdict(set)
    for link in built_company.truth("links"):
        ids[link["person_id"]].add(link["value"])
    for stage in ("download", "trial"):
        truth = [row for row in built_company.truth("stages") if row["stage"] == stage]
        rows = built_company.query(
            "SELECT visitor_id, converted_at FROM analytics.fct_conversion "
            "INNER JOIN analytics.int_website_action ON action_id = evidence_id "
            f"WHERE conversion_type = '{stage}'"
        )
        found = [
            row
            for row in truth
            if any(
                abs(datetime.fromisoformat(row["at"]) - one["converted_at"]) < timedelta(minutes=20)
                and one["visitor_id"] in ids[row["person_id"]]
                for one in rows
            )
        ]
        assert len(truth) > 10
        assert len(found) / len(truth) > 0.95
        assert len(found) / len(rows) > 0.95


def test_accounts_buy_and_begin_to_use_the_product_when_they_really_did(built_company: CompanyLake) -> None:
    stages = {
        (row["account_id"], row["stage"]): row["entered_at"]
        for row in built_company.query(
            "SELECT * FROM analytics.fct_journey_stage WHERE account_id IS NOT NULL"
        )
    }
    accounts = {row["person_id"]: row["account_id"] for row in built_company.truth("accounts")}
    bought = [row for row in built_company.truth("stages") if row["stage"] == "purchase"]
    known = [
        row
        for row in bought
        if abs(
            stages.get((accounts[row["person_id"]], "purchase"), NEVER) - datetime.fromisoformat(row["at"])
        )
        < timedelta(days=1)
    ]
    assert len(bought) > 4
    assert len(known) / len(bought) > 0.9
    servers: dict[str, datetime] = {}
    for server in built_company.truth("installations"):
        if server["account_id"] and not server["opted_out"] and server["kind"] != "fake":
            born = datetime.fromisoformat(server["born"]).replace(tzinfo=UTC)
            servers[server["account_id"]] = min(born, servers.get(server["account_id"], NEVER))
    seen = [
        account
        for account, born in servers.items()
        if abs(stages.get((account, "server_active"), NEVER) - born) < timedelta(days=7)
    ]
    assert len(seen) / len(servers) > 0.8


def test_credit_adds_up_to_what_revenue_says_the_sales_are_worth(built_company: CompanyLake) -> None:
    sales = built_company.query(
        "SELECT sum(items.arr_cents) AS cents, count(*) AS n FROM analytics.fct_line_item AS items "
        "INNER JOIN analytics.int_journey_sale AS sales USING (opportunity_id)"
    )[0]
    assert sales["n"] > 2
    credited = built_company.query(
        "SELECT model, sum(credited_arr_cents) AS cents FROM analytics.fct_attribution "
        "WHERE conversion_type = 'purchase' GROUP BY model"
    )
    assert {row["model"]: int(row["cents"]) for row in credited} == dict.fromkeys(
        ("first", "last", "last non-direct", "linear", "position", "time decay"), int(sales["cents"])
    )


def test_nobody_enters_a_later_stage_without_being_told_from_those_with_time_left(
    built_company: CompanyLake,
) -> None:
    rows = built_company.query("SELECT * FROM analytics.fct_journey_stage")
    as_of = built_company.query("SELECT as_of FROM analytics.int_journey_as_of")[0]["as_of"]
    given = {"visit": 30, "download": 60, "trial": 90, "purchase": 30, "licence": 60, "server_active": 60}
    reached: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        reached[row["journey_id"]][row["stage"]] = row["stage_order"]
    for row in rows:
        later = [name for name, place in reached[row["journey_id"]].items() if place > row["stage_order"]]
        assert row["next_stage"] == min(later, key=reached[row["journey_id"]].__getitem__, default=None)
        if later:
            expected = "went on"
        elif row["stage"] == "engaged":
            expected = "arrived"
        else:
            # Counted in whole seconds, as the models do.
            age = (as_of.replace(microsecond=0) - row["entered_at"].replace(microsecond=0)).total_seconds()
            expected = "in flight" if age / 86_400 < given[row["stage"]] else "dropped off"
        assert row["outcome"] == expected
