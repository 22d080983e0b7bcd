from __future__ import annotations

from typing import Any

import pytest

from mainstem.web.charts.reference import read_references

VALUES = (1.0, 2.0, 6.0)


def one(**written: Any) -> tuple[float, float, str]:
    (found,) = read_references({"reference_lines": [written]}, VALUES, "$0.0")
    return found.low, found.high, found.label


@pytest.mark.parametrize(
    ("statistic", "value"), [("mean", 3), ("median", 2), ("min", 1), ("max", 6), ("deviation", 2.160246899)]
)
def test_a_line_at_a_statistic_of_what_is_drawn(statistic: str, value: float) -> None:
    low, high, label = one(reference_type="line", line_value=statistic)
    assert low == high == value
    assert label.startswith(f"{statistic.capitalize()} $")


def test_a_line_at_a_number_with_an_authors_words() -> None:
    assert one(line_value="20", label="Target {{ mean }}") == (20, 20, "Target $3.0")
    assert one(value=20) == (20, 20, "$20.0")
    assert one(line_value="20", label="{{ odd }} {{ value }}") == (20, 20, "{{ odd }} $20.0")


def test_a_range_and_margins_are_bands() -> None:
    assert one(reference_type="range", range_start="max", range_end="mean") == (3, 6, "$3.0 – $6.0")
    margins = {"margin_value": "mean", "margin_top": "1", "margin_bottom": "2"}
    assert one(reference_type="margins", **margins) == (1, 4, "$1.0 – $4.0")


@pytest.mark.parametrize(
    "written",
    [
        {"line_value": "wild"},
        {"reference_type": "range", "range_start": "1"},
        {"reference_type": "margins"},
        "x",
    ],
)
def test_what_has_no_number_is_no_line(written: Any) -> None:
    assert read_references({"reference_lines": [written]}, VALUES, None) == ()


def test_a_statistic_of_nothing_is_no_line() -> None:
    assert read_references({"reference_lines": [{"line_value": "mean"}]}, (), None) == ()


def test_the_black_that_nobody_chose_becomes_one_that_is_seen_in_the_dark() -> None:
    written = [{"line_value": 1, "color": "#000000"}, {"line_value": 1, "color": "#0a0"}]
    found = read_references({"reference_lines": written}, VALUES, None)
    assert [line.colour for line in found] == ["--ink-3", "#0a0"]
