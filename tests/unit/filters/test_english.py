from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from mainstem.errors import FilterError
from mainstem.filters import (
    AllOf,
    AnyOf,
    Condition,
    Grammar,
    IsTrue,
    Not,
    NumberRange,
    TextIs,
    TextLike,
    TimeRange,
    describe,
    describe_condition,
)

MAY = datetime(2018, 5, 1)  # noqa: DTZ001 -- naive by contract


@pytest.mark.parametrize(
    ("condition", "english"),
    [
        (TextIs(("a",)), "is 'a'"),
        (TextIs(("O'Hara", "b")), "is \"O'Hara\" or 'b'"),
        (TextLike("%^%%"), "contains '%'"),
        (TextLike("%"), "is any text"),
        (Not(TextLike("%")), "is no text"),
        (TextLike("%%"), "matches the pattern '%%'"),
        (Not(TextLike("a_%")), "does not match the pattern 'a_%'"),
        (AnyOf((TextIs(("this and that",)), TextLike("a%"))), "is 'this and that' or starts with 'a'"),
        (
            AllOf((AnyOf((TextLike("a%"), TextLike("%b"))), Not(TextIs(("ab",))))),
            "starts with 'a' or ends with 'b', and is not 'ab'",
        ),
        (NumberRange(), "is any number"),
        (NumberRange(low=Decimal("1E+3")), "is 1000 or more"),
        (Not(NumberRange(low=Decimal(5), low_included=False)), "is not more than 5"),
        (Not(IsTrue()), "is no"),
        (TimeRange(MAY, None), "is on or after 2018-05-01 00:00:00"),
        (
            Not(AllOf((TextLike("a%"), TextLike("%b")))),
            "is not such that it starts with 'a' and ends with 'b'",
        ),
        (Not(Not(IsTrue())), "is yes"),
    ],
)
def test_a_condition_is_said_as_people_would(condition: Condition, english: str) -> None:
    assert describe_condition(condition) == english


@pytest.mark.parametrize("grammar", Grammar)
def test_nothing_is_any_value_in_words_of_its_type(grammar: Grammar) -> None:
    words = {Grammar.DATE: "is any time", Grammar.LOCATION: "is anywhere"}
    assert describe(grammar, " ") == words.get(grammar, "is any value")


@pytest.mark.parametrize(
    ("expression", "english"),
    [
        ("after today", "is on or after today"),
        ("after this week", "is in or after this week"),
        ("after this day", "is on or after this day"),
        ("after now", "is at or after now"),
        ("after 2018-05-01 12:00", "is at or after 2018-05-01 12:00"),
        ("after 2018-Q3", "is in or after the third quarter of 2018"),
        ("before last 3 days", "is before the last 3 days"),
        ("1 day", "is in the last 1 day"),
        ("2018-05-01 12:00:05", "is at 2018-05-01 12:00:05"),
        ("not 2018, not null", "is not in the year 2018 or null"),
        ("1 month from now for 1 day", "is in the 1 day that begins with the month 1 month from now"),
    ],
)
def test_a_date_is_said_without_knowing_what_time_it_is(expression: str, english: str) -> None:
    assert describe(Grammar.DATE, expression) == english


def test_a_tier_label_with_a_comma_is_one_label() -> None:
    assert describe(Grammar.TIER, "10, or more", labels=("10, or more",)) == "is '10, or more'"


def test_what_cannot_be_read_cannot_be_said() -> None:
    with pytest.raises(FilterError):
        describe(Grammar.NUMBER, "five")
