"""The truth agrees with itself and with what the company sends and holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from mainstem.simulate.world import Day, Difficulty, simulate_company
from mainstem.simulate.world.features import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable

EAGER = Difficulty(
    visitor_tries=0.5, trial_buys=0.6, trial_server=0.3, trial_server_of_buyer=0.7, trial_pursued=0.5
)
Row = dict[str, Any]


@cache
def days() -> list[Day]:
    """Begins late in a fiscal year; the product's events are not sampled in it."""
    return list(simulate_company(6, 7, 350, EAGER, date(2022, 12, 1)))


@cache
def truth(table: str) -> list[Row]:
    return [fact.row for day in days() for fact in day.truth if fact.table == table]


@cache
def rows(table: str) -> dict[str, Row]:
    """As they are at the end, deleted ones too as they were."""
    return {c.key: c.row for day in days() for c in day.changes if c.table == table and c.row}


@cache
def messages() -> dict[str, Row]:
    return {event.message["messageId"]: event.message for day in days() for event in day.events}


def test_an_edge_joins_two_ids_that_are_both_linked_to_its_person() -> None:
    linked = {(row["person_id"], row["type"], row["value"]) for row in truth("links")}
    people = {row["person_id"] for row in truth("persons")}
    assert {row[0] for row in linked} <= people
    seen: Counter[str] = Counter()
    for row in truth("identity_edges"):
        seen[row["seen_in"]] += 1
        assert (row["person_id"], row["type"], row["value"]) in linked
        assert (row["person_id"], row["other_type"], row["other_value"]) in linked
        assert (row["type"], row["value"]) != (row["other_type"], row["other_value"])
    assert seen.keys() == {"event", "identify", "lead", "contact"}
    kinds = {row["type"] for row in truth("links")}
    assert kinds == {"anonymous_id", "portal_user", "email", "crm_lead", "crm_contact"}


def test_an_edge_of_an_event_stands_in_an_event() -> None:
    pairs = {(m.get("anonymousId"), m.get("userId")) for m in messages().values()}
    mails = {
        (m.get("userId") or m["anonymousId"], m["traits"]["email"])
        for m in messages().values()
        if m["type"] == "identify"
    }
    for row in truth("identity_edges"):
        if row["seen_in"] == "event":
            assert (row["value"], row["other_value"]) in pairs
        elif row["seen_in"] == "identify" and row["at"].date() < days()[-1].day - timedelta(days=7):
            assert (row["value"], row["other_value"]) in mails


def test_every_lead_and_contact_is_somebody_and_the_same_person_stands_there_twice() -> None:
    whose: dict[str, set[str]] = defaultdict(set)
    evidence: Counter[str] = Counter()
    for row in truth("links"):
        if row["type"] in ("crm_lead", "crm_contact"):
            whose[row["value"]].add(row["person_id"])
            evidence[row["evidence"]] += 1
    assert whose.keys() == rows("leads").keys() | rows("contacts").keys()
    assert all(len(people) == 1 for people in whose.values())
    assert evidence.keys() == {"form", "e-mail", "duplicate", "colleague"}


def test_coverage_is_of_servers_seats_and_money_and_editions_add_up() -> None:
    reporting: Counter[str] = Counter()
    whole = {(row["day"], row["metric"]): row for row in truth("coverage")}
    assert len(whole) == len(days()) * len(METRICS)
    for row in whole.values():
        for scope, unit in (("n", ""), ("seats", ""), ("arr", "_cents")):
            active, capable, told = (row[f"{scope}_{w}{unit}"] for w in ("active", "capable", "reporting"))
            assert 0 <= told <= capable <= active
            reporting[scope] += active
        assert row["total_reporting"] <= row["total"]
    assert min(reporting.values()) > 0
    parts: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for row in truth("coverage_by_edition"):
        parts[row["day"], row["metric"]].update(
            {k: v for k, v in row.items() if k.startswith(("n_", "total"))}
        )
    for key, sums in parts.items():
        assert sums == {name: whole[key][name] for name in sums}


def test_what_is_covered_is_what_active_servers_are_and_do() -> None:
    fakes = {row["server_id"] for row in truth("installations") if row["kind"] == "fake"}
    servers: Counter[date] = Counter()
    users: Counter[date] = Counter()
    replies: Counter[date] = Counter()
    threads: Counter[date] = Counter()
    for row in truth("server_days"):
        if row["state"] != "off" and row["server_id"] not in fakes:
            servers[row["day"]] += 1
            users[row["day"]] += row["active_users"]
            replies[row["day"]] += row["replies"]
            threads[row["day"]] += row["threads"]
    for row in truth("active_days"):
        day = row["day"]
        assert (row["active_servers"], row["active_users"]) == (servers[day], users[day])
        assert row["threads"] == threads[day]
    for row in truth("coverage"):
        assert row["n_active"] == servers[row["day"]]
        assert row["metric"] != "replies" or row["total"] == replies[row["day"]]


