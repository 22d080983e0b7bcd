"""One value of many: of a whole column, or of each row's list. Nulls are left out; nothing at all gives null.

Sums of integers and decimals are exact, and those of floats do not depend on their order.
"""

from __future__ import annotations

import math
import statistics
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from mainstem.filters.calculations import reckoning
from mainstem.filters.calculations.functions.dates import moment
from mainstem.filters.calculations.functions.parameters import column, number, numbers
from mainstem.filters.calculations.functions.record import Aggregate, Function, Parameter
from mainstem.filters.calculations.kinds import NUMBER, Cells, Single

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mainstem.filters.calculations.reckoning import MaybeReal, Real


def present(cells: Cells) -> list[Any]:
    """What is not null. Which type that has, the check has seen to."""
    return [cell for cell in cells if cell is not None]


def sortable(value: Any) -> Any:
    """Days and moments compare with each other as moments; all else as it is."""
    return moment(value) if isinstance(value, date) else value


def of_numbers(formula: Callable[[list[Real]], MaybeReal], least: int = 1) -> Aggregate:
    """A formula over the numbers that are there; null where there are fewer than it needs."""

    def run(cells: Cells) -> Callable[[], MaybeReal]:
        found = reckoning.alike(present(cells))
        result = formula(found) if len(found) >= least else None
        return lambda: result

    return Aggregate(run)


def mean(found: Sequence[Real]) -> MaybeReal:
    whole = reckoning.total(found)
    return None if whole is None else reckoning.divide(whole, len(found))


def _variance(found: list[Real], fewer: int) -> MaybeReal:
    fractions = [Fraction(one) for one in found]
    middle = sum(fractions, Fraction(0)) / len(fractions)
    return reckoning.exact(
        sum(((one - middle) ** 2 for one in fractions), Fraction(0)) / (len(fractions) - fewer)
    )


def _deviation(found: list[Real], fewer: int) -> MaybeReal:
    variance = _variance(found, fewer)
    return None if variance is None else reckoning.by_float(math.sqrt, variance)


def _product(found: list[Real]) -> MaybeReal:
    result: MaybeReal = 1
    for one in found:
        if result is None:
            return None
        result = reckoning.multiply(result, one)
    return result


def _geometric_mean(found: list[Real]) -> MaybeReal:
    if any(one <= 0 for one in found):
        return None
    return reckoning.by_float(lambda: math.exp(math.fsum(math.log(one) for one in found) / len(found)))


def _standardised(found: list[Real]) -> list[float]:
    """Distances from the mean in sample deviations. ZeroDivisionError where all values are the same."""
    floats = [float(one) for one in found]
    middle = math.fsum(floats) / len(floats)
    deviation = math.sqrt(math.fsum((one - middle) ** 2 for one in floats) / (len(floats) - 1))
    return [(one - middle) / deviation for one in floats]


def _skew(found: list[Real]) -> float:
    """G1, the adjusted Fisher-Pearson coefficient, as spreadsheets reckon it."""
    count, scores = len(found), _standardised(found)
    return count / ((count - 1) * (count - 2)) * math.fsum(score**3 for score in scores)


def _kurtosis(found: list[Real]) -> float:
    """G2, the sample excess kurtosis, as spreadsheets reckon it."""
    count, scores = len(found), _standardised(found)
    outer = count * (count + 1) / ((count - 1) * (count - 2) * (count - 3))
    return outer * math.fsum(score**4 for score in scores) - 3 * (count - 1) ** 2 / (
        (count - 2) * (count - 3)
    )


def _median(found: list[Real]) -> MaybeReal:
    ordered = sorted(found)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else mean(ordered[middle - 1 : middle + 1])


def _count(cells: Cells) -> Callable[[], int]:
    count = len(present(cells))
    return lambda: count


def _distinct(cells: Cells) -> Callable[[], int]:
    count = len({sortable(cell) for cell in present(cells)})
    return lambda: count


def _extreme(chosen: Callable[..., Any]) -> Aggregate:
    def run(cells: Cells) -> Callable[[], Single]:
        result = chosen(present(cells), key=sortable, default=None)
        return lambda: result

    return Aggregate(run)


def _mode(cells: Cells) -> Callable[[], Single]:
    found = present(cells)
    result = statistics.mode(found) if found else None
    return lambda: result


def _nth(largest: bool) -> Aggregate:
    def run(cells: Cells) -> Callable[[Real], Single]:
        ordered = sorted(present(cells), key=sortable, reverse=largest)

        def of(k: Real) -> Single:
            at = reckoning.whole(k)
            return ordered[at - 1] if 1 <= at <= len(ordered) else None

        return of

    return Aggregate(run)


