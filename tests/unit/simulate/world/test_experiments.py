from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.experiments import DAYS, EXPERIMENTS, Experiment, arm_of
from mainstem.simulate.world.installations import Standing, plan_server
from mainstem.simulate.world.people import plan_visitor
from mainstem.simulate.world.subscription import plan_subscriber
from mainstem.simulate.world.timeline import HISTORY_MONTHS, Calendar
from mainstem.simulate.world.wiring import Wiring

CALENDAR = Calendar()


def test_six_experiments_have_the_fixed_lifts_and_end_within_history() -> None:
    assert [experiment.trial_lift for experiment in EXPERIMENTS] == [-0.05, 0.0, 0.0, 0.03, 0.08, 0.20]
    last = EXPERIMENTS[-1].first_day(CALENDAR) + timedelta(days=DAYS)
    assert last < CALENDAR.day_after(HISTORY_MONTHS)
    assert sum(experiment.unshown > 0 for experiment in EXPERIMENTS) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_variations_are_even_and_one_experiment_hides_part_of_one(seed: int) -> None:
    for experiment in EXPERIMENTS:
        first_day = experiment.first_day(CALENDAR)
        arms = [
            arm_of(Chance(seed, unit), first_day, CALENDAR, f"unit-{seed}-{unit}", 0.02)
            for unit in range(4_000)
        ]
        known = [arm for arm in arms if arm is not None]
        assert len(known) == 4_000
        first = sum(arm.sent for arm in known if arm.variation == 0)
        second = sum(arm.sent for arm in known if arm.variation == 1)
        assert 1_850 < first < 2_150
        assert (second < 0.93 * first) == (experiment.unshown > 0)
        assert 40 < sum(arm.sees_both for arm in known) < 125


def test_nothing_is_shown_between_experiments() -> None:
    pause = EXPERIMENTS[0].first_day(CALENDAR) + timedelta(days=DAYS)
    assert arm_of(Chance(1, "x"), pause, CALENDAR, "unit", 0.02) is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_variation_makes_people_try_as_often_as_its_true_lift_says(seed: int) -> None:
    guided = EXPERIMENTS[-1]
    wiring = Wiring(seed, Difficulty(visitor_tries=0.4))
    tried: dict[int, list[bool]] = {0: [], 1: []}
    for number in range(6_000):
        visitor = plan_visitor(wiring, str(number), guided.first_day(CALENDAR))
        assert visitor.arm is not None
        tried[visitor.arm.variation].append("trial" in visitor.steps)
    rate = {variation: sum(tries) / len(tries) for variation, tries in tried.items()}
    assert 1.10 < rate[1] / rate[0] < 1.30


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.key)
def test_a_variation_changes_how_much_its_buyers_servers_are_used_by_its_usage_lift(
    experiment: Experiment,
) -> None:
    wiring = Wiring(1, Difficulty())
    first_day = experiment.first_day(CALENDAR)
    diligence: dict[int, float] = {}
    for number in range(40):
        buyer = plan_visitor(wiring, str(number), first_day)
        assert buyer.arm is not None
        standing = Standing("acc", "licence", plan_subscriber(1, "acc"), buyer)
        server = plan_server(wiring, "server", "licensed", first_day, standing)
        assert diligence.setdefault(buyer.arm.variation, server.diligence) == server.diligence
    assert diligence[1] / diligence[0] == pytest.approx(1 + experiment.usage_lift)
