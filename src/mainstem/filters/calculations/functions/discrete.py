"""Distributions of what is counted: binomial, negative binomial, hypergeometric, Poisson.

With `cumulative = yes` the probability of so many or fewer, else of exactly so many. Counts are cut to whole
numbers; what no experiment can show has probability 0, and what is no experiment gives null.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from mainstem.errors import QueryError
from mainstem.filters.calculations.functions import special
from mainstem.filters.calculations.functions.continuous import distribution
from mainstem.filters.calculations.functions.record import Scalar
from mainstem.filters.calculations.reckoning import MaybeReal, Real, by_float

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_SUMMED: Final = 100_000
"""Terms of a hypergeometric sum, which has no closed form."""


def _binomial(successes: float, tests: float, probability: float) -> float:
    k, n = _counts(successes, tests)
    _share(probability)
    if k > n:
        return 0.0
    if probability in (0, 1):
        return 1.0 if k == n * probability else 0.0
    return math.exp(special.log_choose(n, k) + k * math.log(probability) + (n - k) * math.log1p(-probability))


def _binomial_below(successes: float, tests: float, probability: float) -> float:
    k, n = _counts(successes, tests)
    _share(probability)
    return 1.0 if k >= n else special.beta_below(1 - probability, n - k, k + 1)


def _binomial_at(tests: float, probability: float, target: float) -> float:
    """The smallest count whose cumulative probability reaches the target, found by halving."""
    [n] = _counts(tests)
    low, high = 0, n
    _share(target)
    while low < high:
        middle = (low + high) // 2
        if _binomial_below(middle, n, probability) >= target:
            high = middle
        else:
            low = middle + 1
    return low


def _negative_binomial(failures: float, successes: float, probability: float) -> float:
    k, r = _counts(failures, successes)
    if r < 1 or not 0 < probability <= 1:
        raise ValueError("a success is waited for")
    if probability == 1:
        return 1.0 if k == 0 else 0.0
    return math.exp(
        special.log_choose(k + r - 1, k) + r * math.log(probability) + k * math.log1p(-probability)
    )


def _negative_binomial_below(failures: float, successes: float, probability: float) -> float:
    k, r = _counts(failures, successes)
    if r < 1 or not 0 < probability <= 1:
        raise ValueError("a success is waited for")
    return special.beta_below(probability, r, k + 1)


def _poisson(value: float, rate: float) -> float:
    [k] = _counts(value)
    if rate <= 0:
        raise ValueError("the rate is above 0")
    return math.exp(k * math.log(rate) - rate - math.lgamma(k + 1))


def _poisson_below(value: float, rate: float) -> float:
    [k] = _counts(value)
    if rate <= 0:
        raise ValueError("the rate is above 0")
    return special.gamma_above(k + 1, rate)


def _hypergeometric(successes: float, sample: float, in_population: float, population: float) -> float:
    k, n, marked, size = _drawing(successes, sample, in_population, population)
    if k > n or k > marked or n - k > size - marked:
        return 0.0
    return math.exp(
        special.log_choose(marked, k) + special.log_choose(size - marked, n - k) - special.log_choose(size, n)
    )


def _hypergeometric_below(successes: float, sample: float, in_population: float, population: float) -> float:
    k, n, marked, size = _drawing(successes, sample, in_population, population)
    first, last = max(0, n + marked - size), min(k, n, marked)
    if last - first > MOST_SUMMED:
        raise QueryError(f"hypgeom_dist would sum {last - first:,} terms; {MOST_SUMMED:,} are allowed")
    return min(1.0, math.fsum(_hypergeometric(one, n, marked, size) for one in range(first, last + 1)))


def _drawing(*values: float) -> list[int]:
    """Successes, the sample, those marked in the population, the population."""
    counts = _counts(*values)
    if max(counts[1:3]) > counts[3]:
        raise ValueError("a part is not larger than the whole")
    return counts


def _counts(*values: float) -> list[int]:
    counts = [math.floor(value) for value in values]
    if min(counts) < 0:
        raise ValueError("a count is not below 0")
    return counts


def _share(probability: float) -> None:
    if not 0 <= probability <= 1:
        raise ValueError("a probability is from 0 to 1")


def _either(exactly: Callable[..., float], at_most: Callable[..., float]) -> Scalar:
    def run(*arguments: Real | bool) -> MaybeReal:
        *values, cumulative = arguments
        return by_float(at_most if cumulative else exactly, *values)

    return Scalar(run)


DISCRETE: Final = (
    distribution(
        "binom_dist",
        ("num_successes", "num_tests", "probability", "cumulative"),
        _either(_binomial, _binomial_below),
        "The probability of so many successes in so many tests",
        "binom_dist(6, 10, 0.5, no)",
        "0.2051",
    ),
    distribution(
        "binom_inv",
        ("num_tests", "test_probability", "target_probability"),
        Scalar(lambda tests, probability, target: by_float(_binomial_at, tests, probability, target)),
        "The smallest number of successes whose cumulative probability reaches a target",
        "binom_inv(6, 0.5, 0.75)",
        "4",
    ),
    distribution(
        "hypgeom_dist",
        ("sample_successes", "sample_size", "population_successes", "population_size", "cumulative"),
        _either(_hypergeometric, _hypergeometric_below),
        "The probability of so many successes in a sample drawn without putting back",
        "hypgeom_dist(1, 4, 8, 20, no)",
        "0.3633",
    ),
    distribution(
        "negbinom_dist",
        ("num_failures", "num_successes", "probability", "cumulative"),
        _either(_negative_binomial, _negative_binomial_below),
        "The probability of so many failures before so many successes",
        "negbinom_dist(10, 5, 0.25, no)",
        "0.055",
    ),
    distribution(
        "poisson_dist",
        ("value", "lambda", "cumulative"),
        _either(_poisson, _poisson_below),
        "The probability of so many events where lambda are expected",
        "poisson_dist(2, 5, yes)",
        "0.1247",
    ),
)