def _percentile(cells: Cells) -> Callable[[Real], MaybeReal]:
    """Between two values in proportion, the first being at 0 and the last at 1."""
    ordered: list[Real] = sorted(present(cells))

    def of(share: Real) -> MaybeReal:
        if not ordered or not 0 <= share <= 1:
            return None
        place = Fraction(share) * (len(ordered) - 1)
        below = math.floor(place)
        if place == below:
            return ordered[below]
        step = reckoning.subtract(ordered[below + 1], ordered[below])
        share_of_step = reckoning.decimal_of(place - below)
        part = None if step is None or share_of_step is None else reckoning.multiply(step, share_of_step)
        return None if part is None else reckoning.add(ordered[below], part)

    return of


def _number(name: str, manner: Aggregate, purpose: str, example: str, shows: str) -> Function:
    return Function(name, "aggregate", (numbers(),), NUMBER, purpose, example, shows, manner)


def _element(
    name: str, manner: Aggregate, purpose: str, example: str, shows: str, *more: Parameter
) -> Function:
    parameters = (column(), *more)
    return Function(name, "aggregate", parameters, "first", purpose, example, shows, manner, opens_list=True)


AGGREGATES: Final = (
    Function(
        "count",
        "aggregate",
        (column(),),
        NUMBER,
        "How many values there are that are not null",
        "count(${orders.city})",
        "2",
        Aggregate(_count),
    ),
    Function(
        "count_distinct",
        "aggregate",
        (column(),),
        NUMBER,
        "How many different values there are that are not null",
        "count_distinct(list(1, 1, 2))",
        "2",
        Aggregate(_distinct),
    ),
    _number("sum", of_numbers(reckoning.total), "The sum", "sum(${orders.count})", "15"),
    _number("mean", of_numbers(mean), "The average", "mean(${orders.count})", "5"),
    _number("median", of_numbers(_median), "The value in the middle", "median(${orders.count})", "4"),
    _element("max", _extreme(max), "The largest value", "max(${orders.month})", "2024-03-01"),
    _element("min", _extreme(min), "The smallest value", "min(${orders.count})", "2"),
    _element(
        "mode", Aggregate(_mode), "The most frequent value, the first of several", "mode(list(3, 1, 1))", "1"
    ),
    _element("large", _nth(True), "The k-th largest value", "large(${orders.count}, 2)", "4", number("k")),
    _element("small", _nth(False), "The k-th smallest value", "small(${orders.count}, 1)", "2", number("k")),
    Function(
        "percentile",
        "aggregate",
        (numbers(), number("percentile_value")),
        NUMBER,
        "The value that a share from 0 to 1 lies below, between two values in proportion",
        "percentile(${orders.count}, 0.75)",
        "6.5",
        Aggregate(_percentile),
    ),
    _number("product", of_numbers(_product), "All values multiplied", "product(${orders.count})", "72"),
    _number(
        "geomean",
        of_numbers(_geometric_mean),
        "The geometric mean; null where a value is not above 0",
        "geomean(list(2, 8))",
        "4",
    ),
    _number(
        "stddev_pop",
        of_numbers(lambda found: _deviation(found, 0)),
        "The standard deviation of a population",
        "stddev_pop(list(2, 4, 4, 4, 5, 5, 7, 9))",
        "2",
    ),
    _number(
        "stddev_samp",
        of_numbers(lambda found: _deviation(found, 1), least=2),
        "The standard deviation estimated from a sample",
        "round(stddev_samp(${orders.count}), 4)",
        "3.6056",
    ),
    _number(
        "var_pop",
        of_numbers(lambda found: _variance(found, 0)),
        "The variance of a population",
        "var_pop(list(1, 2, 3, 4))",
        "1.25",
    ),
    _number(
        "var_samp",
        of_numbers(lambda found: _variance(found, 1), least=2),
        "The variance estimated from a sample",
        "var_samp(${orders.count})",
        "13",
    ),
    _number(
        "skew",
        of_numbers(lambda found: reckoning.by_float(lambda: _skew(found)), least=3),
        "The skewness of a sample; above 0 where the long tail is of large values",
        "round(skew(${orders.count}), 4)",
        "1.1521",
    ),
    _number(
        "kurtosis",
        of_numbers(lambda found: reckoning.by_float(lambda: _kurtosis(found)), least=4),
        "The excess kurtosis of a sample; 0 for a normal distribution",
        "round(kurtosis(list(3, 4, 5, 2, 3, 4, 5, 6, 4, 7)), 4)",
        "-0.1518",
    ),
)
