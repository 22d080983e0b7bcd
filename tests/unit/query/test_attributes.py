"""What stands in SQL for a user attribute nobody set."""

from __future__ import annotations

import pytest

from mainstem.query.liquid.attributes import nulls_for_missing

TEAM = "{{ _user_attributes['team'] }}"


@pytest.mark.parametrize(
    "text", ["has({}, 'x')", "a = {}", "{{% if b == 'c' %}}a IN ({} , 1){{% endif %}}", "a <> {};"]
)
def test_an_operand_without_a_value_is_null(text: str) -> None:
    assert nulls_for_missing(text.format(TEAM), {}) == text.format("NULL")


@pytest.mark.parametrize(
    "text",
    ["a = '{}'", "('x {}', 1)", "FROM {}.orders", "({}_orders)", "Sales of {}", "x {}", "({}.a)"],
)
def test_text_and_names_are_left_alone(text: str) -> None:
    assert nulls_for_missing(text.format(TEAM), {}) == text.format(TEAM)


def test_a_value_that_is_there_is_used() -> None:
    assert nulls_for_missing(f"a = {TEAM}", {"team": "x"}) == f"a = {TEAM}"
