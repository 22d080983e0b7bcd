"""Distributions of what is measured: normal, t, chi-squared, F, beta, gamma, exponential, Weibull.

With `cumulative = yes` the share below a value, else the density there. What makes no distribution (a
deviation of 0, a share outside of 0 to 1) gives null.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.functions import special
from mainstem.filters.calculations.functions.parameters import number, yesno
from mainstem.filters.calculations.functions.record import Function, Scalar
from mainstem.filters.calculations.kinds import NUMBER
from mainstem.filters.calculations.reckoning import MaybeReal, Real, by_float

if TYPE_CHECKING:
    from collections.abc import Callable

_INFINITE: Final = math.inf
_KEPT: Final = 1000
"""Results kept: an inverse costs 0.2 ms, and most are asked with the same arguments on every row."""


def t_below(value: float, dof: float) -> float:
    """The share of Student's t below a value."""
    tail = special.beta_below(dof / (dof + value * value), dof / 2, 0.5) / 2
    return 1 - tail if value > 0 else tail


def t_at(share: float, dof: float) -> float:
    """The value of Student's t that a share lies below; symmetric about 0."""
    if share > 0.5:
        return -t_at(1 - share, dof)
    return -special.inverse(lambda value: 1 - 2 * t_below(-value, dof), 1 - 2 * share, 0.0, _INFINITE)


def chi_squared_above(value: float, dof: float) -> float:
    """The share of the chi-squared distribution above a value."""
    return special.gamma_above(dof / 2, value / 2)


def _normal_density(value: float, mean: float, stdev: float) -> float:
    return NormalDist(mean, _positive(stdev)).pdf(value)


def _normal_below(value: float, mean: float, stdev: float) -> float:
    return math.erfc((mean - value) / (_positive(stdev) * math.sqrt(2))) / 2


def _normal_at(share: float, mean: float, stdev: float) -> float:
    return NormalDist(mean, _positive(stdev)).inv_cdf(_inside(share))


def _t_density(value: float, dof: float) -> float:
    front = math.lgamma((dof + 1) / 2) - math.lgamma(_positive(dof) / 2) - math.log(dof * math.pi) / 2
    return math.exp(front - (dof + 1) / 2 * math.log1p(value * value / dof))


def _gamma_density(value: float, shape: float, scale: float) -> float:
    if value < 0 or (value == 0 and _positive(shape) > 1):
        return 0.0
    if value == 0:
        return 1 / _positive(scale) if shape == 1 else _INFINITE
    x = value / _positive(scale)
    return math.exp((shape - 1) * math.log(x) - x - math.lgamma(_positive(shape))) / scale


def _gamma_at(share: float, shape: float, scale: float) -> float:
    _positive(shape)
    return _positive(scale) * special.inverse(
        lambda value: special.gamma_below(shape, value), _inside(share), 0.0, _INFINITE
    )


def _f_below(value: float, dof_1: float, dof_2: float) -> float:
    one, other = _positive(dof_1), _positive(dof_2)
    return 0.0 if value <= 0 else special.beta_below(1 / (1 + other / one / value), one / 2, other / 2)


def _f_density(value: float, dof_1: float, dof_2: float) -> float:
    if value < 0:
        return 0.0
    a, b = _positive(dof_1) / 2, _positive(dof_2) / 2
    ratio = dof_1 / dof_2
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(ratio)
    if value == 0:
        return math.exp(front) if dof_1 == 2 else 0.0 if dof_1 > 2 else _INFINITE
    return math.exp(front + (a - 1) * math.log(value) - (a + b) * math.log1p(ratio * value))


def _beta_density(value: float, a: float, b: float) -> float:
    front = math.lgamma(_positive(a) + _positive(b)) - math.lgamma(a) - math.lgamma(b)
    if not 0 <= value <= 1:
        return 0.0
    return math.exp(front) * math.pow(value, a - 1) * math.pow(1 - value, b - 1)


def _weibull_density(value: float, shape: float, scale: float) -> float:
    _positive(shape)
    if value < 0:
        return 0.0
    x = value / _positive(scale)
    return shape / scale * math.pow(x, shape - 1) * math.exp(-math.pow(x, shape))


def _weibull_below(value: float, shape: float, scale: float) -> float:
    x = max(0.0, value) / _positive(scale)
    return -math.expm1(-math.pow(x, _positive(shape)))


def _exponential_density(value: float, rate: float) -> float:
    return _positive(rate) * math.exp(-rate * value) if value >= 0 else 0.0


def _exponential_below(value: float, rate: float) -> float:
    return -math.expm1(-_positive(rate) * max(0.0, value))


def _confidence_t(alpha: float, stdev: float, count: float) -> float:
    if count <= 1:
        raise ValueError("one value tells nothing of its deviation")
    return t_at(1 - _inside(alpha) / 2, count - 1) * _positive(stdev) / math.sqrt(count)


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError("above 0 is needed")
    return value


def _inside(share: float) -> float:
    if not 0 < share < 1:
        raise ValueError("a share between 0 and 1 is needed")
    return share


def _either(density: Callable[..., float], below: Callable[..., float]) -> Scalar:
    """A density and the share below, told apart by the last argument."""

    def run(*arguments: Real | bool) -> MaybeReal:
        *values, cumulative = arguments
        return by_float(below if cumulative else density, *values)

    return Scalar(run)


def distribution(
    name: str, parameters: tuple[str, ...], manner: Scalar, purpose: str, example: str, shows: str
) -> Function:
    """A function of numbers, and of a yesno where a parameter is named `cumulative`."""
    taken = tuple(yesno(one) if one == "cumulative" else number(one) for one in parameters)
    once = Scalar(lru_cache(maxsize=_KEPT)(manner.run))
    return Function(name, "distribution", taken, NUMBER, purpose, f"round({example}, 4)", shows, once)


