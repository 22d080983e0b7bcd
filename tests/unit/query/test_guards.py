"""Filters that apply without being asked for, and the values of filter-only fields and parameters."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec
import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.query.context import Context
from mainstem.query.resolve import resolve
from mainstem.semantics.model import (
    AccessFilter,
    AllowedValue,
    AlwaysFilter,
    ConditionalFilter,
    FieldFilter,
    FilterField,
    InputType,
    Parameter,
)
from mainstem.testing.models import ORIGIN, dimension, explore, join, measure, project, timeframes, view

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
ORDERS = view(
    "orders",
    dimension("id", "number", primary_key=True),
    dimension("status"),
    dimension("region"),
    *timeframes("made", "${TABLE}.made"),
    measure("count"),
    FilterField(
        name="period",
        type=InputType.DATE,
        label="",
        origin=ORIGIN,
        default_value="7 days",
        sql="${TABLE}.x > 1",
    ),
    Parameter(
        name="unit",
        type=InputType.UNQUOTED,
        label="",
        origin=ORIGIN,
        allowed_values=(AllowedValue("Day", "day"), AllowedValue("Week", "week")),
        default_value="day",
    ),
    Parameter(name="top", type=InputType.NUMBER, label="", origin=ORIGIN),
)


def filters(*pairs: tuple[str, str]) -> tuple[FieldFilter, ...]:
    return tuple(FieldFilter(field, text, ORIGIN) for field, text in pairs)


def where(asked: dict[str, str], context: Context | None = None, **options: Any) -> list[str]:
    """The terms of WHERE."""
    known = project([ORDERS], explore("orders", **options))
    request = Request(model="m", explore="orders", fields=("orders.count",), filters=asked)
    sql = compile_request(known, request, "duckdb", context or Context(now=NOW)).sql
    return re.findall(r"^(?:WHERE|  AND) (.*)$", sql, re.MULTILINE)


ALWAYS = AlwaysFilter(filters(("status", "paid")))


def test_a_filter_that_always_applies_gives_way_to_another_value_of_it() -> None:
    without = {"orders.period": ""}
    assert "orders.status = 'paid'" in where(without, always_filter=ALWAYS)
    assert "orders.status = 'new'" in where({"orders.status": "new"}, always_filter=ALWAYS)
    assert not any("status" in term for term in where({"orders.status": ""}, always_filter=ALWAYS))


UNLESS = ConditionalFilter(filters(("orders.made_date", "2024-01-01")), unless=("id", "orders.region"))


@pytest.mark.parametrize(
    ("asked", "applies"),
    [
        ({}, True),
        ({"orders.status": "x"}, True),
        ({"orders.id": "1"}, False),
        ({"orders.region": "north"}, False),
        ({"orders.region": " "}, True),
    ],
)
def test_a_conditional_filter_applies_unless_another_is_filtered(
    asked: dict[str, str], applies: bool
) -> None:
    terms = where(asked, conditionally_filter=UNLESS)
    assert any("2024-01-01" in term for term in terms) is applies


def test_a_conditional_filter_cannot_be_emptied() -> None:
    terms = where({"orders.made_date": ""}, conditionally_filter=UNLESS)
    assert any("2024-01-01" in term for term in terms)


GUARD = (AccessFilter("orders.region", "region", ORIGIN),)


def person(**attributes: str) -> Context:
    return Context(now=NOW, user_attributes=attributes)


def test_people_see_the_rows_of_their_attribute_whatever_they_ask() -> None:
    terms = where({"orders.region": "south"}, person(region="north,east"), access_filters=GUARD)
    assert terms[0] == "orders.region IN ('north', 'east')"
    assert "orders.region = 'south'" in terms


@pytest.mark.parametrize("attributes", [{}, {"region": ""}, {"region": "  "}, {"other": "north"}])
def test_whoever_lacks_the_attribute_sees_nothing(attributes: dict[str, str]) -> None:
    assert where({}, person(**attributes), access_filters=GUARD)[0] == "1 = 0"


def test_somebody_who_sees_everything_is_not_filtered() -> None:
    context = Context(now=NOW, sees_everything=True)
    assert not any("region" in term for term in where({}, context, access_filters=GUARD))


def test_an_access_filter_makes_the_join_it_needs() -> None:
    people = view("people", dimension("team"))
    guard = (AccessFilter("people.team", "team", ORIGIN),)
    known = project(
        [ORDERS, people],
        explore("orders", join("people", "${orders.id} = ${people.team}"), access_filters=guard),
    )
    request = Request(model="m", explore="orders", fields=("orders.count",))
    sql = compile_request(known, request, "duckdb", person(team="a")).sql
    assert "JOIN people" in sql
    assert "people.team = 'a'" in sql


def values(asked: dict[str, str], **options: Any) -> dict[str, tuple[str, bool]]:
    known = project([ORDERS], explore("orders", **options))
    request = Request(model="m", explore="orders", fields=("orders.count",), filters=asked)
    return {use.name: (use.value, use.given) for use in resolve(known, request, person()).inputs}


def test_inputs_hold_what_is_asked_else_what_lookml_says() -> None:
    assert values({}) == {
        "orders.period": ("7 days", False),
        "orders.unit": ("day", False),
        "orders.top": ("", False),
    }
    assert values({"orders.unit": "week", "orders.top": " 3 "}) == {
        "orders.period": ("7 days", False),
        "orders.unit": ("week", True),
        "orders.top": (" 3 ", True),
    }


def test_a_standing_filter_fills_an_input() -> None:
    always = AlwaysFilter(filters(("period", "1 month")))
    assert values({}, always_filter=always)["orders.period"] == ("1 month", True)
    assert values({"orders.period": "2 days"}, always_filter=always)["orders.period"] == ("2 days", True)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("unit", "wek", r"orders.unit cannot be 'wek' \(did you mean week\?\); valid are day, week"),
        ("top", "1; DROP", r"orders.top \(number\) cannot be '1; DROP'; valid is a number"),
    ],
)
def test_a_parameter_has_the_values_it_allows(name: str, value: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        values({f"orders.{name}": value})


def test_what_lookml_itself_offers_unquoted_may_be_any_sql() -> None:
    table = Parameter(
        name="table",
        type=InputType.UNQUOTED,
        label="",
        origin=ORIGIN,
        allowed_values=(AllowedValue("A", "a.b"), AllowedValue("C", "c.d")),
        default_value="a.b",
    )
    shown = view("v", dimension("x"), table, sql_table_name="x.{% parameter table %}")
    for asked, read in (({}, "x.a.b"), ({"v.table": "c.d"}, "x.c.d")):
        request = Request(model="m", explore="v", fields=("v.x",), filters=asked)
        assert f"FROM {read} AS v" in compile_request(project([shown]), request, "duckdb", NOW).sql


def test_a_derived_table_reads_one_of_a_view_the_explore_does_not_join() -> None:
    days = Parameter(name="days", type=InputType.NUMBER, label="", origin=ORIGIN, default_value="7")
    inner = view("inner", dimension("x"), days, sql="SELECT {% parameter days %} AS x")
    outer = view("outer", dimension("x"), sql="SELECT * FROM ${inner.SQL_TABLE_NAME}")
    request = Request(model="m", explore="outer", fields=("outer.x",))
    assert "SELECT 7 AS x" in compile_request(project([inner, outer]), request, "duckdb", NOW).sql


def test_a_filter_with_sql_of_its_own_stands_in_where_while_it_holds_a_value() -> None:
    assert "(orders.x > 1)" in where({})
    emptied = msgspec.structs.replace(ORDERS.filters["period"], default_value="")
    view_of = msgspec.structs.replace(ORDERS, filters={"period": emptied})
    request = Request(model="m", explore="orders", fields=("orders.count",))
    assert "x > 1" not in compile_request(project([view_of]), request, "duckdb", person()).sql
