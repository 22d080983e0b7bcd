from __future__ import annotations

import pytest

from mainstem.errors import QueryError
from mainstem.filters import AllOf, AnyOf, Anything, Condition, IsNull, IsTrue, Not
from mainstem.filters.yesno import parse_yesno


@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        ("yes", IsTrue()),
        ("TRUE", IsTrue()),
        ("No", Not(IsTrue())),
        ("false", Not(IsTrue())),
        ("", Anything()),
        ("Yes,No", Anything()),
        ("Any Value", Anything()),
        ("null", IsNull()),
        ("NOT NULL", Not(IsNull())),
        ("-no", IsTrue()),
        ("not  yes", Not(IsTrue())),
        ("yes,null", AnyOf((IsTrue(), IsNull()))),
        ("no,not null", AllOf((Not(IsTrue()), Not(IsNull())))),
    ],
)
def test_yes_and_no_in_any_case(expression: str, meaning: Condition) -> None:
    assert parse_yesno(expression) == meaning


def test_another_word_is_an_error_that_says_what_is_valid() -> None:
    with pytest.raises(QueryError, match="valid are yes, no"):
        parse_yesno("maybe")
