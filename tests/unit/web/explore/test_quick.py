"""Calculations that take one click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.query.request import Request
from mainstem.semantics.model import Dimension, DimensionType, Measure, MeasureType, Origin, Timeframe
from mainstem.web.explore import Question
from mainstem.web.explore.quick import QUICK, falls_in_time, with_quick

if TYPE_CHECKING:
    from mainstem.semantics.model import ViewField

HERE = Origin("a.view.lkml", 1)
FIELDS: dict[str, ViewField] = {
    "a.day": Dimension(
        name="day", type=DimensionType.DATE, sql="d", label="Day", origin=HERE, timeframe=Timeframe.DATE
    ),
    "a.shop": Dimension(name="shop", type=DimensionType.STRING, sql="s", label="Shop", origin=HERE),
    "a.paid": Measure(
        name="paid", type=MeasureType.SUM, sql="p", label="Paid", origin=HERE, value_format_name="usd"
    ),
}


def question(**asked: object) -> Question:
    return Question(request=Request(model="m", explore="e", **{"fields": ("a.day", "a.paid"), **asked}))  # type: ignore[arg-type] # as a test writes them


@pytest.mark.parametrize("kind", QUICK)
@pytest.mark.parametrize("pivots", [(), ("a.shop",)])
def test_each_is_a_calculation_that_says_what_it_is_of(kind: str, pivots: tuple[str, ...]) -> None:
    asked = with_quick(question(pivots=pivots), kind, "a.paid", "Paid", FIELDS).request
    (made,) = asked.dynamic_fields
    assert made.label == f"Paid, {QUICK[kind].label}"
    assert "${a.paid" in made.expression  # type: ignore[union-attr] # a table calculation
    assert "{m" not in made.expression  # type: ignore[union-attr] # the same


def test_a_share_of_the_total_asks_for_the_total_it_reads() -> None:
    assert with_quick(question(), "percent_of_total", "a.paid", "Paid", FIELDS).request.totals
    pivoted = with_quick(question(pivots=("a.shop",)), "percent_of_total", "a.paid", "Paid", FIELDS).request
    assert pivoted.row_totals
    assert not pivoted.totals


def test_what_is_still_money_keeps_its_format_and_a_share_is_per_cent() -> None:
    formats = {
        kind: with_quick(question(), kind, "a.paid", "Paid", FIELDS)
        .request.dynamic_fields[0]
        .value_format_name
        for kind in ("running_total", "change", "percent_change", "rank")
    }
    assert formats == {
        "running_total": "usd",
        "change": "usd",
        "percent_change": "percent_1",
        "rank": "decimal_0",
    }


@pytest.mark.parametrize(
    ("asked", "falls"),
    [
        ({}, True),
        ({"sorts": ("a.day desc",)}, True),
        ({"sorts": ("a.day",)}, False),
        ({"sorts": ("a.paid desc",)}, False),
        ({"fields": ("a.shop", "a.paid")}, False),
        ({"pivots": ("a.day",)}, False),
    ],
)
def test_before_in_time_is_below_where_the_newest_stands_first(asked: dict[str, object], falls: bool) -> None:
    assert falls_in_time(question(**asked), FIELDS) is falls


def test_an_unknown_kind_names_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="running_total"):
        with_quick(question(), "median", "a.paid", "Paid", FIELDS)
