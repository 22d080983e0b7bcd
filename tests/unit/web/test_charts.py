"""Specs are compared with those in `tests/golden/charts`; `MAINSTEM_WRITE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import vl_convert

from mainstem.errors import QueryError
from mainstem.query.result import Cell, ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import ElementType
from mainstem.web.charts import CHART_TYPES, make_chart
from mainstem.web.charts.axis_format import d3_number_format
from mainstem.web.charts.timeline import MOST_PLACES, Timeline

GOLDEN = Path(__file__).parents[2] / "golden" / "charts"


def dimension(
    name: str, kind: OutputType = OutputType.STRING, *, pivoted: bool = False, timeframe: str | None = None
) -> OutputColumn:
    return OutputColumn(
        name=f"v.{name}",
        label=name,
        field_label=name,
        kind=ColumnKind.DIMENSION,
        type=kind,
        pivoted=pivoted,
        timeframe=timeframe,
    )


def measure(name: str, value_format: str | None = None, kind: OutputType = OutputType.NUMBER) -> OutputColumn:
    return OutputColumn(
        name=f"v.{name}",
        label=name,
        field_label=name,
        kind=ColumnKind.MEASURE,
        type=kind,
        value_format=value_format,
    )


def result(columns: tuple[OutputColumn, ...], *rows: tuple[Cell, ...]) -> QueryResult:
    return QueryResult(columns=columns, rows=list(rows), sql="", seconds=0)


DAY = dimension("Day", OutputType.DATE, timeframe="date")
DAYS = tuple(date(2026, 3, day) for day in (4, 1, 2))
DAILY = result((DAY, measure("Visitors")), *zip(DAYS, (4, 1, None), strict=True))
BY_VERSION = msgspec.structs.replace(
    result(
        (DAY, dimension("Version", pivoted=True), measure("Servers")),
        (DAYS[1], "5", 10),
        (DAYS[1], "4", 20),
        (DAYS[2], "5", 11),
        (DAYS[2], None, 1),
    ),
    headers=(("4",), ("5",), (None,)),
)
BY_PAGE = result(
    (dimension("Page"), measure("Share", "0.0%")), ("/pricing", Decimal("0.75")), ("/", Decimal("0.25"))
)
TWO_MEASURES = result(
    (dimension("Month", timeframe="month"), measure("Revenue", "$#,##0"), measure("Costs", "$#,##0")),
    ("2025-12", Decimal("1200.50"), 800),
    ("2026-02", Decimal("1500"), 700),
)

FLOWS = result(
    (dimension("From"), dimension("To"), measure("Visitors", "#,##0")),
    ("Blog", "Download", 300),
    ("Ads", "Download", 100),
    ("Ads", "Trial", 50),
    ("Download", "Trial", 120),
    ("Download", "Left", 280),
    ("Trial", "Purchase", Decimal("20")),
    ("Trial", "Left", 150),
    ("Podcast", "Trial", None),
)

CASES: dict[str, tuple[Any, ...]] = {
    "line_with_a_gap": (ElementType.LINE, DAILY, {}),
    "line_pivoted": (ElementType.LINE, BY_VERSION, {}),
    "area": (ElementType.AREA, DAILY, {}),
    "area_stacked": (ElementType.AREA, BY_VERSION, {"stacking": "normal"}),
    "column_with_a_gap": (ElementType.COLUMN, DAILY, {}),
    "column_side_by_side": (ElementType.COLUMN, TWO_MEASURES, {}),
    "column_shares": (ElementType.COLUMN, BY_VERSION, {"stacking": "percent"}),
    "bar": (ElementType.BAR, BY_PAGE, {}),
    "sankey": (ElementType.CUSTOM, FLOWS, {}, "sankey"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_spec_is_as_recorded(name: str) -> None:
    spec = make_chart(*CASES[name]).spec
    written = json.dumps(spec, indent=1, ensure_ascii=False) + "\n"
    file = GOLDEN / f"{name}.vl.json"
    if os.environ.get("MAINSTEM_WRITE_GOLDEN"):
        file.write_text(written, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", CASES)
def test_vega_lite_compiles_the_spec(name: str) -> None:
    compiled = vl_convert.vegalite_to_vega(make_chart(*CASES[name]).spec)
    assert compiled["$schema"].endswith("vega/v6.json")


def test_every_recorded_spec_has_a_case() -> None:
    assert {file.name.removesuffix(".vl.json") for file in GOLDEN.iterdir()} == set(CASES)


def places(spec: dict[str, Any]) -> list[tuple[str, float | None]]:
    return [(row["place"], row["value"]) for row in spec["data"]["values"]]


def test_a_line_runs_in_time_and_breaks_where_a_day_has_no_row_or_null() -> None:
    assert places(make_chart(*CASES["line_with_a_gap"]).spec) == [
        ("2026-03-01T00:00:00Z", 1),
        ("2026-03-02T00:00:00Z", None),
        ("2026-03-03T00:00:00Z", None),
        ("2026-03-04T00:00:00Z", 4),
    ]


def test_columns_leave_room_for_days_without_a_row() -> None:
    spec = make_chart(*CASES["column_with_a_gap"]).spec
    assert len(places(spec)) == 3
    assert spec["encoding"]["x"]["scale"]["domain"] == [f"2026-03-0{day}T00:00:00Z" for day in (1, 2, 3, 4)]


def test_a_spec_says_nothing_about_colours_and_fonts() -> None:
    for case in CASES.values():
        assert not {"config", "background"} & set(make_chart(*case).spec)


def test_series_stand_as_the_pivots_of_the_answer() -> None:
    spec = make_chart(*CASES["line_pivoted"]).spec
    assert spec["encoding"]["color"]["scale"]["domain"] == ["4", "5", "NULL"]


def test_a_pivot_of_one_value_is_still_named() -> None:
    columns = (DAY, dimension("Version", pivoted=True), measure("Servers"))
    chart = make_chart(ElementType.LINE, result(columns, (DAYS[1], "12", 3)), {})
    assert chart.spec["encoding"]["color"]["scale"]["domain"] == ["12"]
    assert "12: 3 at 2026-03-01." in chart.description


def test_nulls_left_out_of_a_chart_are_counted() -> None:
    assert make_chart(*CASES["line_with_a_gap"]).missing == 1


def test_a_chart_is_described_in_words() -> None:
    assert make_chart(*CASES["line_with_a_gap"]).description == (
        "Line chart of Visitors by Day. 2 points from 2026-03-01 to 2026-03-04; "
        "lowest 1 at 2026-03-01, highest 4 at 2026-03-04, last 4."
    )
    assert make_chart(*CASES["column_side_by_side"]).description.startswith(
        "Column chart of Revenue, Costs by Month, 2 series. Revenue: 2 points from 2025-12 to 2026-02; "
        "lowest $1,201 at 2025-12,"
    )


def test_many_series_are_named_and_not_each_described() -> None:
    columns = (dimension("Page"), dimension("Version", pivoted=True), measure("n"))
    many = result(columns, *(("/", str(number), number) for number in range(9)))
    assert make_chart(ElementType.BAR, many, {}).description == (
        "Bar chart of n by Page, 9 series: 0, 1, 2, 3, 4, 5 and 3 more."
    )


def test_dimensions_beyond_the_first_become_part_of_the_label() -> None:
    answer = result((dimension("Page"), dimension("Source"), measure("n")), ("/", "mail", 1), ("/", None, 2))
    assert [row["place"] for row in make_chart(ElementType.BAR, answer, {}).spec["data"]["values"]] == [
        "/ · mail",
        "/ · NULL",
    ]


@pytest.mark.parametrize("kind", CHART_TYPES)
def test_a_chart_needs_an_axis_and_a_number(kind: ElementType) -> None:
    with pytest.raises(QueryError, match="dimension"):
        make_chart(kind, result((measure("n"),), (1,)), {})
    with pytest.raises(QueryError, match="measure"):
        make_chart(kind, result((dimension("a"), measure("last", kind=OutputType.DATE)), ("x", DAYS[0])), {})


@pytest.mark.parametrize(
    ("timeframe", "first", "last", "between"),
    [
        ("month", "2025-12", "2026-02", ["2025-12-01", "2026-01-01", "2026-02-01"]),
        ("quarter", "2025-Q4", "2026-Q2", ["2025-10-01", "2026-01-01", "2026-04-01"]),
        ("year", 2024, 2026, ["2024-01-01", "2025-01-01", "2026-01-01"]),
        ("week", date(2026, 3, 2), date(2026, 3, 16), ["2026-03-02", "2026-03-09", "2026-03-16"]),
    ],
)
def test_a_timeline_knows_the_places_between(
    timeframe: str, first: Cell, last: Cell, between: list[str]
) -> None:
    timeline = Timeline(timeframe)
    found = timeline.between((timeline.place(last), timeline.place(first)))
    assert [place.removesuffix("T00:00:00Z") for place in found] == between


def test_a_timeline_of_instants_has_nothing_between() -> None:
    timeline = Timeline("time")
    moments = (
        timeline.place(datetime(2026, 1, 1, tzinfo=UTC)),
        timeline.place(datetime(2026, 1, 2, tzinfo=UTC)),
    )
    assert timeline.between(moments) == moments


def test_a_very_long_timeline_is_not_filled() -> None:
    ends = ("1900-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
    assert Timeline("date").between(ends) == ends
    assert len(Timeline("year").between(ends)) == 127 < MOST_PLACES


@pytest.mark.parametrize(
    ("value_format", "axis"),
    [
        ("0%", {"format": ".0%"}),
        ("0.00%", {"format": ".2~%"}),
        (
            "$#,##0",
            {
                "format": "~s",
                "labelExpr": "(datum.value < 0 ? '\u2212' : '') + '$' + (datum.value < 0"
                " ? slice(datum.label, 1) : datum.value === 0 ? '0' : datum.label) + ''",
            },
        ),
        (
            '0" it\'s"',
            {"format": "~s", "labelExpr": "(datum.value === 0 ? '0' : datum.label) + ' it\\'s'"},
        ),
        ('0.0,,"M"', {"format": "~s", "labelExpr": "(datum.value === 0 ? '0' : datum.label) + ''"}),
    ],
)
def test_an_axis_keeps_currency_and_percent(value_format: str, axis: dict[str, Any]) -> None:
    assert d3_number_format(value_format) == axis
