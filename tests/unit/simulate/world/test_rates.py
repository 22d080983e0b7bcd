"""Rates of the fixed difficulty, seen from outside or in what is planned, for three seeds each."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.simulate.chance import Chance
from mainstem.simulate.world import Difficulty, simulate_company
from mainstem.simulate.world.installations import Standing, plan_server
from mainstem.simulate.world.nps import survey
from mainstem.simulate.world.output import Truth
from mainstem.simulate.world.people import plan_visitor
from mainstem.simulate.world.subscription import Terms, plan_subscriber
from mainstem.simulate.world.telemetry import Run, server_life
from mainstem.simulate.world.trials import Trial, plan_trial
from mainstem.simulate.world.usage import Clients
from mainstem.simulate.world.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    Rate = Callable[[int, int, float], None]

RATES = Difficulty()
SEEDS = (1, 2, 3)
NO_EXPERIMENT = date(2022, 12, 1)
EAGER = Difficulty(
    visitor_tries=0.5,
    trial_buys=0.6,
    buyer_activates=0.01,
    buyer_activates_late=0.01,
    trial_server=0.0,
    trial_server_of_buyer=0.0,
)


@cache
def seen(seed: int) -> Counter[str]:
    """What is counted in eight months of a company in which half of all visitors try and many buy."""
    counts: Counter[str] = Counter()
    ids: set[str] = set()
    bought: set[str] = set()
    tried: list[dict[str, object]] = []
    for day in simulate_company(seed, 8, 2_000, EAGER):
        for event in day.events:
            message = event.message
            if message["messageId"] not in ids:
                ids.add(message["messageId"])
                counts[message.get("event", message["type"])] += 1
        for change in day.changes:
            row = change.row or {}
            counts[f"rows of {change.table}"] += 1
            counts["deleted"] += change.row is None
            if row.get("stage") == "closed won":
                counts["won"] += 1
                counts["won without licence"] += row["licence_key"] is None
        for fact in day.truth:
            counts[f"true {fact.table}"] += 1
            if fact.table == "crm_faults":
                counts[f"{fact.row['table']}: {fact.row['fault'].partition(' of ')[0]}"] += 1
            if fact.table == "stages" and fact.row["stage"] == "purchase":
                bought.add(fact.row["person_id"])
            if fact.table == "trials" and day.day < date(2020, 5, 20):
                tried.append(fact.row)
            if fact.table == "persons" and fact.row["on_site"] is False:
                counts["colleagues"] += 1
            if fact.table == "tickets":
                counts["reopened"] += fact.row["reopened"]
    lost = [row for row in tried if row["person_id"] not in bought]
    counts["lost trials"] = len(lost)
    counts["lost trials that were pursued"] = sum(row["account_id"] is not None for row in lost)
    return counts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_crm_is_as_faulty_as_the_rates_say(seed: int, has_rate: Rate) -> None:
    counts = seen(seed)
    entered = counts["true accounts"] + counts["lost trials that were pursued"]
    assert counts["won"] > 150
    has_rate(counts["won without licence"], counts["won"], RATES.opportunity_without_licence)
    has_rate(counts["opportunities: impossible date"], counts["won"], RATES.impossible_date)
    has_rate(counts["opportunities: no licence key"], counts["won"], RATES.opportunity_without_licence)
    has_rate(counts["accounts: duplicate"], entered, RATES.account_duplicated)
    has_rate(counts["accounts: odd name"], entered, RATES.odd_name)
    has_rate(counts["contacts: duplicate"], entered, RATES.contact_duplicated)
    assert counts["colleagues"] > 0.7 * entered


def test_some_duplicates_are_noticed_and_deleted() -> None:
    assert sum(seen(seed)["deleted"] for seed in SEEDS) > 0
    assert all(seen(seed)["deleted"] <= seen(seed)["accounts: duplicate"] for seed in SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_sales_pursues_a_quarter_of_trials_and_loses_those_that_do_not_buy(seed: int, has_rate: Rate) -> None:
    counts = seen(seed)
    assert counts["lost trials"] > 40
    has_rate(counts["lost trials that were pursued"], counts["lost trials"], RATES.trial_pursued)


@pytest.mark.parametrize("seed", SEEDS)
def test_half_of_sign_ups_send_an_alias(seed: int, has_rate: Rate) -> None:
    counts = seen(seed)
    has_rate(counts["alias"], counts["Trial Started"], RATES.aliased)
    assert counts["merge"] > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_tickets_are_reopened_and_rated_at_their_rates(seed: int, has_rate: Rate) -> None:
    counts = seen(seed)
    assert counts["true tickets"] > 100
    has_rate(counts["reopened"], counts["true tickets"], RATES.ticket_reopened)
    has_rate(counts["rows of satisfaction_ratings"], counts["true tickets"], RATES.satisfaction_answered)


@pytest.mark.parametrize("seed", SEEDS)
def test_terms_are_as_odd_as_the_rates_say(seed: int, has_rate: Rate) -> None:
    long = odd = additions = leaves = returns = 0
    hazard = 0.0
    number, start = 2_000, date(2021, 2, 1)
    for name in range(number):
        subscriber = plan_subscriber(seed, f"acc_{name}")
        terms = Terms(seed, subscriber, RATES)
        won = terms.won("new", start, start)
        months = round((won[0].last_day - start).days / 30.4)
        hazard += 1 - (1 - subscriber.monthly_churn) ** months
        leaves += terms.leaves(won[0])
        returns += terms.returns_after() is not None
        long += months > 13
        odd += len(won[0].line_items) == 2
        additions += len(won) == 2
        assert all(term.last_day == won[0].last_day for term in won)
    has_rate(long, number, RATES.multi_year)
    has_rate(odd, number, RATES.odd_term)
    has_rate(additions, number, RATES.co_termed)
    has_rate(leaves, number, hazard / number)
    has_rate(returns, number, RATES.returns)


@pytest.mark.parametrize("seed", SEEDS)
def test_trials_start_servers_at_their_rates_and_buyers_more_often(seed: int, has_rate: Rate) -> None:
    wiring = Wiring(seed, Difficulty(visitor_tries=1.0, trial_buys=0.5))
    bought: list[Trial] = []
    lost: list[Trial] = []
    for name in range(2_500):
        visitor = plan_visitor(wiring, str(name), NO_EXPERIMENT)
        trial = plan_trial(wiring, visitor)
        started = visitor.moment_of("trial")
        assert started is not None
        if trial.bought_at is None:
            lost.append(trial)
        elif trial.bought_at > started + timedelta(days=7):
            bought.append(trial)
    has_rate(sum(trial.server is not None for trial in lost), len(lost), RATES.trial_server)
    has_rate(sum(trial.server is not None for trial in bought), len(bought), RATES.trial_server_of_buyer)
    has_rate(sum(trial.continues for trial in bought), len(bought), RATES.buyer_activates)
    kinds = Counter(trial.server.kind for trial in lost + bought if trial.server)
    assert kinds.keys() == {"trial", "licensed"}


@pytest.mark.parametrize("seed", SEEDS)
def test_half_of_those_who_log_in_on_a_shared_device_log_out_again(seed: int, has_rate: Rate) -> None:
    wiring = Wiring(seed, Difficulty(visitor_tries=1.0, device_shared=1.0, cookie_lost=0.0))
    visitors = [plan_visitor(wiring, str(name), NO_EXPERIMENT) for name in range(1_500)]
    assert all(visitor.guests for visitor in visitors)
    has_rate(sum(visitor.losses for visitor in visitors), len(visitors), RATES.reset_on_shared)
    for visitor in visitors:
        started = visitor.moment_of("trial")
        assert started is not None
        own = visitor.visits[0].device
        after = {v.anonymous_id for v in visitor.visits if v.device is own and v.at > started}
        before = {v.anonymous_id for v in visitor.visits if v.device is own and v.at <= started}
        assert not after or (after != before) == bool(visitor.losses)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_licence_is_changed_for_another_of_the_same_account_at_its_rate(seed: int, has_rate: Rate) -> None:
    wiring = Wiring(seed, Difficulty(licence_changed=0.4))
    buyer = plan_visitor(wiring, "buyer", date(2021, 1, 4))
    changed = 0
    for name in range(40):
        standing = Standing(f"acc{name}", f"licence{name}", plan_subscriber(seed, f"acc{name}"), buyer)
        server = plan_server(wiring, str(name), "licensed", date(2021, 2, 1), standing)
        small = msgspec.structs.replace(server, users=1, days=405, opted_out=True)
        facts = [
            i for _, i in server_life(wiring, small, Run(standing.licence_id, small.born, standing=standing))
        ]
        held = [f.row["licence_id"] for f in facts if isinstance(f, Truth) and f.table == "server_licences"]
        owned = {f.row["account_id"] for f in facts if isinstance(f, Truth) and f.table == "licence_links"}
        assert held[0] == standing.licence_id and owned <= {standing.account_id}
        changed += len(set(held)) == 2
    has_rate(changed, 40, 0.4)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_in_seven_answers_what_a_server_asks_and_healthy_accounts_answer_better(
    seed: int, has_rate: Rate
) -> None:
    people = list(range(2_000))
    well = survey(Chance(seed, "well"), people, 0.9, RATES.nps_answered).counts()
    badly = survey(Chance(seed, "badly"), people, 0.1, RATES.nps_answered).counts()
    has_rate(well["answered"], well["asked"], RATES.nps_answered)
    assert well["promoters"] - well["detractors"] > badly["promoters"] - badly["detractors"]


@pytest.mark.parametrize("seed", SEEDS)
def test_clients_of_a_sampled_month_send_a_fiftieth(seed: int, has_rate: Rate) -> None:
    wiring = Wiring(seed, replace_rates(retried=0.0))
    server = plan_server(wiring, "server", "free", date(2021, 2, 1), None)
    server = msgspec.structs.replace(server, users=2_000)
    clients = Clients(Chance(seed, "clients"), server, wiring.rates)
    day = date(2021, 2, 1)
    doings = clients.plan(day, list(range(2_000)))
    sent = list(clients.send(datetime(2021, 2, 1, tzinfo=UTC), day, 40, doings))
    has_rate(len(sent), len(doings), RATES.sampled_rate)


def replace_rates(**changed: float) -> Difficulty:
    return msgspec.structs.replace(RATES, **changed)