def test_money_covered_is_that_of_accounts_with_an_active_server() -> None:
    owner = {row["server_id"]: row["account_id"] for row in truth("installations")}
    born = {row["server_id"]: row["at"] for row in truth("server_licences")}
    arr: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for row in truth("arr_movements"):
        arr[row["account_id"]].append((row["day"], row["arr_cents"]))
    last = days()[-1].day
    active = {
        owner[row["server_id"]]
        for row in truth("server_days")
        if row["day"] == last and row["state"] != "off" and row["server_id"] in born
    }
    paid = sum(moved[-1][1] for account, moved in arr.items() if account in active)
    assert [row["arr_active_cents"] for row in truth("coverage") if row["day"] == last] == [paid] * 4
    assert paid > 0


def test_users_of_a_month_are_at_least_those_of_its_busiest_day_and_at_most_all() -> None:
    most: dict[tuple[date, str], int] = defaultdict(int)
    registered: dict[str, int] = {}
    for row in truth("server_days"):
        key = row["day"].replace(day=1), row["server_id"]
        most[key] = max(most[key], row["active_users"])
        registered[row["server_id"]] = row["registered_users"]
    months = {(row["month"], row["server_id"]): row["active_users"] for row in truth("server_months")}
    assert months.keys() == {key for key, users in most.items() if users}
    for (month, server_id), users in months.items():
        assert most[month, server_id] <= users <= registered[server_id]
    fakes = {row["server_id"] for row in truth("installations") if row["kind"] == "fake"}
    for row in truth("active_months"):
        users = sum(n for (m, s), n in months.items() if m == row["month"] and s not in fakes)
        assert row["active_users"] == users


def test_threads_of_a_day_are_those_with_replies_and_each_begins_once() -> None:
    replied = {(row["day"], row["server_id"]): row for row in truth("server_days") if row["replies"]}
    assert len(replied) == len(truth("thread_days")) > 100
    for row in truth("thread_days"):
        day = replied[row["day"], row["server_id"]]
        assert (row["replies"], row["threads"]) == (day["replies"], day["threads"])
        assert 0 <= row["threads_begun"] <= row["threads"] <= row["replies"]
        assert 1 <= row["concurrent_in_channel"] <= row["concurrent"] <= row["threads"]


def test_upgrades_are_the_days_on_which_a_server_runs_another_version() -> None:
    versions: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in truth("server_days"):
        known = versions[row["server_id"]]
        if not known or known[-1][1] != row["version"]:
            known.append((row["day"], row["version"]))
    found: dict[str, list[tuple[date, str]]] = defaultdict(list)
    odd = {row["server_id"] for row in truth("installations") if row["reason"] == "odd version"}
    first: Counter[str] = Counter()
    for row in truth("upgrades"):
        found[row["server_id"]].append((row["day"], row["version"]))
        first[row["server_id"]] += row["first"]
        assert row["lag_days"] == (row["day"] - row["released"]).days >= 0
    for server_id, known in versions.items():
        if server_id not in odd:
            # A server that goes on under another licence says again what it runs.
            assert [
                k for n, k in enumerate(found[server_id]) if not n or found[server_id][n - 1][1] != k[1]
            ] == known
        assert first[server_id] == 1


def test_a_server_of_a_trial_goes_on_under_the_licence_that_is_bought() -> None:
    held: dict[str, list[str]] = defaultdict(list)
    for row in truth("server_licences"):
        held[row["server_id"]].append(row["licence_id"])
    trials = {row["licence_id"]: row for row in truth("trials")}
    licences = rows("licences")
    assert trials.keys() == {key for key, row in licences.items() if row["is_trial"]}
    kinds = {row["server_id"]: row for row in truth("installations")}
    continued = [ids for ids in held.values() if ids[0] in trials and len(ids) > 1]
    assert len(continued) > 5
    for ids in continued:
        assert not licences[ids[1]]["is_trial"]
    for server_id, ids in held.items():
        assert licences.keys() >= set(ids)
        if kinds[server_id]["kind"] == "trial":
            assert ids[0] in trials and len(ids) == 1
            assert kinds[server_id]["account_id"] is None


def test_half_of_buyers_run_a_server_within_thirty_days(
    has_rate: Callable[[int, int, float], None],
) -> None:
    at = {(row["person_id"], row["stage"]): row["at"] for row in truth("stages")}
    last = days()[-1].day - timedelta(days=32)
    bought = [(who, when) for (who, stage), when in at.items() if stage == "purchase" and when.date() < last]
    soon = [
        who
        for who, when in bought
        if (who, "activation") in at and at[who, "activation"] - when <= timedelta(days=31)
    ]
    assert len(bought) >= 15
    has_rate(len(soon), len(bought), EAGER.buyer_activates)


