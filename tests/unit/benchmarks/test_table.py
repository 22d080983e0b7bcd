from __future__ import annotations

import pytest

from benchmarks.figure import Figure, Outcome, Round, Spread
from benchmarks.table import HEADINGS, lines_of, markdown, number, spread, text

FIGURE = Figure(
    benchmark="log", name="log alone", unit="events/s", limit="a loop", better="higher",
    rounds=(Round(1000, 2000), Round(3000, 2000)),
)  # fmt: skip


def test_a_figure_is_a_row_with_the_median_ratio_between_its_least_and_most() -> None:
    outcome = Outcome(benchmark="log", figures=(FIGURE,))
    assert lines_of([outcome]) == [
        ("log alone", "2,000 events/s", "2,000 events/s", "1.00 (0.5–1.50)", "higher", "a loop")
    ]


def test_a_benchmark_that_gave_nothing_is_in_the_table_with_the_reason() -> None:
    missing = Outcome(benchmark="batch", problem="not measured: wrk not found; apt-get install wrk\nmore")
    [row] = lines_of([missing])
    assert row[0] == "batch"
    assert row[-1] == "not measured: wrk not found; apt-get install wrk"


def test_text_puts_columns_in_line() -> None:
    lines = text([Outcome(benchmark="log", figures=(FIGURE,))]).splitlines()
    assert len(lines) == 3
    at = lines[0].index(HEADINGS[1])
    assert lines[2][at:].startswith("2,000 events/s")


def test_markdown_keeps_a_bar_inside_its_cell() -> None:
    assert markdown(("a", "b"), [("x|y", "z")]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | z |",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.01234, "0.0123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346")],
)
def test_a_number_shows_three_digits_that_mean_something(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_spread_shows_all_three() -> None:
    assert spread(Spread(2, 1, 30)) == "2.00 (1.00–30.0)"
