from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from mainstem.semantics.dashboard import Dashboard, DashboardFilter, FilterType
from mainstem.semantics.model import Origin
from mainstem.web.filter_bar import (
    FilterControl,
    filter_controls,
    filter_values,
    kind_of,
    unknown_filters,
)

HERE = Origin("x.dashboard.lookml", 3)


def a_filter(name: str, kind: FilterType = FilterType.FIELD, **given: object) -> DashboardFilter:
    described = {"model": "m", "explore": "e", "field": f"v.{name}", **given}
    return DashboardFilter(name=name, title=name, type=kind, origin=HERE, **described)  # type: ignore[arg-type]  # fields by name


def a_dashboard(*filters: DashboardFilter) -> Dashboard:
    return Dashboard(name="a board", title="A", layout="newspaper", origin=HERE, filters=filters)


def control(given: DashboardFilter, expression: str = "", field_type: str | None = "string") -> FilterControl:
    dashboard = a_dashboard(given, a_filter("other", default_value="x"))
    values = filter_values(dashboard, [(given.name, expression)])
    return filter_controls(dashboard, values, lambda _: field_type)[0]


def test_the_address_wins_over_the_default_even_when_blank() -> None:
    dashboard = a_dashboard(a_filter("a", default_value="7 days"), a_filter("b", default_value="x"))
    assert filter_values(dashboard, [("a", "")]) == {"a": "", "b": "x"}


def test_names_that_are_no_filter_are_found() -> None:
    assert unknown_filters(a_dashboard(a_filter("a")), [("a", "1"), ("z", "2"), ("y", "3")]) == ["y", "z"]


@pytest.mark.parametrize(
    ("kind", "field_type", "shown_as"),
    [
        (FilterType.DATE, None, "date"),
        (FilterType.NUMBER, None, "number"),
        (FilterType.STRING, None, "string"),
        (FilterType.FIELD, "date", "date"),
        (FilterType.FIELD, "date_time", "date"),
        (FilterType.FIELD, "number", "number"),
        (FilterType.FIELD, "yesno", "yesno"),
        (FilterType.FIELD, "string", "string"),
    ],
)
def test_the_control_follows_the_type(kind: FilterType, field_type: str | None, shown_as: str) -> None:
    assert kind_of(a_filter("a", kind), field_type) == shown_as


def test_a_date_filter_offers_ranges_that_keep_the_other_filters() -> None:
    shown = control(a_filter("a"), "7 days", "date")
    week = next(option for option in shown.options if option.expression == "7 days")
    assert week.chosen
    assert shown.summary == "Last 7 days"
    address = urlsplit(week.href)
    assert address.path == "/dashboards/a%20board"
    assert parse_qs(address.query) == {"a": ["7 days"], "other": ["x"]}


def test_an_expression_of_ones_own_is_no_option() -> None:
    shown = control(a_filter("a"), "3 months ago for 2 months", "date")
    assert shown.summary == "In the 2 months that begin with the month 3 months ago"
    assert not any(option.chosen for option in shown.options)


@pytest.mark.parametrize(
    ("expression", "spoken"),
    [
        ("45 days", "Last 45 days"),
        ("1 month", "Last 1 month"),
        ("before 2026-03-01", "Before 2026-03-01"),
        ("someday", "someday"),
        ("last month", "Last month"),
    ],
)
def test_a_date_reads_as_people_say_it(expression: str, spoken: str) -> None:
    assert control(a_filter("a"), expression, "date").summary == spoken


def test_a_range_of_numbers_reads_as_people_say_it() -> None:
    assert control(a_filter("a"), "[5, 10)", "number").summary == "5 or more and less than 10"


def test_the_same_words_in_a_string_filter_stay_as_they_are() -> None:
    assert control(a_filter("a"), "7 days").summary == "7 days"


def test_no_expression_reads_as_any() -> None:
    assert control(a_filter("a"), "", "date").summary == "Any time"
    assert control(a_filter("a"), "").summary == "Any value"


def test_a_required_filter_offers_no_way_to_leave_it_out() -> None:
    assert all(option.expression for option in control(a_filter("a", required=True), "today", "date").options)


def test_options_the_dashboard_lists_replace_the_presets_and_the_search() -> None:
    shown = control(
        a_filter("a", ui_config={"type": "button_group", "options": ["7 days", "12 weeks"]}), "", "date"
    )
    assert [(o.label, o.expression) for o in shown.options] == [
        ("Any time", ""),
        ("Last 7 days", "7 days"),
        ("Last 12 weeks", "12 weeks"),
    ]
    assert control(a_filter("a", ui_config={"options": ["x"]})).suggestions_url is None


def test_only_a_string_filter_over_a_field_looks_for_values() -> None:
    found = control(a_filter("a")).suggestions_url
    assert found is not None
    assert found.startswith("/dashboards/a%20board/filters/a/suggestions?")
    assert control(a_filter("a"), "", "number").suggestions_url is None
    assert control(a_filter("a", FilterType.STRING, field=None)).suggestions_url is None
