from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice, pairwise

import msgspec
import pytest

from mainstem.errors import UsageError
from mainstem.simulate.world import Day, Difficulty, simulate_company

ENCODER = msgspec.json.Encoder()


def encoded(days: list[Day]) -> bytes:
    return b"\n".join(ENCODER.encode(day) for day in days)


def test_the_same_seed_gives_the_same_bytes_however_they_are_read() -> None:
    whole = encoded(list(simulate_company(7, 1, 10)))
    days = simulate_company(7, 1, 10)
    in_weeks: list[Day] = []
    while week := list(islice(days, 7)):
        in_weeks += week
    assert encoded(in_weeks) == whole
    assert encoded(list(simulate_company(8, 1, 10))) != whole


def test_a_longer_history_begins_with_the_shorter_one() -> None:
    short = list(simulate_company(7, 1, 10))
    longer = list(islice(simulate_company(7, 3, 10), len(short)))
    assert encoded(longer) == encoded(short)


def test_everything_comes_on_its_day_and_in_order() -> None:
    for day in simulate_company(3, 2, 10):
        arrivals = [event.received_at for event in day.events]
        moments = [[item.at for item in items] for items in (day.changes, day.truth)]
        for times in (arrivals, *moments):
            assert all(before <= after for before, after in pairwise(times))
            assert all(time.date() == day.day for time in times)


def test_a_size_below_one_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="months is 0; it must be 1 or more"):
        simulate_company(1, 0, 10)
    with pytest.raises(UsageError, match="accounts is -1"):
        simulate_company(1, 1, -1)


def test_a_large_day_comes_in_parts_that_are_the_day() -> None:
    whole = list(simulate_company(7, 1, 40))
    parts = list(simulate_company(7, 1, 40, part_events=10))
    assert len(parts) > 3 * len(whole)
    assert sum(part.ends for part in parts) == len(whole)
    joined: list[Day] = []
    for part in parts:
        if not joined or joined[-1].ends:
            joined.append(part)
        else:
            last = joined.pop()
            lists = (last.events + part.events, last.changes + part.changes, last.truth + part.truth)
            joined.append(Day(part.day, *lists, ends=part.ends))
    assert encoded(joined) == encoded(whole)


def test_history_begins_on_the_first_of_any_month_and_all_of_it_follows() -> None:
    days = list(simulate_company(2, 14, 4, Difficulty(visitor_tries=0.2, trial_buys=0.5), date(2023, 3, 1)))
    assert (days[0].day, days[-1].day) == (date(2023, 3, 1), date(2024, 4, 30))
    sprints = [c.row for day in days for c in day.changes if c.table == "sprints" and c.row]
    assert min(row["start_at"] for row in sprints) == "2023-03-06T09:00:00.000Z"
    costs = [c.row["month"] for day in days for c in day.changes if c.table == "campaign_costs" and c.row]
    assert min(costs) == "2023-03-01"
    exposed = [fact.at.date() for day in days for fact in day.truth if fact.table == "exposures"]
    assert date(2023, 3, 31) <= min(exposed) < date(2023, 7, 1)
    versions = {fact.row["version"] for day in days for fact in day.truth if fact.table == "server_days"} - {
        "custom-build"
    }
    assert {version.partition("-")[0] for version in versions} <= {f"5.{minor}.0" for minor in range(14)}


def test_history_begins_on_no_other_day_of_a_month() -> None:
    with pytest.raises(UsageError, match="first_day is 2023-03-02"):
        simulate_company(1, 1, 1, first_day=date(2023, 3, 2))


def test_every_website_event_belongs_to_a_person_of_the_truth() -> None:
    anonymous: set[str] = set()
    portal: set[str] = set()
    people: set[str] = set()
    links = []
    events = []
    for day in simulate_company(5, 2, 20):
        for fact in day.truth:
            if fact.table == "persons":
                people.add(fact.row["person_id"])
            if fact.table == "links":
                links.append(fact.row)
                if fact.row["type"] in ("anonymous_id", "portal_user"):
                    (anonymous if fact.row["type"] == "anonymous_id" else portal).add(fact.row["value"])
        events += [event.message for event in day.events if event.source == "website"]
    assert events
    for message in events:
        assert message.get("anonymousId") in anonymous or message.get("userId") in portal
    assert {link["person_id"] for link in links} <= people


def test_stages_of_a_person_come_in_order() -> None:
    order = ["visit", "download", "trial", "purchase", "activation"]
    reached: dict[str, list[str]] = {}
    for day in simulate_company(5, 4, 60):
        for fact in day.truth:
            if fact.table == "stages":
                reached.setdefault(fact.row["person_id"], []).append(fact.row["stage"])
    assert sum("purchase" in stages for stages in reached.values()) >= 1
    assert sum("activation" in stages for stages in reached.values()) >= 1
    for stages in reached.values():
        places = [order.index(stage) for stage in stages]
        assert places == sorted(set(places)) and stages[0] == "visit"
        assert "purchase" not in stages or "trial" in stages
        assert "activation" not in stages or "purchase" in stages


def test_the_company_reads_no_model_and_no_warehouse() -> None:
    code = "import sys, mainstem.simulate.world; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"dbt", "duckdb", "mainstem.transform", "mainstem.company", "mainstem.query"} & set(loaded)


def test_events_are_shaped_as_the_sdks_shape_them() -> None:
    kinds: Counter[str] = Counter()
    for day in simulate_company(2, 1, 20):
        for event in day.events:
            message = event.message
            kinds[message["type"]] += 1
            assert {"messageId", "originalTimestamp", "sentAt", "context", "channel"} <= message.keys()
            assert message.get("userId") or message.get("anonymousId")
            assert ("event" in message) == (message["type"] == "track")
    assert {"page", "track", "identify"} <= kinds.keys()


def test_the_true_arr_of_a_day_is_that_before_and_its_movements() -> None:
    eager = Difficulty(visitor_tries=0.5, trial_buys=0.9, buyer_activates=0.01, buyer_activates_late=0.01)
    accounts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    before = 0
    for day in simulate_company(2, 30, 200, eager):
        moved = 0
        for fact in day.truth:
            if fact.table == "arr_movements":
                accounts[fact.row["account_id"]] += fact.row["change_cents"]
                moved += fact.row["change_cents"]
                kinds[fact.row["kind"]] += 1
                assert accounts[fact.row["account_id"]] == fact.row["arr_cents"] >= 0
            if fact.table == "arr_days":
                assert fact.row["start_cents"] == before
                before += moved
                assert fact.row["arr_cents"] == before == accounts.total()
                assert fact.row["accounts"] == sum(bool(cents) for cents in accounts.values())
    assert kinds.keys() == {"new", "expansion", "contraction", "churn", "resurrection"}


def test_no_id_of_the_truth_shows_in_what_models_may_read() -> None:
    people: list[str] = []
    readable = []
    for day in simulate_company(3, 4, 300, Difficulty(visitor_tries=0.3, trial_buys=0.5)):
        people += [fact.row["person_id"] for fact in day.truth if fact.table == "persons"]
        readable += [ENCODER.encode([day.events, day.changes])]
    text = b"".join(readable).decode()
    assert len(people) > 50
    assert "closed won" in text
    for person_id in people:
        assert person_id not in text
        assert person_id[:13] not in text
