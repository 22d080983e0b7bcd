"""Where a value stands among others: by size, or by place. Ranks count from 1, the largest value first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from mainstem.filters.calculations.functions.aggregates import present, sortable
from mainstem.filters.calculations.functions.parameters import anything, column, number, numbers
from mainstem.filters.calculations.functions.record import Aggregate, Function
from mainstem.filters.calculations.kinds import NUMBER, Cells, Single
from mainstem.filters.calculations.reckoning import MaybeReal, Real, exact, whole

if TYPE_CHECKING:
    from collections.abc import Callable


def _comparable(value: Any) -> Any:
    """So that the 0.1 somebody wrote is the 0.1 of a column of floats."""
    return float(value) if isinstance(value, Decimal) else sortable(value)


def _ordered(cells: Cells) -> list[Any]:
    return sorted(_comparable(cell) for cell in present(cells))


def _rank(cells: Cells) -> Callable[[Any], int]:
    ordered = _ordered(cells)
    return lambda value: len(ordered) - bisect_right(ordered, _comparable(value)) + 1


def _average_rank(cells: Cells) -> Callable[[Any], MaybeReal]:
    """Equal values share the mean of the ranks they take; one that is not there has the rank it would get."""
    ordered = _ordered(cells)

    def of(value: Any) -> MaybeReal:
        low, high = bisect_left(ordered, _comparable(value)), bisect_right(ordered, _comparable(value))
        first = len(ordered) - high + 1
        return exact(Fraction(2 * first + max(0, high - low - 1), 2))

    return of


def _share(cells: Cells) -> Callable[[Any], MaybeReal]:
    """As PERCENTRANK in spreadsheets: the smallest is at 0, the largest at 1, between two in proportion."""
    ordered = _ordered(cells)

    def of(given: Any) -> MaybeReal:
        value = _comparable(given)
        if not ordered or not ordered[0] <= value <= ordered[-1]:
            return None
        if len(ordered) == 1:
            return 1
        low = bisect_left(ordered, value)
        place = Fraction(low)
        if ordered[low] != value:
            below, above = Fraction(ordered[low - 1]), Fraction(ordered[low])
            place = low - 1 + (Fraction(value) - below) / (above - below)
        return exact(place / (len(ordered) - 1))

    return of


def _match(cells: Cells) -> Callable[[Any], int | None]:
    places: dict[Any, int] = {}
    for place, cell in enumerate(cells, start=1):
        if cell is not None:
            places.setdefault(_comparable(cell), place)
    return lambda value: places.get(_comparable(value))


def _lookup(searched: Cells, results: Cells) -> Callable[[Any], Any]:
    place_of = _match(searched)

    def of(value: Any) -> Any:
        place = place_of(value)
        return results[place - 1] if place is not None and place <= len(results) else None

    return of


def _index(cells: Cells) -> Callable[[Real], Any]:
    def of(n: Real) -> Single | tuple[Single, ...]:
        place = whole(n)
        return cells[place - 1] if 1 <= place <= len(cells) else None

    return of


RANKING: Final = (
    Function(
        "rank",
        "statistical",
        (anything("value"), column("expression")),
        NUMBER,
        "The rank of a value in a column or list; the largest has 1, equal values share the better rank",
        "rank(${orders.count}, ${orders.count})",
        "3 · 2 · 1",
        Aggregate(_rank),
    ),
    Function(
        "rank_avg",
        "statistical",
        (anything("value"), column("expression")),
        NUMBER,
        "As rank, but equal values share the average of their ranks",
        "rank_avg(5, list(9, 5, 5, 1))",
        "2.5",
        Aggregate(_average_rank),
    ),
    Function(
        "percent_rank",
        "statistical",
        (numbers("column"), number("value")),
        NUMBER,
        "Where a value stands in a column or list, from 0 (the smallest) to 1 (the largest)",
        "percent_rank(list(1, 2, 3), 2)",
        "0.5",
        Aggregate(_share),
    ),
    Function(
        "match",
        "row",
        (anything("value"), column("expression")),
        NUMBER,
        "The row in which a column first has the value, or its place in a list; null where it has not",
        'match("Rome", ${orders.city})',
        "2",
        Aggregate(_match),
    ),
    Function(
        "lookup",
        "row",
        (anything("value"), column("lookup_column"), column("result_column")),
        "last",
        "What one column holds in the first row where another has the value",
        'lookup("Rome", ${orders.city}, ${orders.count})',
        "4",
        Aggregate(_lookup),
        opens_list=True,
    ),
    Function(
        "index",
        "row",
        (column("expression"), number("n")),
        "first",
        "The n-th value of a column or list, from 1",
        "index(${orders.city}, 1)",
        "Oslo",
        Aggregate(_index),
        opens_list=True,
    ),
)
