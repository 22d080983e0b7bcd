from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from mainstem.errors import FilterError
from mainstem.filters.calendar import Interval
from mainstem.filters.conditions import DistanceUnit, LocationWithin
from mainstem.filters.widgets import (
    DateKind,
    DateWidget,
    LocationKind,
    LocationWidget,
    NumberOperator,
    NumberWidget,
    StringOperator,
    StringWidget,
    TierWidget,
    YesnoChoice,
    YesnoWidget,
)

MAY = datetime(2018, 5, 1)  # noqa: DTZ001 -- naive by contract
CIRCLE = LocationWithin(Decimal(1), Decimal(2), Decimal(40), DistanceUnit.MILES)
WRITTEN = [
    (StringWidget(), ""),
    (StringWidget(StringOperator.IS, ("a", "b,c")), 'a,"b,c"'),
    (StringWidget(StringOperator.NOT_STARTS_WITH, ("a", "b")), "-a%,-b%"),
    (StringWidget(StringOperator.CONTAINS, ("50%",)), "%50^%%"),
    (StringWidget(StringOperator.NOT_EMPTY), "-EMPTY"),
    (NumberWidget(NumberOperator.IS_NOT, (Decimal(1), Decimal(2))), "NOT 1,NOT 2"),
    (NumberWidget(NumberOperator.AT_LEAST, low=Decimal(5)), ">=5"),
    (
        NumberWidget(NumberOperator.NOT_BETWEEN, low=Decimal(5), high=Decimal(9), high_included=False),
        "NOT [5,9)",
    ),
    (DateWidget(DateKind.IN_THE_LAST, 7, Interval.DAY), "7 days"),
    (DateWidget(DateKind.IN_THE_LAST, 3, Interval.MONTH, complete=True), "3 months ago for 3 months"),
    (DateWidget(DateKind.THIS, unit=Interval.FISCAL_QUARTER), "this fiscal quarter"),
    (DateWidget(DateKind.IN, unit=Interval.MONTH, start=MAY), "2018-05"),
    (DateWidget(DateKind.BETWEEN, start=MAY, end=MAY.replace(hour=12)), "2018-05-01 to 2018-05-01 12:00:00"),
    (DateWidget(DateKind.BEFORE_AGO, 3, Interval.DAY), "before 3 days ago"),
    (DateWidget(DateKind.NOT_NULL), "not null"),
    (DateWidget(DateKind.IN_THE_NEXT, 7, Interval.DAY), "1 day from now for 7 days"),
    (DateWidget(DateKind.FISCAL, year=2018), "FY2018"),
    (DateWidget(DateKind.FISCAL, year=2018, quarter=3), "FY2018-Q3"),
    (YesnoWidget(YesnoChoice.NO), "No"),
    (TierWidget(("[0,10)", "20 to 29"), refused=True), '-"[0,10)",-20 to 29'),
    (LocationWidget(LocationKind.WITHIN, CIRCLE), "40 miles from 1, 2"),
]


@pytest.mark.parametrize(("widget", "expression"), WRITTEN)
def test_a_control_writes_an_expression_people_can_read(widget: StringWidget, expression: str) -> None:
    assert widget.to_expression() == expression
    assert type(widget).from_expression(expression) == widget


@pytest.mark.parametrize(
    ("widget", "expression"),
    [
        (StringWidget, "a%,b"),
        (StringWidget, "a,-b"),
        (StringWidget, "a%b"),
        (StringWidget, "EMPTY,a"),
        (NumberWidget, "1,>5"),
        (NumberWidget, "5,NOT 6,NOT 6"),
        (NumberWidget, "NOT >5"),
        (DateWidget, "today, 2017"),
        (DateWidget, "3 months ago for 2 days"),
        (DateWidget, "not 2018"),
        (DateWidget, "monday"),
        (YesnoWidget, "NULL"),
        (TierWidget, "20%"),
    ],
)
def test_what_no_control_shows_is_left_to_the_text_field(widget: type[StringWidget], expression: str) -> None:
    assert widget.from_expression(expression) is None


@pytest.mark.parametrize(
    ("widget", "expression"),
    [
        (StringWidget, '"a'),
        (NumberWidget, "five"),
        (DateWidget, "soon"),
        (YesnoWidget, "x"),
        (LocationWidget, "x"),
    ],
)
def test_an_expression_that_is_not_valid_is_an_error_for_a_control_too(
    widget: type[StringWidget], expression: str
) -> None:
    with pytest.raises(FilterError):
        widget.from_expression(expression)
