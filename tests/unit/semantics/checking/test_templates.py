"""What Liquid in a model is told to be wrong with it before anybody asks a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

MODEL = """
    view: a {{
      parameter: unit {{ type: unquoted }}
      filter: day {{ type: date }}
      dimension_group: at {{ type: time timeframes: [date] }}
      dimension: x {{ {x} }}
    }}
    explore: a {{ {explore} }}
"""


def told(read: Callable[..., Reading], x: str = "", explore: str = "") -> tuple[list[str], list[str]]:
    reading = read(MODEL.format(x=x, explore=explore))
    return [str(one) for one in reading.errors], [str(one) for one in reading.warnings]


@pytest.mark.parametrize(
    "text",
    [
        "sql: {% if unit._parameter_value == 'x' %} 1 ;;",
        "sql: 1 ;; html: {% nonsense %} ;;",
        'sql: 1 ;; link: { label: "l" url: "{{ value" }',
    ],
)
def test_liquid_that_cannot_be_read_is_an_error_of_its_field(read: Callable[..., Reading], text: str) -> None:
    errors, _ = told(read, x=text)
    assert [error.split(": ")[:2] for error in errors] == [["shop.model.lkml:6", "Liquid of a.x"]]


def test_liquid_that_cannot_be_read_is_an_error_of_its_explore(read: Callable[..., Reading]) -> None:
    errors, _ = told(read, explore="sql_always_where: {% if %} 1 {% endif %} ;;")
    assert errors[0].startswith("shop.model.lkml:8: Liquid of explore a: ")


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{% parameter unti %}", "names unknown field unti (did you mean unit?); it filters nothing"),
        ("{% condition a.dya %} x {% endcondition %}", "names unknown field a.dya (did you mean a.day?)"),
        ("{% date_start b.day %}", "names unknown view b in b.day"),
    ],
)
def test_a_tag_that_names_no_field_is_told(read: Callable[..., Reading], tag: str, message: str) -> None:
    errors, warnings = told(read, x=f"sql: {tag} ;;")
    assert not errors
    assert message in warnings[0]


def test_tags_may_name_any_field_that_stands_beside(read: Callable[..., Reading]) -> None:
    text = "{% parameter unit %} {% condition a.day %} x {% endcondition %} {% date_start at %}"
    assert told(read, x=f"sql: {text} ;;") == ([], [])
