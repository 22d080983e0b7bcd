from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.people import Visitor, plan_visitor
from mainstem.simulate.world.wiring import Wiring

RATES = Difficulty()
NO_EXPERIMENT = date(2022, 12, 1)
SEEDS = (1, 2, 3)
# Everybody tries and many buy, so that few visitors show the rates of the later steps.
EAGER = Difficulty(visitor_tries=1.0)


@cache
def visitors(seed: int, rates: Difficulty = RATES, number: int = 6_000) -> list[Visitor]:
    return [plan_visitor(Wiring(seed, rates), str(name), NO_EXPERIMENT) for name in range(number)]


def share(part: int, whole: int) -> float:
    return part / whole


@pytest.mark.parametrize("seed", SEEDS)
def test_visitors_download_try_and_buy_at_their_rates(seed: int) -> None:
    plain, eager = visitors(seed), visitors(seed, EAGER)
    assert 0.02 < share(sum("download" in v.steps for v in plain), len(plain)) < 0.04
    assert 0.006 < share(sum("trial" in v.steps for v in plain), len(plain)) < 0.014
    assert 0.105 < share(sum("purchase" in v.steps for v in eager), len(eager)) < 0.135


@pytest.mark.parametrize("seed", SEEDS)
def test_a_third_of_buyers_lose_their_cookie_on_the_way(seed: int) -> None:
    buyers = [v for v in visitors(seed, EAGER) if "purchase" in v.steps]
    lost = 0
    for buyer in buyers:
        first = buyer.visits[0].device.device_id
        lost += len({v.anonymous_id for v in buyer.visits if v.device.device_id == first}) > 1
    assert 0.29 < share(lost, len(buyers)) < 0.41


@pytest.mark.parametrize("seed", SEEDS)
def test_browsers_and_people_are_as_difficult_as_the_rates_say(seed: int) -> None:
    people = visitors(seed)
    devices = [device for v in people for device in v.devices]
    visits = [visit for v in people for visit in v.visits]
    assert 0.13 < share(sum(d.blocked for d in devices), len(devices)) < 0.17
    assert 0.065 < share(sum(d.privacy_signal for d in devices), len(devices)) < 0.095
    assert 0.38 < share(sum(v.channel == "direct" for v in visits), len(visits)) < 0.42
    assert 0.05 < share(sum(len(v.emails) == 2 for v in people), len(people)) < 0.07
    assert 0.03 < share(sum(v.guests > 0 for v in people), len(devices)) < 0.05
    assert {v.guests for v in people} == {0, 1, 2, 3, 4}


def test_a_purchase_follows_its_trial_within_ninety_days() -> None:
    for visitor in visitors(1, EAGER):
        if "purchase" in visitor.steps:
            at = {visit.step: visit.at for visit in visitor.visits if visit.step}
            assert 0 < (at["purchase"] - at["trial"]).total_seconds() <= 90 * 86_400


def test_two_campaigns_make_people_buy_and_the_others_do_not() -> None:
    bought: dict[bool, list[bool]] = {True: [], False: []}
    ads: dict[bool, list[bool]] = {True: [], False: []}
    for visitor in [v for seed in SEEDS for v in visitors(seed, EAGER)]:
        before = []
        for visit in visitor.visits:
            before.append(visit.channel)
            if visit.step == "trial":
                break
        buys = "purchase" in visitor.steps
        bought["podcast" in before].append(buys)
        ads["ads" in before].append(buys)
    rate = {key: sum(values) / len(values) for key, values in bought.items()}
    ads_rate = {key: sum(values) / len(values) for key, values in ads.items()}
    assert rate[True] / rate[False] > 1.5
    assert 0.8 < ads_rate[True] / ads_rate[False] < 1.2


def test_a_device_is_planned_the_same_for_whoever_sits_down_at_it() -> None:
    host = next(v for v in visitors(1) if v.guests)
    device = host.visits[0].device
    guest = plan_visitor(Wiring(1, RATES), "guest", NO_EXPERIMENT, device, host.losses)
    assert guest.visits[0].anonymous_id == device.cookie(1, host.losses)
    assert guest.person_id != host.person_id
    assert guest.guests == 0
