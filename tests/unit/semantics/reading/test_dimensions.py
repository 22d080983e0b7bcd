"""Every kind of dimension and dimension group, and Looker's defaults."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

import pytest

from mainstem.semantics import Timeframe
from mainstem.semantics.model import Interval, Link, TierStyle, View, When

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading

ViewOf: TypeAlias = "Callable[[str], View]"


@pytest.fixture
def view(read: Callable[..., Reading]) -> ViewOf:
    def of(fields: str) -> View:
        reading = read(f"view: v {{\n{fields}\n}}")
        assert reading.errors == ()
        return reading.project.models["shop"].views["v"]

    return of


def test_a_dimension_that_says_nothing_reads_its_column(view: ViewOf) -> None:
    found = view("dimension: user_name {}")
    dimension = found.dimensions["user_name"]
    assert (dimension.type, dimension.sql, dimension.label) == ("string", "${TABLE}.user_name", "User Name")
    assert (found.sql_table_name, found.label, dimension.hidden) == ("v", "V", False)


def test_how_a_field_is_shown_is_kept(view: ViewOf) -> None:
    dimension = view(
        """
        dimension: a {
          label: "" group_label: "G" group_item_label: "I" view_label: "W" description: "D" hidden: yes
          tags: ["t", "u"] drill_fields: [a, b*] html: <i>{{ value }}</i> ;; value_format: "0.0"
          link: { label: "L" url: "/{{ value }}" icon_url: "/i" }
          link: { url: "/m" }
          suggestions: ["x"] suggestable: no can_filter: no required_fields: [a] order_by_field: a
          required_access_grants: [] suggest_explore: v suggest_dimension: v.a
        }
        """
    ).dimensions["a"]
    assert (dimension.label, dimension.group_label, dimension.group_item_label) == ("", "G", "I")
    assert (dimension.view_label, dimension.description, dimension.hidden) == ("W", "D", True)
    assert (dimension.tags, dimension.drill_fields, dimension.suggestions) == (
        ("t", "u"),
        ("a", "b*"),
        ("x",),
    )
    assert (dimension.html, dimension.value_format) == ("<i>{{ value }}</i>", "0.0")
    assert dimension.links == (Link("L", "/{{ value }}", "/i"), Link("/m", "/m"))
    assert (dimension.suggestable, dimension.can_filter, dimension.required_fields) == (False, False, ("a",))
    assert (dimension.order_by_field, dimension.suggest_dimension) == ("a", "v.a")


def test_fields_may_be_hidden_unless_they_say_otherwise(view: ViewOf) -> None:
    found = view(
        "fields_hidden_by_default: yes dimension: a {} dimension: b { hidden: no } measure: n { type: count }"
    )
    assert [found.dimensions["a"].hidden, found.dimensions["b"].hidden, found.measures["n"].hidden] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("written", "kind", "timeframe"),
    [
        ("number", "number", None),
        ("yesno", "yesno", None),
        ("zipcode", "zipcode", None),
        ("date", "date", None),
        ("date_time", "date_time", "time"),
        ("date_date", "date", "date"),
        ("date_raw", "date_time", "raw"),
        ("date_month", "string", "month"),
        ("date_month_name", "string", "month_name"),
        ("date_hour_of_day", "number", "hour_of_day"),
        ("date_fiscal_quarter", "string", "fiscal_quarter"),
        ("date_minute15", "date_time", "minute15"),
        ("date_year", "number", "year"),
        ("int", "number", None),
        ("Yesno", "yesno", None),
        ("datetime", "date_time", "time"),
        ("time", "date_time", "time"),
    ],
)
def test_every_word_for_a_type_is_read(view: ViewOf, written: str, kind: str, timeframe: str | None) -> None:
    dimension = view(f"dimension: a {{ type: {written} }}").dimensions["a"]
    assert (dimension.type, dimension.timeframe) == (kind, timeframe)
    assert (dimension.datatype is not None) == (timeframe is not None or kind == "date")


def test_tiers_rise_and_cases_keep_their_order(view: ViewOf) -> None:
    found = view(
        """
        dimension: t { type: tier tiers: [10, 0, 0.5, 10] style: relational sql: ${TABLE}.x ;; }
        dimension: b { type: bin bins: [1, 2] }
        dimension: c {
          case: { when: { label: "B" sql: 1=1 ;; } when: { sql: x ;; label: "A" } else: "C" }
          alpha_sort: yes
        }
        """
    )
    tier, bins, case = (found.dimensions[name] for name in "tbc")
    assert (tier.tiers, tier.style) == ((Decimal(0), Decimal("0.5"), Decimal(10)), TierStyle.RELATIONAL)
    assert (bins.tiers, bins.style, bins.sql) == ((Decimal(1), Decimal(2)), TierStyle.CLASSIC, "${TABLE}.b")
    assert (case.case, case.case_else) == ((When("1=1", "B"), When("x", "A")), "C")
    assert (case.sql, case.alpha_sort) == ("", True)


def test_places_distances_and_durations_say_all_without_sql(view: ViewOf) -> None:
    found = view(
        """
        dimension: p { type: location sql_latitude: a ;; sql_longitude: b ;; }
        dimension: d { type: distance start_location_field: p end_location_field: p units: kilometers }
        dimension: w { type: duration_week sql_start: a ;; sql_end: b ;; }
        """
    )
    place, distance, weeks = (found.dimensions[name] for name in "pdw")
    assert (place.sql, place.sql_latitude, place.sql_longitude) == ("", "a", "b")
    assert (distance.start_location_field, distance.units) == ("p", "kilometers")
    assert (weeks.type, weeks.interval, weeks.sql_start, weeks.sql_end) == ("duration", "week", "a", "b")


def test_a_group_of_times_has_a_dimension_for_each_timeframe(view: ViewOf) -> None:
    found = view(
        """
        dimension_group: made {
          type: time timeframes: [raw, day_of_week, quarter] sql: ${TABLE}.m ;; datatype: epoch convert_tz: no
          drill_fields: [made_raw]
        }
        """
    )
    assert {name: (d.type, d.label, d.timeframe) for name, d in found.dimensions.items()} == {
        "made_raw": ("date_time", "Made Raw", "raw"),
        "made_day_of_week": ("string", "Made Day of Week", "day_of_week"),
        "made_quarter": ("string", "Made Quarter", "quarter"),
    }
    for dimension in found.dimensions.values():
        assert (dimension.sql, dimension.datatype, dimension.convert_tz) == ("${TABLE}.m", "epoch", False)
        assert (dimension.group_label, dimension.dimension_group) == ("Made Date", "made")
        assert dimension.drill_fields == ("made_raw",)


def test_a_group_without_timeframes_has_all_its_column_can_have(view: ViewOf) -> None:
    times = view("dimension_group: at { type: time }").dimensions
    days = view("dimension_group: on { type: time datatype: date }").dimensions
    assert set(times) == {f"at_{one}" for one in Timeframe if one is not Timeframe.YESNO}
    assert "on_date" in days
    assert "on_fiscal_quarter_of_year" in days
    assert not {"on_time", "on_hour", "on_minute5", "on_time_of_day", "on_millisecond"} & set(days)


def test_a_group_of_durations_has_a_dimension_for_each_interval(view: ViewOf) -> None:
    found = view(
        """
        dimension_group: open { type: duration intervals: [day, hour] sql_start: a ;; sql_end: b ;; }
        dimension_group: all { type: duration sql_start: a ;; sql_end: b ;; }
        """
    )
    assert list(found.dimensions)[:2] == ["days_open", "hours_open"]
    days = found.dimensions["days_open"]
    assert (days.interval, days.sql_start, days.sql_end) == (Interval.DAY, "a", "b")
    assert (days.label, days.group_label) == ("Days Open", "Duration Open")
    assert {f"{one}s_all" for one in Interval} <= set(found.dimensions)


def test_a_dimension_written_out_wins_over_a_timeframe_of_its_name(view: ViewOf) -> None:
    group = "dimension_group: at { type: time timeframes: [date, week] }"
    alone = "dimension: at_date { type: string sql: 1 ;; }"
    for fields in (f"{group} {alone}", f"{alone} {group}"):
        found = view(fields)
        assert (found.dimensions["at_date"].sql, set(found.dimensions)) == ("1", {"at_date", "at_week"})


LEFT_OUT = {
    "dimension: a { type: tier }": "dimension a has no tiers: `tiers: [0, 10, 20]`",
    "dimension: a { type: tier tiers: [x] }": "tiers holds 'x'; valid are numbers: `tiers: [0, 10, 20]`",
    "dimension: a { type: location sql_latitude: 1 ;; }": (
        "dimension a is a location, which needs sql_longitude"
    ),
    "dimension: a { type: distance start_location_field: b }": (
        "dimension a is a distance, which needs end_location_field"
    ),
    "dimension: a { sql: ${b c} ;; }": "${b c} is no reference; write ${field} or ${view.field}",
    "dimension: a { case: {} }": "the case of a has no when",
    "dimension: a { type: wat }": (
        "unknown type 'wat'; valid are string, number, yesno, date, date_time, tier, bin, location, "
        "distance, zipcode"
    ),
    "dimension_group: a { type: duration sql_start: 1 ;; }": (
        "dimension_group a is a duration, which needs sql_end"
    ),
    "measure: a { type: percentile sql: 1 ;; }": (
        "measure a needs a percentile from 0 to 100: `percentile: 75`"
    ),
    "measure: a { type: list }": "measure a is a list, which needs list_field",
    "measure: a { type: number }": "measure a of type number needs sql",
    "measure: a { type: period_over_period based_on: b }": (
        "measure a of type period_over_period compares with an earlier period, which cannot be asked yet"
    ),
    "parameter: a { type: strin }": (
        "unknown type 'strin' (did you mean string?); valid are string, number, yesno, date, date_time, "
        "unquoted"
    ),
}


@pytest.mark.parametrize("field", LEFT_OUT)
def test_a_field_that_cannot_be_kept_takes_no_other_with_it(read: Callable[..., Reading], field: str) -> None:
    reading = read(f"view: v {{\n{field}\ndimension: z {{}}\n}}")
    assert [error.message for error in reading.errors] == [LEFT_OUT[field]]
    view = reading.project.models["shop"].views["v"]
    assert list(view.dimensions) == ["z"]
    assert view.omitted == {"a": f"{LEFT_OUT[field]} (shop.model.lkml:2)"}
