from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

MODEL = """view: v {{ dimension: x {{ type: number }} measure: count {{ type: count }} }}
explore: v {{}}
test: t {{
  explore_source: v {{ column: x {{}} column: count {{}} }}
  assert: a {{ expression: {} ;; }}
}}
"""


def errors(read: Callable[..., Reading], expression: str) -> list[str]:
    return [str(error) for error in read(MODEL.format(expression)).errors]


def test_an_assertion_over_columns_of_its_query_is_sound(read: Callable[..., Reading]) -> None:
    assert errors(read, "${v.x} > 0 AND ${v.count} > mean(${v.x})") == []


def test_an_assertion_over_what_is_not_asked_for_says_so(read: Callable[..., Reading]) -> None:
    (error,) = errors(read, "${v.cuont} > 0")
    assert error.endswith(
        ":5: assert a of test t reads v.cuont, which is no column of its explore_source"
        " (did you mean v.count?)"
    )


def test_an_assertion_that_is_no_expression_says_where_it_stops(read: Callable[..., Reading]) -> None:
    (error,) = errors(read, "${v.x} >")
    assert ":5: assert a of test t: line 1, column" in error
