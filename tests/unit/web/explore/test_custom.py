"""Fields that people add: what a form says, what becomes of it, and the form again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.query.request import CustomDimension, CustomMeasure, Request, TableCalculation
from mainstem.web.explore import Question, address_with
from mainstem.web.explore.custom import (
    KINDS,
    Draft,
    draft_of,
    name_of,
    read_draft,
    users_of,
    with_copy,
    with_field,
)
from mainstem.web.explore.grouping import Bins, Groups, read_bins, read_groups

QUESTION = Question(request=Request(model="m", explore="e", fields=("a.shop", "a.paid")))
SHARE = TableCalculation(
    name="share", label="Share", expression="${a.paid} / 2", value_format_name="percent_1"
)


def test_a_measure_is_asked_for_and_a_calculation_is_a_column_without() -> None:
    most = CustomMeasure(name="most", based_on="a.size", type="max")
    asked = with_field(with_field(QUESTION, SHARE), most).request
    assert asked.fields == ("a.shop", "a.paid", "most")
    assert asked.dynamic_fields == (SHARE, most)


def test_a_changed_field_stays_in_its_place_and_keeps_its_name() -> None:
    asked = with_copy(with_field(QUESTION, SHARE), "share")
    draft = draft_of(asked, "share")
    assert draft is not None
    made = Draft(kind=draft.kind, name=draft.name, label="Part", expression="1").made([])
    assert [one.name for one in with_field(asked, made).request.dynamic_fields] == ["share", "share_copy"]
    assert made.label == "Part"


@pytest.mark.parametrize(
    "made",
    [
        SHARE,
        TableCalculation(name="h", label="H", expression="1", value_format="0.0", hidden=True),
        CustomDimension(name="d", label="D", expression="concat(${a.shop}, 'x')", description="Said"),
        CustomDimension(
            name="g", label="G", expression=Groups("a.shop", (("A", "x,y"), ("B", "z%")), "Rest").expression()
        ),
        CustomDimension(name="b", label="B", expression=Bins("a.size", size="10").expression()),
        CustomDimension(name="k", label="K", expression=Bins("a.size", breaks="1, 2.5, 10").expression()),
        CustomMeasure(
            name="c",
            label="C",
            based_on="a.size",
            type="sum",
            filters={"a.shop": "x"},
            filter_expression="yes",
        ),
        CustomMeasure(name="f", label="F", based_on="a.paid", filters={"a.shop": "-x"}),
    ],
    ids=lambda made: f"{type(made).__name__} {made.name}",
)
def test_a_field_opened_in_its_form_and_saved_as_it_stands_is_the_same(made: TableCalculation) -> None:
    draft = draft_of(with_field(QUESTION, made), made.name)
    assert draft is not None
    assert draft.made([]) == made
    assert read_draft(QUESTION, dict(draft.parameters())) == draft


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.sampled_from(sorted(KINDS)), TEXTS, TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=3))
def test_whatever_is_half_written_stands_whole_in_the_address(
    kind: str, label: str, expression: str, groups: list[tuple[str, str]]
) -> None:
    kept = tuple(pair for pair in groups if any(one.strip() for one in pair))
    draft = Draft(kind=kind, label=label, expression=expression, groups=kept)
    assert read_draft(QUESTION, dict(draft.parameters())) == draft
    assert address_with(QUESTION, draft).startswith("/explore/m/e?fields=")


def test_a_field_without_a_name_is_called_by_what_it_does() -> None:
    assert Draft(kind="measure", field="a.size", type="sum").made([]).label == "Sum of size"
    assert Draft(kind="bin", field="a.size", size="5").made([]).name == "size_bins"


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (Draft(kind="calculation"), "nothing is written"),
        (Draft(kind="measure"), "made of a field"),
        (Draft(kind="group", field="a.shop"), "a filter for each group"),
        (Draft(kind="bin", field="a.size", size="wide"), "“wide” is no number"),
        (Draft(kind="bin", field="a.size", size="0"), "above 0"),
        (Draft(kind="bin", field="a.size", breaks="10, 5"), "must rise"),
    ],
)
def test_what_no_field_can_be_made_of_says_why(draft: Draft, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        draft.made([])


def test_an_expression_of_another_shape_is_neither_groups_nor_bins() -> None:
    for text in ("1 +", "${a.b}", 'case(when(${a.b} > 1, "x"), "y")', "floor(${a.b} / 2) * 3"):
        assert read_groups(text) is None
        assert read_bins(text) is None


def test_who_needs_a_field_is_named() -> None:
    half = TableCalculation(name="half", label="Half", expression="${share} / 2")
    asked = with_field(with_field(QUESTION, SHARE), half)
    assert users_of(asked, "share") == ("Half",)
    assert users_of(asked, "half") == ()


def test_names_are_of_letters_and_not_taken() -> None:
    assert name_of("% of Größe!", set()) == "of_gr_e"
    assert name_of("Share", {"share", "share_2"}) == "share_3"
