"""Distributions of what is measured: normal, t, chi-squared, F, beta, gamma, exponential, Weibull.

With `cumulative = yes` the share below a value, else the density there. What makes no distribution (a
deviation of 0, a share outside of 0 to 1) gives null.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.functions import densities, special
from mainstem.filters.calculations.functions.densities import inside, positive
from mainstem.filters.calculations.functions.parameters import number, yesno
from mainstem.filters.calculations.functions.record import Function, Scalar
from mainstem.filters.calculations.kinds import NUMBER
from mainstem.filters.calculations.reckoning import MaybeReal, Real, by_float

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT: Final = 1000
"""Results kept: an inverse costs 0.2 ms, and most are asked with the same arguments on every row."""


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
        _either(densities.beta_density, special.beta_below),
        "The beta distribution at a value",
        "beta_dist(0.4, 2, 3, yes)",
        "0.5248",
    ),
    distribution(
        "beta_inv",
        ("probability", "alpha", "beta"),
        _formula(
            lambda share, a, b: special.inverse(
                lambda x: special.beta_below(x, a, b), inside(share), 0.0, 1.0
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
            lambda value, dof: densities.gamma_density(value, dof / 2, 2),
            lambda value, dof: special.gamma_below(dof / 2, value / 2),
        ),
        "The chi-squared distribution at a value",
        "chisq_dist(3.8415, 1, yes)",
        "0.95",
    ),
    distribution(
        "chisq_inv",
        ("probability", "dof"),
        _formula(lambda share, dof: densities.gamma_at(share, dof / 2, 2)),
        "The value that a share of the chi-squared distribution lies below",
        "chisq_inv(0.95, 1)",
        "3.8415",
    ),
    distribution(
        "confidence_norm",
        ("alpha", "stdev", "n"),
        _formula(
            lambda alpha, stdev, count: (
                densities.normal_at(1 - inside(alpha) / 2, 0, 1) * positive(stdev) / math.sqrt(count)
            )
        ),
        "Half the width of a confidence interval of a mean, the deviation being known",
        "confidence_norm(0.05, 2.5, 50)",
        "0.693",
    ),
    distribution(
        "confidence_t",
        ("alpha", "stdev", "n"),
        _formula(densities.confidence_t),
        "Half the width of a confidence interval of a mean, the deviation being estimated",
        "confidence_t(0.05, 1, 50)",
        "0.2842",
    ),
    distribution(
        "expon_dist",
        ("value", "lambda", "cumulative"),
        _either(densities.exponential_density, densities.exponential_below),
        "The exponential distribution at a value",
        "expon_dist(0.2, 10, yes)",
        "0.8647",
    ),
    distribution(
        "f_dist",
        ("value", "dof_1", "dof_2", "cumulative"),
        _either(densities.f_density, densities.f_below),
        "The F distribution at a value",
        "f_dist(15.2069, 6, 4, yes)",
        "0.99",
    ),
    distribution(
        "f_inv",
        ("probability", "dof_1", "dof_2"),
        _formula(
            lambda share, one, other: special.inverse(
                lambda x: densities.f_below(x, one, other), inside(share), 0.0, math.inf
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
            densities.gamma_density,
            lambda value, shape, scale: special.gamma_below(shape, value / positive(scale)),
        ),
        "The gamma distribution of shape alpha and scale beta at a value",
        "gamma_dist(10, 9, 2, yes)",
        "0.0681",
    ),
    distribution(
        "gamma_inv",
        ("probability", "alpha", "beta"),
        _formula(densities.gamma_at),
        "The value that a share of the gamma distribution lies below",
        "gamma_inv(0.068094, 9, 2)",
        "10",
    ),
    distribution(
        "norm_dist",
        ("value", "mean", "stdev", "cumulative"),
        _either(densities.normal_density, densities.normal_below),
        "The normal distribution at a value",
        "norm_dist(42, 40, 1.5, yes)",
        "0.9088",
    ),
    distribution(
        "norm_inv",
        ("probability", "mean", "stdev"),
        _formula(densities.normal_at),
        "The value that a share of the normal distribution lies below",
        "norm_inv(0.5, 40, 1.5)",
        "40",
    ),
    distribution(
        "norm_s_dist",
        ("value", "cumulative"),
        _either(
            lambda value: densities.normal_density(value, 0, 1),
            lambda value: densities.normal_below(value, 0, 1),
        ),
        "The normal distribution of mean 0 and deviation 1 at a value",
        "norm_s_dist(1.96, yes)",
        "0.975",
    ),
    distribution(
        "norm_s_inv",
        ("probability",),
        _formula(lambda share: densities.normal_at(share, 0, 1)),
        "The value that a share of the normal distribution of mean 0 and deviation 1 lies below",
        "norm_s_inv(0.975)",
        "1.96",
    ),
    distribution(
        "t_dist",
        ("value", "dof", "cumulative"),
        _either(densities.t_density, lambda value, dof: densities.t_below(value, positive(dof))),
        "Student's t distribution at a value",
        "t_dist(2.2281, 10, yes)",
        "0.975",
    ),
    distribution(
        "t_inv",
        ("probability", "dof"),
        _formula(lambda share, dof: densities.t_at(inside(share), positive(dof))),
        "The value that a share of Student's t distribution lies below",
        "t_inv(0.975, 10)",
        "2.2281",
    ),
    distribution(
        "weibull_dist",
        ("value", "shape", "scale", "cumulative"),
        _either(densities.weibull_density, densities.weibull_below),
        "The Weibull distribution at a value",
        "weibull_dist(105, 20, 100, yes)",
        "0.9296",
    ),
)