def _formula(formula: Callable[..., float]) -> Scalar:
    return Scalar(lambda *values: by_float(formula, *values))


CONTINUOUS: Final = (
    distribution(
        "beta_dist",
        ("value", "alpha", "beta", "cumulative"),
        _either(_beta_density, special.beta_below),
        "The beta distribution at a value",
        "beta_dist(0.4, 2, 3, yes)",
        "0.5248",
    ),
    distribution(
        "beta_inv",
        ("probability", "alpha", "beta"),
        _formula(
            lambda share, a, b: special.inverse(
                lambda x: special.beta_below(x, a, b), _inside(share), 0.0, 1.0
            )
        ),
        "The value that a share of the beta distribution lies below",
        "beta_inv(0.5248, 2, 3)",
        "0.4",
    ),
    distribution(
        "chisq_dist",
        ("value", "dof", "cumulative"),
        _either(
            lambda value, dof: _gamma_density(value, dof / 2, 2),
            lambda value, dof: special.gamma_below(dof / 2, value / 2),
        ),
        "The chi-squared distribution at a value",
        "chisq_dist(3.8415, 1, yes)",
        "0.95",
    ),
    distribution(
        "chisq_inv",
        ("probability", "dof"),
        _formula(lambda share, dof: _gamma_at(share, dof / 2, 2)),
        "The value that a share of the chi-squared distribution lies below",
        "chisq_inv(0.95, 1)",
        "3.8415",
    ),
    distribution(
        "confidence_norm",
        ("alpha", "stdev", "n"),
        _formula(
            lambda alpha, stdev, count: (
                _normal_at(1 - _inside(alpha) / 2, 0, 1) * _positive(stdev) / math.sqrt(count)
            )
        ),
        "Half the width of a confidence interval of a mean, the deviation being known",
        "confidence_norm(0.05, 2.5, 50)",
        "0.693",
    ),
    distribution(
        "confidence_t",
        ("alpha", "stdev", "n"),
        _formula(_confidence_t),
        "Half the width of a confidence interval of a mean, the deviation being estimated",
        "confidence_t(0.05, 1, 50)",
        "0.2842",
    ),
    distribution(
        "expon_dist",
        ("value", "lambda", "cumulative"),
        _either(_exponential_density, _exponential_below),
        "The exponential distribution at a value",
        "expon_dist(0.2, 10, yes)",
        "0.8647",
    ),
    distribution(
        "f_dist",
        ("value", "dof_1", "dof_2", "cumulative"),
        _either(_f_density, _f_below),
        "The F distribution at a value",
        "f_dist(15.2069, 6, 4, yes)",
        "0.99",
    ),
    distribution(
        "f_inv",
        ("probability", "dof_1", "dof_2"),
        _formula(
            lambda share, one, other: special.inverse(
                lambda x: _f_below(x, one, other), _inside(share), 0.0, _INFINITE
            )
        ),
        "The value that a share of the F distribution lies below",
        "f_inv(0.99, 6, 4)",
        "15.2069",
    ),
    distribution(
        "gamma_dist",
        ("value", "alpha", "beta", "cumulative"),
        _either(
            _gamma_density, lambda value, shape, scale: special.gamma_below(shape, value / _positive(scale))
        ),
        "The gamma distribution of shape alpha and scale beta at a value",
        "gamma_dist(10, 9, 2, yes)",
        "0.0681",
    ),
    distribution(
        "gamma_inv",
        ("probability", "alpha", "beta"),
        _formula(_gamma_at),
        "The value that a share of the gamma distribution lies below",
        "gamma_inv(0.068094, 9, 2)",
        "10",
    ),
    distribution(
        "norm_dist",
        ("value", "mean", "stdev", "cumulative"),
        _either(_normal_density, _normal_below),
        "The normal distribution at a value",
        "norm_dist(42, 40, 1.5, yes)",
        "0.9088",
    ),
    distribution(
        "norm_inv",
        ("probability", "mean", "stdev"),
        _formula(_normal_at),
        "The value that a share of the normal distribution lies below",
        "norm_inv(0.5, 40, 1.5)",
        "40",
    ),
    distribution(
        "norm_s_dist",
        ("value", "cumulative"),
        _either(lambda value: _normal_density(value, 0, 1), lambda value: _normal_below(value, 0, 1)),
        "The normal distribution of mean 0 and deviation 1 at a value",
        "norm_s_dist(1.96, yes)",
        "0.975",
    ),
    distribution(
        "norm_s_inv",
        ("probability",),
        _formula(lambda share: _normal_at(share, 0, 1)),
        "The value that a share of the normal distribution of mean 0 and deviation 1 lies below",
        "norm_s_inv(0.975)",
        "1.96",
    ),
    distribution(
        "t_dist",
        ("value", "dof", "cumulative"),
        _either(_t_density, lambda value, dof: t_below(value, _positive(dof))),
        "Student's t distribution at a value",
        "t_dist(2.2281, 10, yes)",
        "0.975",
    ),
    distribution(
        "t_inv",
        ("probability", "dof"),
        _formula(lambda share, dof: t_at(_inside(share), _positive(dof))),
        "The value that a share of Student's t distribution lies below",
        "t_inv(0.975, 10)",
        "2.2281",
    ),
    distribution(
        "weibull_dist",
        ("value", "shape", "scale", "cumulative"),
        _either(_weibull_density, _weibull_below),
        "The Weibull distribution at a value",
        "weibull_dist(105, 20, 100, yes)",
        "0.9296",
    ),
)
