from __future__ import annotations

import pytest

from benchmarks.figure import Figure, Round, Spread, percentile


def figure(*rounds: Round) -> Figure:
    return Figure(benchmark="log", name="log", unit="µs", limit="a loop", better="lower", rounds=rounds)


def test_a_ratio_is_taken_round_by_round_and_not_between_medians() -> None:
    found = figure(Round(1, 2), Round(9, 3), Round(4, 4))
    assert found.ratio == Spread(1, 0.5, 3)
    assert found.ours == Spread(4, 1, 9)
    assert found.held_against == Spread(3, 2, 4)


def test_a_figure_says_how_to_measure_it_again() -> None:
    assert figure(Round(1, 1)).command == ".venv/bin/python -m benchmarks log"


def test_a_spread_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no round"):
        Spread.of([])


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1), (0.5, 5), (0.95, 10), (0.1, 1), (1.0, 10)])
def test_a_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile(list(range(10, 0, -1)), share) == expected


def test_a_percentile_of_no_values_is_refused() -> None:
    with pytest.raises(ValueError, match="no value"):
        percentile([], 0.5)
