from __future__ import annotations

import pytest

from mainstem.errors import FilterError, QueryError
from mainstem.filters import AllOf, AnyOf, Anything, Condition, IsEmpty, IsNull, Not, TextIs, TextLike
from mainstem.filters.string import parse_string

CASES: dict[str, Condition] = {
    "": Anything(),
    "FOO": TextIs(("FOO",)),
    "FOO,BAR": TextIs(("FOO", "BAR")),
    " FOO , BAR ": TextIs(("FOO", "BAR")),
    "%FOO%": TextLike("%FOO%"),
    "F%OD": TextLike("F%OD"),
    "_UF": TextLike("_UF"),
    "100^%^_^^": TextIs(("100%_^",)),
    "%100^%^_^^ FOO 100^%^_^^%": TextLike("%100^%^_^^ FOO 100^%^_^^%"),
    "EMPTY": IsEmpty(),
    "null": IsNull(),
    "-FOO": Not(TextIs(("FOO",))),
    "-FOO,-BAR": Not(TextIs(("FOO", "BAR"))),
    "-EMPTY": Not(IsEmpty()),
    "FOO%,BAR": AnyOf((TextIs(("BAR",)), TextLike("FOO%"))),
    "FOO%,-FOOD": AllOf((TextLike("FOO%"), Not(TextIs(("FOOD",))))),
    "t-shirt": TextIs(("t-shirt",)),
    "^-5": TextIs(("-5",)),
    "a^,b": TextIs(("a,b",)),
    '"a, b",c': TextIs(("a, b", "c")),
    '"100% \\"pure\\""': TextIs(('100% "pure"',)),
    '-"a,b"': Not(TextIs(("a,b",))),
    "sub^_region": TextIs(("sub_region",)),
    "  hello  ": TextIs(("  hello  ",)),
    "hello^ ^ ": TextIs(("hello ",)),
    "^ a^ ^ ,b": TextIs((" a ", "b")),
    "%^ foo^ %": TextLike("%foo%"),
    '%" foo"%': TextLike("% foo%"),
    '-%"a,b"': Not(TextLike("%a,b")),
    "% %": TextLike("% %"),
    "a\\,b": TextIs(("a,b",)),
    "C:\\dir": TextIs(("C:\\dir",)),
    "^NULL": TextIs(("NULL",)),
    " null ": IsNull(),
    "nullable": TextIs(("nullable",)),
    "-": TextIs(("-",)),
    "a,,b,": TextIs(("a", "b")),
    "-a%,-%b,-NULL": AllOf((Not(TextLike("a%")), Not(TextLike("%b")), Not(IsNull()))),
    "a,b%,-c": AllOf((AnyOf((TextIs(("a",)), TextLike("b%"))), Not(TextIs(("c",))))),
}


@pytest.mark.parametrize("expression", CASES)
def test_a_string_filter_means_what_looker_says(expression: str) -> None:
    assert parse_string(expression) == CASES[expression]


def test_an_open_quote_is_an_error_that_says_what_is_valid() -> None:
    with pytest.raises(QueryError, match=r"quote that is not closed.* Valid are FOO"):
        parse_string('"FOO')


def test_text_after_a_quote_is_an_error_at_the_quote() -> None:
    with pytest.raises(FilterError, match="text follows the quote that closes") as caught:
        parse_string('a,"b"c')
    assert (caught.value.at, caught.value.read) == (2, '"b"c')
    assert caught.value.suggestion == 'a,^"b^"c'
