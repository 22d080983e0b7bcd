"""Rows for what did not happen: every day, tier and month that could be there is, with no number."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from mainstem.errors import QueryError
from mainstem.query import OutputColumn, OutputType, QueryResult, Request, compile_request
from mainstem.query.filling import filled
from mainstem.query.result import Cell, ColumnKind, Fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Project

NOW = datetime(2024, 5, 17, 12)  # noqa: DTZ001 -- naive UTC by contract
MODEL = """
fiscal_month_offset: 3
week_start_day: sunday
view: a {
  dimension_group: at { type: time timeframes: [
    date, week, month, quarter, fiscal_quarter, fiscal_year, year, month_name, hour6, raw
  ] }
  dimension: size { type: tier tiers: [1, 10] style: integer }
  dimension: name {}
  dimension: ok { type: yesno }
  measure: n { type: count }
}
explore: a {}
"""


@pytest.fixture
def model(project: Callable[[str], Project]) -> Project:
    return project(MODEL)


def answer(model: Project, name: str, *values: Cell, sort: str | None = None, **more: object) -> list[Cell]:
    """The values of the dimension after filling, those of the answer given."""
    request = Request(
        model="m", explore="a", fields=(name, "a.n"), fill_fields=(name,), sorts=(sort or name,), **more,  # type: ignore[arg-type] # as a test writes them
    )  # fmt: skip
    compiled = compile_request(model, request, "duckdb", NOW)
    result = QueryResult(columns=compiled.columns, rows=[(value, 1) for value in values], sql="", seconds=0)
    rows = filled(result, compiled.fills).rows
    assert all(row[1] == (1 if row[0] in values else None) for row in rows)
    return [row[0] for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("at_date", [day("2024-02-28"), day("2024-03-01")],
         [day("2024-02-28"), day("2024-02-29"), day("2024-03-01")]),
        ("at_week", [day("2024-05-05"), day("2024-05-19")],
         [day("2024-05-05"), day("2024-05-12"), day("2024-05-19")]),
        ("at_month", ["2023-12", "2024-02"], ["2023-12", "2024-01", "2024-02"]),
        ("at_quarter", ["2023-Q4", "2024-Q2"], ["2023-Q4", "2024-Q1", "2024-Q2"]),
        ("at_fiscal_quarter", ["FY2023-Q4", "FY2024-Q2"], ["FY2023-Q4", "FY2024-Q1", "FY2024-Q2"]),
        ("at_fiscal_year", ["FY2022", "FY2024"], ["FY2022", "FY2023", "FY2024"]),
        ("at_year", [2022, 2024], [2022, 2023, 2024]),
        ("at_hour6", [datetime(2024, 1, 1), datetime(2024, 1, 1, 12)],  # noqa: DTZ001 -- naive by contract
         [datetime(2024, 1, 1), datetime(2024, 1, 1, 6), datetime(2024, 1, 1, 12)]),  # noqa: DTZ001 -- naive by contract
        ("size", ["1 to 9"], ["Below 1", "1 to 9", "10 or Above"]),
        ("ok", [True], [False, True]),
    ],
)  # fmt: skip
def test_every_value_that_could_be_there_is(
    model: Project, name: str, given: list[Cell], expected: list[Cell]
) -> None:
    assert answer(model, f"a.{name}", *given) == expected
    assert answer(model, f"a.{name}", *reversed(given), sort=f"a.{name} desc") == expected[::-1]


def test_months_have_twelve_names(model: Project) -> None:
    assert len(answer(model, "a.at_month_name", "May")) == 12


def test_a_filter_says_how_far_dates_go(model: Project) -> None:
    assert answer(model, "a.at_date", day("2024-05-16"), filters={"a.at_date": "3 days"}) == [
        day("2024-05-15"), day("2024-05-16"), day("2024-05-17"),
    ]  # fmt: skip


def test_rows_sorted_by_something_else_keep_their_order(model: Project) -> None:
    rows = answer(model, "a.at_month", "2024-03", "2024-01", sort="a.n desc")
    assert rows == ["2024-03", "2024-01", "2024-02"]


def test_a_missing_value_of_a_pivot_becomes_a_column(model: Project) -> None:
    columns = (
        OutputColumn(name="r", label="", field_label="", kind=ColumnKind.DIMENSION, type=OutputType.STRING),
        OutputColumn(
            name="p", label="", field_label="", kind=ColumnKind.DIMENSION, type=OutputType.YESNO, pivoted=True
        ),
        OutputColumn(name="n", label="", field_label="", kind=ColumnKind.MEASURE, type=OutputType.NUMBER),
    )
    result = QueryResult(columns=columns, rows=[("x", True, 1), ("y", True, 2)], sql="", seconds=0)
    fill = Fill(name="p", descending=False, values=(False, True))
    assert filled(result, (fill,)).rows == [("x", False, None), ("x", True, 1), ("y", True, 2)]


def test_an_answer_headed_by_two_dimensions_stays_as_it_came(model: Project) -> None:
    request = Request(
        model="m", explore="a", fields=("a.at_month", "a.name", "a.n"), fill_fields=("a.at_month",)
    )
    compiled = compile_request(model, request, "duckdb", NOW)
    result = QueryResult(
        columns=compiled.columns, rows=[("2024-01", "x", 1), ("2024-03", "x", 1)], sql="", seconds=0
    )
    assert filled(result, compiled.fills) is result


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("a.name", "nobody knows which values"),
        ("a.at_raw", "nobody knows"),
        ("a.ok", "not among the selected"),
    ],
)
def test_what_cannot_be_filled_is_said(model: Project, field: str, message: str) -> None:
    fields = ("a.at_month", "a.n") if field == "a.ok" else (field, "a.n")
    request = Request(model="m", explore="a", fields=fields, fill_fields=(field,))
    with pytest.raises(QueryError, match=message):
        compile_request(model, request, "duckdb", NOW)
