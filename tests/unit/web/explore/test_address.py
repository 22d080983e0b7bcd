"""A question's address: the whole state of an explore's page, and Looker's own links."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.query.request import CustomDimension, CustomMeasure, Request, TableCalculation
from mainstem.web.explore import Question, address_of, read_question
from mainstem.web.explore.grouping import Groups, read_groups

NAMES = st.from_regex(r"[a-z]{1,6}\.[a-z_]{1,8}", fullmatch=True)
LISTS = st.lists(NAMES, unique=True, max_size=3).map(tuple)
PRINTABLE = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
TEXTS = st.text(PRINTABLE, max_size=12)
SOME = st.text(PRINTABLE, min_size=1, max_size=12)
LINES = TEXTS.map(str.strip)
DYNAMIC = st.one_of(
    st.builds(TableCalculation, name=NAMES, expression=TEXTS, label=st.none() | TEXTS, hidden=st.booleans()),
    st.builds(
        CustomMeasure,
        name=NAMES,
        based_on=NAMES,
        type=st.none() | st.just("sum"),
        filters=st.dictionaries(NAMES, TEXTS, max_size=2),
    ),
    st.builds(CustomDimension, name=NAMES, expression=TEXTS),
)
REQUESTS = st.builds(
    Request,
    model=SOME,
    explore=SOME,
    fields=LISTS,
    filters=st.dictionaries(NAMES, TEXTS, max_size=3),
    filter_expression=st.none() | LINES.filter(bool),
    pivots=LISTS,
    sorts=st.lists(NAMES.map("{} desc".format), unique=True, max_size=2).map(tuple),
    limit=st.none() | st.integers(1, 5000) | st.just(-1),
    column_limit=st.none() | st.integers(1, 50),
    totals=st.booleans(),
    row_totals=st.booleans(),
    subtotals=LISTS,
    fill_fields=LISTS,
    dynamic_fields=st.lists(DYNAMIC, max_size=3).map(tuple),
    timezone=st.none() | st.just("Europe/Berlin"),
)
QUESTIONS = st.builds(
    Question,
    request=REQUESTS,
    visualization=st.just("") | st.just("looker_line"),
    vis=st.dictionaries(st.sampled_from(["stacking", "show_null_points"]), st.booleans() | TEXTS, max_size=2),
    hidden_fields=LISTS,
)


def read(address: str, model: str = "m", explore: str = "e") -> tuple[Question, tuple[str, ...]]:
    return read_question(model, explore, parse_qsl(urlsplit(address).query, keep_blank_values=True))


@given(QUESTIONS)
def test_an_address_holds_the_whole_question(question: Question) -> None:
    again, problems = read(address_of(question), question.request.model, question.request.explore)
    assert again == question
    assert problems == ()
    assert address_of(again) == address_of(question)


def test_a_link_that_was_shared_from_looker_is_understood() -> None:
    question, problems = read(
        "/explore/m/e?fields=orders.created_month,orders.total&f[orders.status]=complete%2Cshipped"
        "&sorts=orders.created_month+desc+0&limit=500&column_limit=50&total=on&query_timezone=UTC"
        '&vis=%7B"type"%3A"looker_line"%2C"point_style"%3A"none"%7D&filter_config=%7B%7D&origin=share-expanded'
        '&dynamic_fields=[{"category":"table_calculation","expression":"${orders.total}*2","label":"Twice",'
        '"value_format":null,"value_format_name":null,"_kind_hint":"measure","table_calculation":"twice",'
        '"_type_hint":"number"}]'
    )
    assert problems == ()
    assert question.request.fields == ("orders.created_month", "orders.total")
    assert question.request.filters == {"orders.status": "complete,shipped"}
    assert question.request.sorts == ("orders.created_month desc 0",)
    assert question.request.totals
    assert question.request.dynamic_fields == (
        TableCalculation(name="twice", expression="${orders.total}*2", label="Twice"),
    )
    assert question.visualization == "looker_line"
    assert question.vis == {"point_style": "none"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=many", "limit=many"),
        ("limit=0", "1 or more"),
        ("colour=red", "colour"),
        ("dynamic_fields=[1]", "dynamic_fields"),
        ('dynamic_fields=[{"name":"x"}]', "table_calculation"),
        ("vis={", "vis"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_still_counts(query: str, told: str) -> None:
    question, problems = read(f"/explore/m/e?{query}&fields=a.b")
    assert question.request.fields == ("a.b",)
    assert len(problems) == 1
    assert told in problems[0]


def test_a_field_of_the_form_that_nobody_filled_in_asks_for_nothing() -> None:
    question, problems = read(
        "/explore/m/e?fields=a.b&limit=&query_timezone=&filter_expression=&column_limit="
    )
    assert question == read("/explore/m/e?fields=a.b")[0]
    assert problems == ()


def test_a_new_explore_has_an_address_without_a_query() -> None:
    assert address_of(Question(request=Request(model="m", explore="e f", fields=()))) == "/explore/m/e%20f"


def test_what_looker_wrote_by_a_shortcut_is_read_as_the_expression_it_stands_for() -> None:
    written = [
        {"table_calculation": "share", "calculation_type": "percent_of_column_sum", "args": ["a.paid"]},
        {
            "dimension": "size",
            "calculation_type": "group_by",
            "args": ["a.shop", [{"label": "Big", "filter": "x,y"}], "Rest"],
        },
    ]
    question, problems = read_question("m", "e", [("dynamic_fields", json.dumps(written))])
    share, size = question.request.dynamic_fields
    assert problems == ()
    assert isinstance(share, TableCalculation)
    assert share.expression == "${a.paid} / sum(${a.paid})"
    assert isinstance(size, CustomDimension)
    assert read_groups(size.expression) == Groups("a.shop", (("Big", "x,y"),), "Rest")
    _, problems = read_question(
        "m",
        "e",
        [("dynamic_fields", '[{"dimension": "b", "calculation_type": "of_tomorrow", "args": ["a.x"]}]')],
    )
    assert "of_tomorrow" in problems[0]
