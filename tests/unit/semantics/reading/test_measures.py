from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from mainstem.semantics.model import AllowedValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading


def test_every_measure_is_read_with_what_it_needs(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: v {
          dimension: a {}
          measure: rows { type: count }
          measure: sums { type: sum sql: ${a} ;; filters: [a: "x", v.a: "y"] }
          measure: keyed { type: sum_distinct sql: ${a} ;; sql_distinct_key: ${TABLE}.k ;; }
          measure: p { type: percentile percentile: 99.5 sql: ${a} ;; }
          measure: names { type: list list_field: a }
          measure: ratio { type: number sql: ${sums} / ${rows} ;; value_format_name: percent_1 }
          measure: share { type: percent_of_total sql: ${sums} ;; direction: "column" }
          measure: about { type: count_distinct approximate: yes precision: 12 sql: ${a} ;; }
          measure: latest { type: date sql: MAX(${a}) ;; }
          measure: old {
            type: sum sql: ${a} ;;
            filters: { field: a value: "1" }
            filters: { field: b value: "2" }
          }
          dimension: b {}
        }
        """
    )
    assert reading.errors == ()
    found = reading.project.models["shop"].views["v"].measures
    assert {name: str(measure.type) for name, measure in found.items()} == {
        "rows": "count",
        "sums": "sum",
        "keyed": "sum_distinct",
        "p": "percentile",
        "names": "list",
        "ratio": "number",
        "share": "percent_of_total",
        "about": "count_distinct",
        "latest": "date",
        "old": "sum",
    }
    assert (found["rows"].sql, found["keyed"].sql_distinct_key) == (None, "${TABLE}.k")
    assert (found["p"].percentile, found["names"].list_field) == (Decimal("99.5"), "a")
    assert (found["share"].direction, found["about"].approximate, found["about"].precision) == (
        "column",
        True,
        12,
    )
    assert [(one.field, one.expression) for one in found["sums"].filters] == [("a", "x"), ("v.a", "y")]
    assert [(one.field, one.expression) for one in found["old"].filters] == [("a", "1"), ("b", "2")]


def test_fields_to_filter_by_are_read(read: Callable[..., Reading]) -> None:
    reading = read(
        """
        view: v {
          filter: when { type: date default_value: "7 days" sql: {% condition when %} x {% endcondition %};; }
          filter: any {}
          parameter: by {
            type: unquoted
            default_value: "day"
            allowed_value: { label: "By day" value: "day" }
            allowed_value: { value: "week" }
          }
          parameter: at { type: date_time }
        }
        """
    )
    assert reading.errors == ()
    view = reading.project.models["shop"].views["v"]
    assert (view.filters["when"].default_value, view.filters["when"].datatype) == ("7 days", "datetime")
    assert (view.filters["any"].type, view.filters["any"].sql) == ("string", None)
    assert view.parameters["by"].allowed_values == (
        AllowedValue("By day", "day"),
        AllowedValue("week", "week"),
    )
    assert view.parameters["at"].type == "date_time"
    assert [field.name for field in view.inputs] == ["when", "any", "by", "at"]
