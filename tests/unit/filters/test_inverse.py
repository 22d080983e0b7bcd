from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from mainstem.filters import (
    AllOf,
    AnyOf,
    Condition,
    Grammar,
    IsEmpty,
    Not,
    NumberIs,
    NumberRange,
    TextIs,
    TextLike,
    TimeRange,
    expression_of,
)

DAY = datetime(2018, 5, 18)  # noqa: DTZ001 -- naive by contract
CASES: list[tuple[Grammar, Condition, str | None]] = [
    (Grammar.STRING, TextIs(("a", "b,c", "-d", "NULL", " e", "")), 'a,"b,c","-d","NULL"," e",""'),
    (Grammar.STRING, TextLike("%a^%,b%"), "%a^%^,b%"),
    (Grammar.STRING, TextLike("% a%"), '%" a"%'),
    (Grammar.STRING, TextLike("a_b"), "a_b"),
    (Grammar.STRING, TextLike(""), None),
    (Grammar.STRING, AllOf((TextLike("F%"), Not(TextIs(("FOOD", "FEE"))))), "F%,-FOOD,-FEE"),
    (Grammar.STRING, Not(AllOf((TextLike("a%"), TextLike("%b")))), None),
    (Grammar.STRING, NumberIs((Decimal(5),)), None),
    (Grammar.NUMBER, NumberRange(low=Decimal("1.50"), high=Decimal(2), high_included=False), "[1.50,2)"),
    (Grammar.NUMBER, NumberRange(low=Decimal(5), low_included=False), ">5"),
    (Grammar.NUMBER, Not(NumberIs((Decimal(5), Decimal(6)))), "NOT 5,NOT 6"),
    (Grammar.NUMBER, AllOf((NumberIs((Decimal(5),)), Not(NumberIs((Decimal(6),))))), "5,NOT 6,NOT 6"),
    (Grammar.NUMBER, NumberIs((Decimal("1E+300"),)), "1E+300"),
    (Grammar.NUMBER, NumberIs((Decimal("1E+400"),)), None),
    (Grammar.DATE, TimeRange(DAY, datetime(2018, 5, 19)), "2018-05-18"),  # noqa: DTZ001 -- naive by contract
    (Grammar.DATE, TimeRange(datetime(2018, 4, 1), datetime(2018, 7, 1)), "2018-Q2"),  # noqa: DTZ001 -- naive by contract
    (Grammar.DATE, TimeRange(DAY, datetime(2018, 5, 20)), "2018-05-18 to 2018-05-20"),  # noqa: DTZ001 -- naive by contract
    (Grammar.DATE, AnyOf((TimeRange(None, DAY), TimeRange(DAY, None))), "before 2018-05-18,after 2018-05-18"),
    (Grammar.DATE, Not(TimeRange(None, DAY)), "NOT before 2018-05-18"),
    (Grammar.DATE, TimeRange(DAY.replace(microsecond=1), None), None),
    (Grammar.DATE, IsEmpty(), None),
    (Grammar.YESNO, TextIs(("yes",)), None),
]  # fmt: skip


@pytest.mark.parametrize(("grammar", "condition", "expression"), CASES)
def test_a_condition_has_an_expression_if_its_grammar_can_say_it(
    grammar: Grammar, condition: Condition, expression: str | None
) -> None:
    assert expression_of(grammar, condition) == expression
