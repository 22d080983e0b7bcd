"""Filter expressions that refer to who asks, or to another filter."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.query.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17)  # noqa: DTZ001 -- naive UTC by contract
MODEL = """
view: orders {
  dimension: region {}
  dimension: size { type: number }
  dimension_group: made { type: time timeframes: [date] sql: ${TABLE}.made ;; }
  dimension_group: paid { type: time timeframes: [date] sql: ${TABLE}.paid ;; }
  filter: area {
    default_value: "{{ _user_attributes['region'] }}"
    sql: {% condition area %} ${region} {% endcondition %} ;;
  }
  measure: count { type: count }
}
explore: orders {}
explore: guarded {
  view_name: orders
  always_filter: { filters: [orders.region: "{{ _user_attributes['region'] }}"] }
}
"""
REGION = "{{ _user_attributes['region'] }}"


@pytest.fixture
def where(project: Callable[[str], Project]) -> Callable[..., list[str]]:
    known = project(MODEL)

    def compiled(
        filters: dict[str, str],
        attributes: dict[str, str],
        explore: str = "orders",
        *,
        everything: bool = False,
    ) -> list[str]:
        filters = {"orders.area": "%"} | filters
        request = Request(model="m", explore=explore, fields=("orders.count",), filters=filters)
        context = Context(now=NOW, user_attributes=attributes, sees_everything=everything)
        sql = compile_request(known, request, "duckdb", context).sql
        return re.findall(r"^(?:WHERE|  AND) (.*)$", sql, re.MULTILINE)

    return compiled


def test_an_attribute_alone_is_read_as_in_an_access_filter(where: Callable[..., list[str]]) -> None:
    assert "orders.region IN ('north', 'south')" in where(
        {"orders.region": REGION}, {"region": "north,south"}
    )


def test_an_attribute_within_text_is_nothing_but_its_text(where: Callable[..., list[str]]) -> None:
    terms = where({"orders.region": f"{REGION}x"}, {"region": "50%,a"})
    assert "orders.region = '50%,ax'" in terms


def test_filters_that_always_apply_and_those_of_liquid_are_settled_too(
    where: Callable[..., list[str]],
) -> None:
    assert "orders.region = 'north'" in where({}, {"region": "north"}, "guarded")
    assert any("orders.region" in t and "north" in t for t in where({"orders.area": ""}, {"region": "north"}))


def test_who_lacks_an_attribute_is_refused_rather_than_shown_more(where: Callable[..., list[str]]) -> None:
    with pytest.raises(QueryError, match=r"orders\.region: .*no user attribute 'region'"):
        where({"orders.region": REGION}, {})
    with pytest.raises(QueryError, match="blank"):
        where({"orders.region": REGION}, {"region": " "})


def test_to_who_sees_everything_a_filter_by_an_attribute_they_lack_is_none(
    where: Callable[..., list[str]],
) -> None:
    assert not any("region =" in t for t in where({"orders.region": REGION}, {}, everything=True))
    assert "orders.region = 'north'" in where({"orders.region": REGION}, {"region": "north"}, everything=True)


def test_a_filter_can_begin_where_another_does(where: Callable[..., list[str]]) -> None:
    filters = {"orders.made_date": "2024-02", "orders.paid_date": "after {% date_start orders.made_date %}"}
    assert any("paid" in term and "2024-02-01" in term for term in where(filters, {}))
