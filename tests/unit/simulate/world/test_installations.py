from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

import pytest

from mainstem.simulate.world import Day, Difficulty, simulate_company
from mainstem.simulate.world.installations import (
    Server,
    Standing,
    activates_soon,
    activations,
    free_server,
    plan_server,
)
from mainstem.simulate.world.output import Truth
from mainstem.simulate.world.people import plan_visitor
from mainstem.simulate.world.subscription import plan_subscriber
from mainstem.simulate.world.timeline import Calendar, version_of
from mainstem.simulate.world.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    Rate = Callable[[int, int, float], None]

RATES = Difficulty()
CALENDAR = Calendar()
DAY = date(2024, 6, 20)


@cache
def company() -> list[Day]:
    """Every visitor tries and every trial buys, so that few visitors make many servers."""
    rates = Difficulty(
        visitor_tries=0.5, visitor_downloads=0.5, trial_buys=0.9, opted_out=0.3, sampled_months=(2, 2)
    )
    return list(simulate_company(4, 4, 900, rates))


def servers(seed: int, kind: str = "free") -> list[Server]:
    wiring, born = Wiring(seed, RATES), date(2022, 1, 1)
    return [plan_server(wiring, str(name), kind, born, None) for name in range(3_000)]


def usual_mix(seed: int) -> list[Server]:
    """A quarter without a licence, the others of accounts as they come."""
    wiring, born = Wiring(seed, RATES), date(2022, 1, 1)
    buyer = plan_visitor(wiring, "buyer", date(2021, 1, 4))
    mix = []
    for name in range(3_000):
        standing = Standing(f"acc{name}", "licence", plan_subscriber(seed, f"acc{name}"), buyer)
        kind, paid = ("licensed", standing) if name % 4 else ("free", None)
        mix.append(plan_server(wiring, str(name), kind, born, paid))
    return mix


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_servers_in_ten_are_within_the_last_three_releases(seed: int) -> None:
    days = [DAY + timedelta(days=5 * number) for number in range(6)]
    behind = [CALENDAR.release_on(day) - server.release(day) for server in usual_mix(seed) for day in days]
    assert 0.26 < sum(lag < 3 for lag in behind) / len(behind) < 0.34
    assert 4 <= sorted(behind)[len(behind) // 2] <= 6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_large_servers_and_those_of_enterprises_are_upgraded_later(seed: int) -> None:
    mix = usual_mix(seed)
    lags = {
        name: median(server.lag_days for server in some)
        for name, some in {
            "large": [server for server in mix if server.users > 40],
            "small": [server for server in mix if server.users <= 40],
            "enterprise": [server for server in mix if server.edition == "enterprise"],
            "team": [server for server in mix if server.edition == "team"],
        }.items()
    }
    assert lags["large"] > lags["small"]
    assert lags["enterprise"] > lags["team"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_server_in_eight_opts_out(seed: int) -> None:
    assert 0.10 < sum(server.opted_out for server in servers(seed)) / 3_000 < 0.14


def test_fake_servers_show_one_of_the_known_signs() -> None:
    fakes = servers(1, "fake")
    reasons = Counter(server.reason for server in fakes)
    assert len(reasons) == 5
    assert {fake.days for fake in fakes if fake.reason == "single day"} == {1}
    assert all(fake.version(DAY).endswith("-dev") for fake in fakes if fake.reason == "dev build")


def test_versions_follow_months_and_do_not_sort_as_text() -> None:
    assert [version_of(number) for number in (1, 10, 11, 25)] == ["5.0.0", "5.9.0", "5.10.0", "6.0.0"]
    assert CALENDAR.release_on(CALENDAR.released(14)) == 14
    assert CALENDAR.release_on(date(2021, 2, 15)) == 13


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_a_quarter_of_servers_is_free_and_few_are_fake(seed: int, has_rate: Rate) -> None:
    wiring = Wiring(seed, RATES)
    buyer = plan_visitor(wiring, "buyer", date(2023, 1, 2))
    at = buyer.visits[-1].at
    number = 1_500
    soon = activated = on_many = fakes = 0
    for name in range(number):
        standing = Standing("acc_1", f"licence{name}", plan_subscriber(seed, "acc_1"), buyer)
        firsts = [next(life)[1] for life in activations(wiring, standing, at)]
        kinds = [fact.row["kind"] for fact in firsts if isinstance(fact, Truth)]
        soon += activates_soon(wiring, standing.licence_id)
        activated += "licensed" in kinds
        on_many += kinds.count("licensed") == 2
        fakes += kinds.count("fake")
    free = sum(len(list(free_server(wiring, str(name), at))) for name in range(10 * number))
    has_rate(soon, number, RATES.buyer_activates)
    has_rate(activated, number, RATES.buyer_activates + RATES.buyer_activates_late)
    has_rate(on_many, activated, RATES.licence_on_many)
    # A purchase comes of 1/833 visitors, a download of 3/100: 25 downloads for each purchase.
    downloads = RATES.visitor_downloads / (RATES.visitor_tries * RATES.trial_buys)
    free_of_these = free / 10 * downloads
    total = activated + on_many + fakes + free_of_these
    assert 0.22 < free_of_these / total < 0.28
    assert 0.015 < fakes / total < 0.045


def test_old_opted_out_and_switched_off_servers_send_no_usage() -> None:
    told: set[tuple[str, str]] = set()
    silent: set[str] = set()
    for day in company():
        for fact in day.truth:
            if fact.table == "installations" and fact.row["opted_out"]:
                silent.add(fact.row["server_id"])
        for event in day.events:
            if event.source != "website":
                name = event.message["properties"].get("type", event.message["event"])
                told.add((event.message["userId"], name))
    assert silent
    assert {name for server, name in told if server in silent} <= {"version_checked"}
    # No release of these months knows threads.
    assert {"api_posts_create", "server", "activity"} <= {name for _, name in told}
    assert "api_posts_replied" not in {name for _, name in told}


def test_a_sampled_month_sends_a_fiftieth_and_the_truth_does_not_shrink() -> None:
    sent: Counter[int] = Counter()
    true: Counter[int] = Counter()
    for day in company():
        sent[day.day.month] += sum(event.source in ("webapp", "mobile") for event in day.events)
        true[day.day.month] += sum(f.row["posts"] for f in day.truth if f.table == "server_days")
    assert sent[2] < 0.1 * true[2]
    assert sent[3] > 0.6 * true[3]
