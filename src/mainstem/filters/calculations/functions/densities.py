"""Densities of distributions, the shares below or above a value, and the values that shares lie below.

Formulas alone, of floats; ValueError for what makes no distribution.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from mainstem.filters.calculations.functions import special

_INFINITE: Final = math.inf


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


def normal_density(value: float, mean: float, stdev: float) -> float:
    return NormalDist(mean, positive(stdev)).pdf(value)


def normal_below(value: float, mean: float, stdev: float) -> float:
    return math.erfc((mean - value) / (positive(stdev) * math.sqrt(2))) / 2


def normal_at(share: float, mean: float, stdev: float) -> float:
    return NormalDist(mean, positive(stdev)).inv_cdf(inside(share))


def t_density(value: float, dof: float) -> float:
    front = math.lgamma((dof + 1) / 2) - math.lgamma(positive(dof) / 2) - math.log(dof * math.pi) / 2
    return math.exp(front - (dof + 1) / 2 * math.log1p(value * value / dof))


def gamma_density(value: float, shape: float, scale: float) -> float:
    if value < 0 or (value == 0 and positive(shape) > 1):
        return 0.0
    if value == 0:
        return 1 / positive(scale) if shape == 1 else _INFINITE
    x = value / positive(scale)
    return math.exp((shape - 1) * math.log(x) - x - math.lgamma(positive(shape))) / scale


def gamma_at(share: float, shape: float, scale: float) -> float:
    positive(shape)
    return positive(scale) * special.inverse(
        lambda value: special.gamma_below(shape, value), inside(share), 0.0, _INFINITE
    )


def f_below(value: float, dof_1: float, dof_2: float) -> float:
    one, other = positive(dof_1), positive(dof_2)
    return 0.0 if value <= 0 else special.beta_below(1 / (1 + other / one / value), one / 2, other / 2)


def f_density(value: float, dof_1: float, dof_2: float) -> float:
    if value < 0:
        return 0.0
    a, b = positive(dof_1) / 2, positive(dof_2) / 2
    ratio = dof_1 / dof_2
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(ratio)
    if value == 0:
        return math.exp(front) if dof_1 == 2 else 0.0 if dof_1 > 2 else _INFINITE
    return math.exp(front + (a - 1) * math.log(value) - (a + b) * math.log1p(ratio * value))


def beta_density(value: float, a: float, b: float) -> float:
    front = math.lgamma(positive(a) + positive(b)) - math.lgamma(a) - math.lgamma(b)
    if not 0 <= value <= 1:
        return 0.0
    return math.exp(front) * math.pow(value, a - 1) * math.pow(1 - value, b - 1)


def weibull_density(value: float, shape: float, scale: float) -> float:
    positive(shape)
    if value < 0:
        return 0.0
    x = value / positive(scale)
    return shape / scale * math.pow(x, shape - 1) * math.exp(-math.pow(x, shape))


def weibull_below(value: float, shape: float, scale: float) -> float:
    x = max(0.0, value) / positive(scale)
    return -math.expm1(-math.pow(x, positive(shape)))


def exponential_density(value: float, rate: float) -> float:
    return positive(rate) * math.exp(-rate * value) if value >= 0 else 0.0


def exponential_below(value: float, rate: float) -> float:
    return -math.expm1(-positive(rate) * max(0.0, value))


def confidence_t(alpha: float, stdev: float, count: float) -> float:
    if count <= 1:
        raise ValueError("one value tells nothing of its deviation")
    return t_at(1 - inside(alpha) / 2, count - 1) * positive(stdev) / math.sqrt(count)


def positive(value: float) -> float:
    if not value > 0:
        raise ValueError("above 0 is needed")
    return value


def inside(share: float) -> float:
    if not 0 < share < 1:
        raise ValueError("a share between 0 and 1 is needed")
    return share
