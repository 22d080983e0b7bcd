"""What each control of an explore makes of the question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.query.request import CustomDimension, CustomMeasure, Request, TableCalculation
from mainstem.web.explore import Question, address_of
from mainstem.web.explore.changes import changed

NAMES = ("a.day", "a.shop", "a.paid")


def question(**asked: object) -> Question:
    return Question(request=Request(model="m", explore="e", **{"fields": NAMES, **asked}))  # type: ignore[arg-type] # as a test writes them


def test_a_field_is_asked_for_at_the_end_and_given_up_with_all_that_hangs_on_it() -> None:
    before = question(
        pivots=("a.shop",), sorts=("a.shop desc", "a.day"), subtotals=("a.shop",), fill_fields=("a.shop",)
    )
    without = changed(before, "field:a.shop").request
    assert without == question(fields=("a.day", "a.paid"), sorts=("a.day",)).request
    assert changed(question(fields=("a.day",)), "field:a.paid").request.fields == ("a.day", "a.paid")


def test_a_pivot_asks_for_its_field_too() -> None:
    pivoted = changed(question(fields=("a.paid",)), "pivot:a.shop").request
    assert (pivoted.fields, pivoted.pivots) == (("a.paid", "a.shop"), ("a.shop",))
    assert changed(question(pivots=("a.shop",)), "pivot:a.shop").request.pivots == ()


def test_a_filter_begins_with_any_value() -> None:
    filtered = changed(question(), "filter:a.shop")
    assert filtered.request.filters == {"a.shop": ""}
    assert changed(filtered, "filter:a.shop").request.filters == {}


def test_sorting_goes_down_up_and_away() -> None:
    orders = []
    asked = question()
    for _ in range(3):
        asked = changed(asked, "sort:a.paid")
        orders.append(asked.request.sorts)
    assert orders == [("a.paid desc",), ("a.paid",), ()]


def test_columns_move_as_far_as_there_is_room() -> None:
    assert changed(question(), "right:a.day").request.fields == ("a.shop", "a.day", "a.paid")
    assert changed(question(), "left:a.day").request.fields == NAMES
    assert changed(question(), "left:a.nothing").request.fields == NAMES


def test_another_column_to_sort_by_comes_after_those_there_are() -> None:
    orders = []
    asked = question(sorts=("a.day",))
    for _ in range(3):
        asked = changed(asked, "then:a.paid")
        orders.append(asked.request.sorts)
    assert orders == [("a.day", "a.paid desc"), ("a.day", "a.paid"), ("a.day",)]
    assert changed(asked, "order:a.shop, a.day desc").request.sorts == ("a.shop", "a.day desc")


CALCULATIONS = (
    CustomDimension(name="size", expression="1"),
    TableCalculation(name="one", expression="1"),
    TableCalculation(name="two", expression="${one}"),
)


def test_calculations_move_among_themselves() -> None:
    moved = changed(question(dynamic_fields=CALCULATIONS), "left:two").request.dynamic_fields
    assert [one.name for one in moved] == ["size", "two", "one"]
    again = changed(question(dynamic_fields=CALCULATIONS), "left:one").request.dynamic_fields
    assert [one.name for one in again] == ["size", "one", "two"]


def test_a_custom_field_is_dropped_with_its_sort_its_filter_and_the_measures_made_of_it() -> None:
    sums = CustomMeasure(name="sizes", based_on="size", type="sum")
    asked = question(
        fields=(*NAMES, "size", "sizes"),
        dynamic_fields=(*CALCULATIONS, sums),
        sorts=("size", "sizes desc"),
        filters={"size": "1"},
    )
    assert changed(asked, "drop:size").request == question(dynamic_fields=CALCULATIONS[1:]).request


def test_a_copy_says_the_same_under_another_name() -> None:
    copied = changed(question(dynamic_fields=CALCULATIONS), "copy:one").request.dynamic_fields[-1]
    assert (copied.name, copied.label) == ("one_copy", "one (copy)")


def test_more_rows_are_asked_for_by_a_number() -> None:
    assert changed(question(), "limit:5000").request.limit == 5000
    with pytest.raises(ValueError, match="no number of rows"):
        changed(question(), "limit:many")


def test_fields_that_are_not_there_go_with_their_filters() -> None:
    asked = question(filters={"a.day": "7 days", "a.shop": "x"}, sorts=("a.day",))
    assert (
        changed(asked, "without:a.day,a.paid").request
        == question(fields=("a.shop",), filters={"a.shop": "x"}).request
    )


def test_another_drawing_keeps_its_settings() -> None:
    drawn = question().with_look(vis={"stacking": "normal"})
    assert changed(drawn, "show:looker_bar") == drawn.with_look(visualization="looker_bar")
    assert changed(changed(drawn, "show:looker_bar"), "show:default") == drawn


def test_an_unknown_command_names_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="pivot"):
        changed(question(), "explode:a.shop")


VERBS = st.sampled_from(
    [
        "field",
        "pivot",
        "filter",
        "sort",
        "then",
        "left",
        "right",
        "subtotal",
        "fill",
        "hide",
        "drop",
        "without",
    ]
)


@given(st.lists(st.tuples(VERBS, st.sampled_from(NAMES)), max_size=12))
def test_whatever_is_pressed_the_question_stays_whole(pressed: list[tuple[str, str]]) -> None:
    asked = question(fields=())
    for verb, name in pressed:
        asked = changed(asked, f"{verb}:{name}")
    request = asked.request
    assert len(set(request.fields)) == len(request.fields)
    assert set(request.pivots) <= set(request.fields)
    assert address_of(asked).startswith("/explore/m/e")
