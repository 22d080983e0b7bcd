"""Two columns against each other: how they vary together, and the straight line through their points.

A row counts where both columns have a number. Too few rows, or a column that never varies, give null.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from mainstem.filters.calculations.functions.parameters import numbers
from mainstem.filters.calculations.functions.record import Aggregate, Function
from mainstem.filters.calculations.kinds import NUMBER, Cells
from mainstem.filters.calculations.reckoning import MaybeReal, by_float, exact

if TYPE_CHECKING:
    from collections.abc import Callable


class _Moments:
    """The sums of squares around the means of pairs, exact."""

    def __init__(self, pairs: list[tuple[Fraction, Fraction]]) -> None:
        self.count = len(pairs)
        self.first = sum((one for one, _ in pairs), Fraction(0)) / self.count
        self.second = sum((other for _, other in pairs), Fraction(0)) / self.count
        self.both = sum(((a - self.first) * (b - self.second) for a, b in pairs), Fraction(0))
        self.of_first = sum(((a - self.first) ** 2 for a, _ in pairs), Fraction(0))
        self.of_second = sum(((b - self.second) ** 2 for _, b in pairs), Fraction(0))


def paired(first: Cells, second: Cells) -> list[tuple[Fraction, Fraction]]:
    """The rows in which both columns have a number."""
    return [
        (Fraction(one), Fraction(other))  # type: ignore[arg-type] # the check let only numbers through
        for one, other in zip(first, second, strict=False)
        if one is not None and other is not None
    ]


def _of_pairs(formula: Callable[[_Moments], MaybeReal], least: int = 1) -> Aggregate:
    def run(first: Cells, second: Cells) -> Callable[[], MaybeReal]:
        pairs = paired(first, second)
        result = formula(_Moments(pairs)) if len(pairs) >= least else None
        return lambda: result

    return Aggregate(run)


def _correlation(moments: _Moments) -> MaybeReal:
    squares = moments.of_first * moments.of_second
    if not squares:
        return None
    sign = 1 if moments.both >= 0 else -1
    return by_float(lambda: sign * math.sqrt(moments.both**2 / squares))


def _slope(moments: _Moments) -> MaybeReal:
    """Of y, the first column, over x, the second: least squares."""
    return exact(moments.both / moments.of_second) if moments.of_second else None


def _intercept(moments: _Moments) -> MaybeReal:
    if not moments.of_second:
        return None
    return exact(moments.first - moments.both / moments.of_second * moments.second)


def _function(name: str, manner: Aggregate, purpose: str, example: str, shows: str, *named: str) -> Function:
    parameters = tuple(numbers(one) for one in named or ("column_1", "column_2"))
    return Function(name, "statistical", parameters, NUMBER, purpose, example, shows, manner)


PAIRS: Final = (
    _function(
        "correl",
        _of_pairs(_correlation),
        "How closely two columns lie to a straight line, from -1 to 1",
        "correl(list(1, 2, 3), list(2, 4, 6))",
        "1",
    ),
    _function(
        "covar_pop",
        _of_pairs(lambda moments: exact(moments.both / moments.count)),
        "The covariance of a population",
        "covar_pop(list(1, 2, 3, 4), list(2, 4, 6, 8))",
        "2.5",
    ),
    _function(
        "covar_samp",
        _of_pairs(lambda moments: exact(moments.both / (moments.count - 1)), least=2),
        "The covariance estimated from a sample",
        "covar_samp(list(1, 2, 3), list(2, 4, 6))",
        "2",
    ),
    _function(
        "slope",
        _of_pairs(_slope),
        "How steep the straight line through the points is",
        "slope(list(3, 5, 7), list(1, 2, 3))",
        "2",
        "y_column",
        "x_column",
    ),
    _function(
        "intercept",
        _of_pairs(_intercept),
        "Where the straight line through the points meets x = 0",
        "intercept(list(3, 5, 7), list(1, 2, 3))",
        "1",
        "y_column",
        "x_column",
    ),
)
