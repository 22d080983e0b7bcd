"""Product usage on simulated fleets: estimates against their truth, and builds in parts against one."""

from __future__ import annotations

import random
from datetime import date
from math import comb, exp, sqrt
from statistics import variance
from typing import TYPE_CHECKING, Any

import pytest

from tests.company.fleets import compiled_models, simulate_fleet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.company.fleets import Fleet, Models

pytestmark = pytest.mark.long

NOMINAL = 0.95
"""Var `product_interval`."""
BEST = "post_stratified_by_users"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return compiled_models(tmp_path_factory.mktemp("compiled"))


def a_fleet(number: int) -> Fleet:
    """A month of the company's second year or later, one in ten in the months that are sampled.

    120 to 600 servers were ever born, of which somewhat more than half still run.
    """
    chance = random.Random(number)
    month = chance.randrange(20, 60)
    first = date(2020 + month // 12, month % 12 + 1, 1)
    if number % 10 == 0:
        first = date(2021, chance.randrange(3, 7), 1)
    return simulate_fleet(number, chance.randrange(120, 600), first)


def published(models: Models, numbers: Sequence[int], method: str) -> dict[str, list[dict[str, Any]]]:
    """By metric: estimates of fleets that may be published, with their truth."""
    found: dict[str, list[dict[str, Any]]] = {}
    for number in numbers:
        fleet = a_fleet(number)
        for row in models.estimates(fleet):
            if row["method"] == method and row["publishable"]:
                found.setdefault(row["metric"], []).append({**row, "truth": fleet.total[row["metric"]]})
    return found


def tail(n: int, share: float, hits: int) -> float:
    """The chance of as few hits or fewer among n."""
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(hits + 1))


def judge(rows: Sequence[dict[str, Any]]) -> None:
    """A right method fails less than once in a thousand times, on either side."""
    n = len(rows)
    hits = sum(row["ci_low"] <= row["truth"] <= row["ci_high"] for row in rows)
    assert tail(n, NOMINAL, hits) > 0.0005, f"{hits} of {n} intervals hold the truth"
    assert tail(n, 1 - NOMINAL, n - hits) > 0.0005, f"{hits} of {n} intervals hold the truth: too many"
    # What was told is nowhere near it.
    assert sum(row["observed"] > 0.95 * row["truth"] for row in rows) < 0.1 * n
    told = sum(row["observed"] / row["truth"] for row in rows) / n
    assert told < 0.85


def test_intervals_hold_the_truth_on_a_few_fleets_and_what_was_told_does_not(models: Models) -> None:
    found = published(models, range(500, 512), BEST)
    judge([row for rows in found.values() for row in rows if row["metric"] == "replies"])
    middle = sum(row["estimate"] / row["truth"] for row in found["replies"]) / len(found["replies"])
    assert 0.95 < middle < 1.05


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("first", [3_000])
def test_intervals_hold_the_truth_as_often_as_they_say_over_more_than_200_months(
    models: Models, first: int
) -> None:
    found = published(models, range(first, first + 260), BEST)
    assert set(found) == {"posts", "replies", "reactions", "calls", "playbooks"}
    assert len(found["posts"]) >= 200
    for rows in found.values():
        judge(rows)


def test_the_estimate_and_its_interval_are_those_of_the_formula(models: Models) -> None:
    fleet = a_fleet(77)
    rows = models.estimates(fleet, "int_metric_unit_month")
    estimates = {(row["metric"], row["method"]): row for row in models.estimates(fleet)}
    units = [row for row in rows if row["metric"] == "replies"]
    total = spread = squares = 0.0
    means: dict[str, float] = {}
    for cell in {row["cell"] for row in units}:
        of_cell = [row for row in units if row["cell"] == cell]
        told = [row["value"] for row in of_cell if row["can_tell"]]
        n, servers = len(told), sum(row["weight"] for row in of_cell)
        assert n >= 10
        means[cell] = sum(told) / n
        total += servers * means[cell]
        part = servers**2 * max(0, 1 - n / servers) * variance(told) / n
        spread += part
        squares += part**2 / (n - 1)
    row = estimates["replies", "post_stratified"]
    assert row["estimate"] == pytest.approx(total)
    dark = sum(unit["weight"] - 1 for unit in units)
    of_kinds = dark * (1 + dark / len(units)) * variance([means[unit["cell"]] for unit in units])
    known = spread + of_kinds
    df = known**2 / (squares + of_kinds**2 / (len(units) - 1))
    narrowest = row["estimate"] * exp(-1.96 * sqrt(known) / row["estimate"])
    # The number of servers that nobody hears of adds to it, so the interval is wider.
    assert df > 4
    assert row["ci_low"] < narrowest
    assert row["ci_high"] / row["estimate"] == pytest.approx(row["estimate"] / row["ci_low"], rel=1e-6)


def test_a_fleet_too_small_is_not_published_and_says_why(models: Models) -> None:
    fleet = simulate_fleet(9, 25, date(2023, 6, 1))
    rows = [row for row in models.estimates(fleet) if row["method"] == BEST]
    assert rows
    assert {row["reason"] for row in rows} == {"fewer than 30 servers can tell"}
    assert not any(row["publishable"] for row in rows)


def test_a_sampled_month_is_scaled_by_its_rate_and_people_are_not(models: Models) -> None:
    fleet = simulate_fleet(4, 400, date(2021, 4, 1))
    [row] = [r for r in models.estimates(fleet) if (r["metric"], r["method"]) == ("posts", BEST)]
    assert row["observed"] < 0.05 * fleet.total["posts"]
    assert row["ci_low"] < fleet.total["posts"] < row["ci_high"]
