"""Tests of significance: how probable data as far from a hypothesis as these would be, were it true.

Rows with a null are left out. Too few rows, or data without any variation, give null.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.aggregates import present
from mainstem.filters.calculations.functions.densities import chi_squared_above, t_below
from mainstem.filters.calculations.functions.pairs import paired
from mainstem.filters.calculations.functions.parameters import number, numbers
from mainstem.filters.calculations.functions.record import Aggregate, Function
from mainstem.filters.calculations.kinds import NUMBER, Cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.filters.calculations.reckoning import MaybeReal, Real


def _chi_squared(actual: Cells, expected: Cells) -> Callable[[], MaybeReal]:
    """Of a column, with one degree of freedom fewer than rows; of lists, a table of rows and their places."""
    pairs = paired(_flat(actual), _flat(expected))
    rows, width = _shape(actual)
    dof = (rows - 1) * (width - 1) if rows > 1 and width > 1 else max(rows, width) - 1
    result = _chi_squared_share(pairs, dof)
    return lambda: result


def _chi_squared_share(pairs: list[tuple[Fraction, Fraction]], dof: int) -> MaybeReal:
    if dof < 1 or any(expected <= 0 for _, expected in pairs):
        return None
    statistic = sum(((actual - expected) ** 2 / expected for actual, expected in pairs), Fraction(0))
    return reckoning.by_float(lambda: chi_squared_above(float(statistic), dof))


def _flat(cells: Cells) -> Cells:
    return [one for cell in cells for one in (cell if isinstance(cell, tuple) else (cell,))]


def _shape(cells: Cells) -> tuple[int, int]:
    there = [cell for cell in cells if cell is not None]
    return len(there), max((len(cell) for cell in there if isinstance(cell, tuple)), default=1)


def _t_test(first: Cells, second: Cells) -> Callable[[Real, Real], MaybeReal]:
    @cache
    def tail(kind: int) -> MaybeReal:
        """The share beyond the statistic on one side; the same for all rows."""
        return reckoning.by_float(lambda: t_below(*_KINDS[kind](first, second)))

    def of(tails: Real, kind: Real) -> MaybeReal:
        count, test = reckoning.whole(tails), reckoning.whole(kind)
        one = tail(test) if test in _KINDS and count in (1, 2) else None
        return None if one is None else reckoning.multiply(one, count)

    return of


_Statistic: TypeAlias = tuple[float, float]
"""How far the means are apart, as a value of Student's t not above 0, and its degrees of freedom."""


def _paired(first: Cells, second: Cells) -> _Statistic:
    differences = [one - other for one, other in paired(first, second)]
    _enough(len(differences) >= 2)
    mean, squares = _spread(differences)
    return _ratio(mean, squares / (len(differences) - 1) / len(differences), len(differences) - 1)


def _equal_variances(first: Cells, second: Cells) -> _Statistic:
    one, other = _fractions(first), _fractions(second)
    dof = len(one) + len(other) - 2
    _enough(bool(one) and bool(other) and dof >= 1)
    (mean_1, squares_1), (mean_2, squares_2) = _spread(one), _spread(other)
    pooled = (squares_1 + squares_2) / dof
    return _ratio(mean_1 - mean_2, pooled * (Fraction(1, len(one)) + Fraction(1, len(other))), dof)


def _unequal_variances(first: Cells, second: Cells) -> _Statistic:
    """Welch's test, with the degrees of freedom of Welch and Satterthwaite."""
    one, other = _fractions(first), _fractions(second)
    _enough(len(one) >= 2 and len(other) >= 2)
    (mean_1, squares_1), (mean_2, squares_2) = _spread(one), _spread(other)
    a = squares_1 / (len(one) - 1) / len(one)
    b = squares_2 / (len(other) - 1) / len(other)
    below = a * a / (len(one) - 1) + b * b / (len(other) - 1)
    return _ratio(mean_1 - mean_2, a + b, float((a + b) ** 2 / below))


_KINDS: Final = {1: _paired, 2: _equal_variances, 3: _unequal_variances}


def _ratio(difference: Fraction, variance: Fraction, dof: float) -> _Statistic:
    return -math.sqrt(difference**2 / variance), dof


def _enough(rows: bool) -> None:
    if not rows:
        raise ValueError("there are too few rows")


def _fractions(cells: Cells) -> list[Fraction]:
    return [Fraction(one) for one in present(cells)]


def _spread(values: list[Fraction]) -> tuple[Fraction, Fraction]:
    """The mean, and the sum of squares around it."""
    mean = sum(values, Fraction(0)) / len(values)
    return mean, sum(((one - mean) ** 2 for one in values), Fraction(0))


def _z_test(data: Cells) -> Callable[[Any, Any], MaybeReal]:
    values = _fractions(data)
    mean = sum(values, Fraction(0)) / len(values) if values else Fraction(0)

    def of(hypothesis: Real, stdev: Real) -> MaybeReal:
        if not values or stdev <= 0:
            return None
        z = (mean - Fraction(hypothesis)) / Fraction(stdev)
        return reckoning.by_float(lambda: math.erfc(float(z) * math.sqrt(len(values) / 2)) / 2)

    return of


SIGNIFICANCE: Final = (
    Function(
        "chisq_test",
        "statistical",
        (numbers("actual"), numbers("expected")),
        NUMBER,
        "The probability, by the chi-squared test, of values as far from those expected",
        "round(chisq_test(${orders.count}, ${orders.goal}), 4)",
        "0.2592",
        Aggregate(_chi_squared, opens_lists=False),
    ),
    Function(
        "t_test",
        "statistical",
        (numbers("column_1"), numbers("column_2"), number("tails"), number("type")),
        NUMBER,
        "The probability, by Student's t-test, of columns whose means differ as much, with 1 or 2 tails; "
        "type 1 is paired, 2 of equal variances, 3 of unequal ones",
        "round(t_test(list(3, 4, 5, 8, 9, 1, 2, 4, 5), list(6, 19, 3, 2, 14, 4, 5, 17, 1), 2, 1), 4)",
        "0.196",
        Aggregate(_t_test),
    ),
    Function(
        "z_test",
        "statistical",
        (numbers("data"), number("value"), number("stdev")),
        NUMBER,
        "The probability, by the one-tailed z-test, of data whose mean is as far above a value",
        "round(z_test(list(3, 6, 7, 8, 6, 5, 4, 2, 1, 9), 4, 2.5), 4)",
        "0.0821",
        Aggregate(_z_test),
    ),
)