def test_a_licence_belongs_to_one_account_and_a_trial_to_none_before_there_is_one() -> None:
    owner: dict[str, set[str]] = defaultdict(set)
    for row in truth("licence_links"):
        owner[row["licence_id"]].add(row["account_id"])
        created = rows("accounts")[row["account_id"]]["created_at"]
        assert created[:19] <= row["at"].isoformat()[:19]
    assert all(len(accounts) == 1 for accounts in owner.values())
    sold = {row["licence_key"] for row in rows("opportunities").values()} - {None}
    assert sold <= owner.keys()
    assert any(row["is_trial"] for row in truth("licence_links"))


def test_opportunities_are_closed_as_the_truth_says_and_some_are_lost_before_anything_is_won() -> None:
    closed = {row["opportunity_id"]: row for row in truth("opportunities")}
    found = rows("opportunities")
    assert all(row["created_at"] for row in found.values())
    for key, row in found.items():
        stage = "prospecting" if key not in closed else "closed won" if closed[key]["won"] else "closed lost"
        assert row["stage"] == stage
    won = {row["account_id"] for row in closed.values() if row["won"]}
    lost_first = {row["account_id"] for row in closed.values() if row["kind"] == "new" and not row["won"]}
    assert len(lost_first) > 5
    assert not lost_first & won
    assert {row["account_id"] for row in truth("prospects") if not row["bought"]} >= lost_first


def test_accounts_are_owned_by_people_of_their_region_and_have_the_seats_of_their_last_term() -> None:
    people = rows("users")
    for account in rows("accounts").values():
        assert people[account["owner_id"]]["region"] == account["region"]
    for opportunity in rows("opportunities").values():
        assert opportunity["owner_id"] in people
    seats = {row["account_id"]: row["seats"] for row in truth("account_seats")}
    assert seats.keys() == {row["account_id"] for row in truth("accounts")}
    for account_id, number in seats.items():
        assert rows("accounts")[account_id]["seats"] == number > 0


def test_targets_are_set_for_fiscal_quarters_that_begin_in_february() -> None:
    targets = list(rows("arr_targets").values())
    spans = [(row["fiscal_quarter"], row["starts_on"], row["ends_on"]) for row in targets]
    assert spans == [
        ("FY2023-Q4", "2022-11-01", "2023-01-31"),
        ("FY2024-Q1", "2023-02-01", "2023-04-30"),
        ("FY2024-Q2", "2023-05-01", "2023-07-31"),
    ]
    cents = [row["arr_target_cents"] for row in targets]
    assert cents == sorted(cents)


def test_marketing_stops_with_the_purchase_and_begins_with_the_form() -> None:
    bought = {row["person_id"]: row["at"] for row in truth("stages") if row["stage"] == "purchase"}
    mails = {row["value"]: row["person_id"] for row in truth("links") if row["type"] == "email"}
    kinds: Counter[str] = Counter()
    for row in rows("lead_activities").values():
        kinds[row["activity"]] += 1
        until = bought.get(mails[row["email"]])
        assert until is None or row["activity_at"] < until.isoformat()
    assert kinds["form_submitted"] == len(rows("leads"))
    assert kinds["email_sent"] > kinds["email_opened"] > kinds["email_clicked"] > 0
    assert kinds["webinar_registered"] > 0


def test_visitors_of_blog_and_podcast_land_on_something_published() -> None:
    published = {row["path"]: row["published_at"] for row in rows("content").values()}
    landed: Counter[str] = Counter()
    for row in truth("touches"):
        assert (row["content"] is not None) == (row["channel"] in ("blog", "podcast"))
        if row["content"]:
            landed[row["channel"]] += 1
            assert published[row["content"]][:10] <= row["at"].date().isoformat()
    assert landed.keys() == {"blog", "podcast"}
    paths = {m["properties"]["path"] for m in messages().values() if m["type"] == "page"}
    assert len(paths & published.keys()) > 10


def test_scores_are_events_of_servers_that_tell_and_facts_of_all() -> None:
    states = {(row["day"], row["server_id"]): row["state"] for row in truth("server_days")}
    told = sum(
        row["answered"]
        for row in truth("nps_surveys")
        if states[row["day"], row["server_id"]] == "reporting"
        and row["day"] < days()[-1].day - timedelta(days=7)
    )
    scores = [m["properties"]["score"] for m in messages().values() if m.get("event") == "nps_score_given"]
    assert 0 < told <= len(scores)
    assert set(scores) <= set(range(11))
    for row in truth("nps_surveys"):
        assert row["promoters"] + row["detractors"] <= row["answered"] <= row["asked"]


def test_web_clients_hide_the_event_in_a_property_and_mobile_ones_name_it() -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for day in days():
        for event in day.events:
            message, source = event.message, event.source
            if source == "webapp":
                assert message["event"] == "event"
                names[source].add(message["properties"]["type"])
            elif source == "mobile":
                assert "type" not in message["properties"]
                names[source].add(message["event"])
            if source != "website":
                assert message["anonymousId"] == "0" * 26
                assert "ip" not in message["context"]
    assert names["webapp"] == names["mobile"] == {"api_posts_create"}
