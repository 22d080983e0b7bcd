from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

MODEL = """\
include: "*.dashboard.lookml"
view: sales {
  dimension_group: day { type: time timeframes: [date] datatype: date sql: ${TABLE}.day ;; }
  dimension: region {}
  measure: count { type: count }
}
view: tickets {
  dimension: region {}
  measure: open { type: count }
}
explore: sales {}
explore: tickets {}
"""
BOARD = """\
- dashboard: d
  filters:
  - {name: Where, type: string_filter}
  - {name: When, type: date_filter}
  elements:
  - name: both
    type: looker_column
    merged_queries:
    - {model: shop, explore: sales, type: table, fields: [sales.region, sales.count], limit: 9}
    - model: shop
      explore: tickets
      fields: [tickets.region, tickets.open]
      filters: {tickets.open: ">1"}
      join_fields:
      - {source_field_name: tickets.region, field_name: sales.region}
    listen:
    - {Where: sales.region, When: sales.day_date}
    - {Where: tickets.region}
    sorts: [tickets.open desc]
    hidden_fields: [sales.count]
    dynamic_fields:
    - {table_calculation: rate, expression: "${tickets.open} / ${sales.count}"}
"""


def test_the_first_query_is_the_tile_and_the_others_are_joined_to_it(read: Callable[..., Reading]) -> None:
    reading = read(MODEL, d__dashboard__lookml=BOARD)
    assert (reading.errors, reading.warnings) == ((), ())
    (both,) = reading.project.dashboards["d"].elements
    assert both.asks
    assert (both.explore, both.fields, both.limit) == ("sales", ("sales.region", "sales.count"), 9)
    assert (both.hidden_fields, both.visualization) == (("sales.count",), "looker_column")
    assert both.listen == {"Where": "sales.region", "When": "sales.day_date"}
    (tickets,) = both.merged
    assert tickets.joins == (("tickets.region", "sales.region"),)
    assert tickets.element.listen == {"Where": "tickets.region"}
    assert tickets.element.filters == {"tickets.open": ">1"}
    assert both.hears == {"Where", "When"}
    assert [one.name for one in both.merged_fields] == ["rate"]
    assert both.merged_sorts == ("tickets.open desc",)


@pytest.mark.parametrize(
    ("instead", "line", "said"),
    [
        (
            ("source_field_name: tickets.region", "source_field_name: tickets.regon"),
            15,
            "did you mean tickets.region",
        ),
        (("field_name: sales.region", "field_name: sales.place"), 15, "field_name sales.place is none of"),
        (("tickets.open desc", "tickets.opened"), 19, "sorts has tickets.opened, which is no merged column"),
        (("fields: [tickets.region", "fields: [tickets.place, tickets.region"), 12, "tickets.place"),
        (("explore: tickets\n", "explore: ticket\n"), 10, "unknown explore ticket"),
        (("table_calculation: rate", "dimension: rate"), 21, "rate is no table calculation"),
        (("{Where: tickets.region}", "{Wher: tickets.region}"), 16, "unknown filter 'Wher'"),
        (("/ ${sales.count}", "/"), 21, "rate"),
    ],
)
def test_what_cannot_be_merged_is_told_where_it_is_written(
    read: Callable[..., Reading], instead: tuple[str, str], line: int, said: str
) -> None:
    reading = read(MODEL, d__dashboard__lookml=BOARD.replace(*instead))
    assert any(said in one.message for one in reading.errors), reading.errors
    found = next(one for one in reading.errors if said in one.message)
    assert found.where.line == line, found


def test_a_query_without_join_fields_is_an_error(read: Callable[..., Reading]) -> None:
    text = BOARD.replace(
        "      join_fields:\n      - {source_field_name: tickets.region, field_name: sales.region}\n", ""
    )
    reading = read(MODEL, d__dashboard__lookml=text)
    assert "both, query 2 names no join_fields" in reading.errors[0].message
