"""Filters as predicates: what each lets through on DuckDB, rows without a value among them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from mainstem.errors import QueryError
from mainstem.query import Request, compile_request
from mainstem.query.clock import Clock, zone
from mainstem.query.context import Context
from mainstem.query.request import CustomDimension, CustomMeasure
from mainstem.semantics.model import Datatype, Timeframe
from mainstem.testing.models import dimension, explore, measure, project, timeframes, view

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2024, 3, 10, 12)  # noqa: DTZ001 -- naive UTC by contract
TABLE = view(
    "t",
    dimension("id", "number", primary_key=True),
    dimension("name"),
    dimension("n", "number"),
    dimension("flag", "yesno"),
    dimension("place", "location", "", sql_latitude="${TABLE}.n", sql_longitude="${TABLE}.n"),
    *timeframes("at", "${TABLE}.at", Timeframe.TIME, Timeframe.MONTH_NAME),
    *timeframes("day", "${TABLE}.day", Timeframe.DATE, datatype=Datatype.DATE),
    *timeframes("ymd", "${TABLE}.ymd", Timeframe.DATE, datatype=Datatype.YYYYMMDD),
    measure("count"),
    measure("sum", "sum", "${n}"),
    measure("average", "number", "1.0 * ${sum} / ${count}"),
    measure("all_flagged", "yesno", "BOOL_AND(${flag})"),
    measure("first", "string", "MIN(${name})"),
)


@pytest.fixture(scope="module")
def rows() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as memory:
        memory.execute(
            """CREATE TABLE t AS SELECT * FROM (VALUES
              (1, 'a', 1, TRUE, TIMESTAMP '2024-03-09 23:30:00', DATE '2024-03-10', 20240310),
              (2, 'A', 2, FALSE, TIMESTAMP '2024-03-10 04:30:00', DATE '2024-03-09', 20240309),
              (3, '', 3, TRUE, TIMESTAMP '2024-03-10 05:30:00', DATE '2024-02-29', 20240229),
              (4, 'b%', NULL, NULL, NULL, NULL, NULL),
              (5, NULL, 5, TRUE, TIMESTAMP '2024-01-01 00:00:00', DATE '2024-01-01', 20240101)
            ) AS v(id, name, n, flag, "at", day, ymd)"""
        )
        yield memory


def ids(rows: duckdb.DuckDBPyConnection, filters: dict[str, str], **options: Any) -> list[int]:
    """Of the rows that pass."""
    request = Request(
        model="m",
        explore="t",
        fields=("t.id",),
        filters=filters,
        filter_expression=options.pop("expression", None),
        sorts=("t.id",),
    )
    context = Context(now=NOW, query_timezone=options.pop("zone", None))
    known = project([TABLE], explore("t", **options))
    return [row[0] for row in rows.execute(compile_request(known, request, "duckdb", context).sql).fetchall()]


@pytest.mark.parametrize(
    ("field", "expression", "expected"),
    [
        ("name", "a", [1]),
        ("name", "-a", [2, 3, 4, 5]),
        ("name", "a,A", [1, 2]),
        ("name", "-a,-A", [3, 4, 5]),
        ("name", "%^%", [4]),
        ("name", "-%^%", [1, 2, 3, 5]),
        ("name", "EMPTY", [3, 5]),
        ("name", "-EMPTY", [1, 2, 4]),
        ("name", "NULL", [5]),
        ("name", "-NULL", [1, 2, 3, 4]),
        ("name", "", [1, 2, 3, 4, 5]),
        ("n", ">2", [3, 5]),
        ("n", "NOT 2", [1, 3, 4, 5]),
        ("n", "[2,5)", [2, 3]),
        ("n", "NOT NULL", [1, 2, 3, 5]),
        ("flag", "yes", [1, 3, 5]),
        ("flag", "no", [2, 4]),
        ("place", "NULL", [4]),
        ("place", "NOT NULL", [1, 2, 3, 5]),
        ("place", "2,2", [2]),
        ("place", "120 miles from 2,2", [1, 2, 3]),
        ("place", "inside box from 4,0 to 1,4", [1, 2, 3]),
        ("at_month_name", "January", [5]),
        ("day_date", "2024-03-09 to 2024-03-10", [2]),
        ("ymd_date", "before 2024-03-09 12:00", [2, 3, 5]),
        ("ymd_date", "after 2024-03-09 12:00", [1]),
        ("at_time", "NULL", [4]),
    ],
)
def test_a_filter_lets_through_what_it_says(
    rows: duckdb.DuckDBPyConnection, field: str, expression: str, expected: list[int]
) -> None:
    assert ids(rows, {f"t.{field}": expression}) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a", [1, 2]), ("-a", [3, 4, 5]), ("A,B^%", [1, 2, 4]), ("B%", [4]), ("-B%", [1, 2, 3, 5])],
)
def test_capitals_matter_only_where_the_explore_says_so(
    rows: duckdb.DuckDBPyConnection, expression: str, expected: list[int]
) -> None:
    assert ids(rows, {"t.name": expression}, case_sensitive=False) == expected


@pytest.mark.parametrize(
    ("zone", "expected"), [(None, [2, 3]), ("America/New_York", [3]), ("Asia/Kolkata", [1, 2, 3])]
)
def test_a_day_is_the_askers_day(
    rows: duckdb.DuckDBPyConnection, zone: str | None, expected: list[int]
) -> None:
    assert ids(rows, {"t.at_time": "2024-03-10"}, zone=zone) == expected


def test_a_column_is_compared_as_it_stands() -> None:
    request = Request(model="m", explore="t", fields=("t.count",), filters={"t.at_time": "2024-03-10"})
    context = Context(now=NOW, query_timezone="America/New_York")
    sql = compile_request(project([TABLE]), request, "duckdb", context).sql
    assert "WHERE (t.at >= TIMESTAMP '2024-03-10 05:00:00' AND t.at < TIMESTAMP '2024-03-11 04:00:00')" in sql


@pytest.mark.parametrize(
    ("field", "expression", "expected"),
    [
        ("sum", ">4", [5]),
        ("average", "1 to 3", [1, 2, 3]),
        ("all_flagged", "yes", [1, 3, 5]),
        ("all_flagged", "no", [2, 4]),
        ("first", "a,EMPTY", [1, 3, 5]),
    ],
)
def test_a_measure_filters_groups_by_its_own_grammar(
    rows: duckdb.DuckDBPyConnection, field: str, expression: str, expected: list[int]
) -> None:
    assert ids(rows, {f"t.{field}": expression}) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${t.n} > 1 AND ${t.name} != null", [2, 3]),
        ("${t.sum} > 2 OR ${t.id} = 1", [1, 3, 5]),
        ("${t.id} < 4 AND ${t.sum} > 1", [2, 3]),
        ("matches_filter(${t.at_time}, `2024-03-10`)", [2, 3]),
        ("NOT ${t.flag}", [2, 4]),
    ],
)
def test_a_filter_expression_asks_rows_or_groups(
    rows: duckdb.DuckDBPyConnection, expression: str, expected: list[int]
) -> None:
    assert ids(rows, {}, expression=expression) == expected


def test_rows_and_groups_are_not_asked_in_one_condition(rows: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryError, match=r"asks t\.name and a measure in one condition"):
        ids(rows, {}, expression='${t.sum} > 2 OR ${t.name} = "a"')


def one(rows: duckdb.DuckDBPyConnection, *own: CustomDimension | CustomMeasure, **more: Any) -> Any:
    """The value of the last custom field over all rows."""
    request = Request(model="m", explore="t", fields=(own[-1].name,), dynamic_fields=own, **more)
    compiled = compile_request(project([TABLE]), request, "duckdb", Context(now=NOW))
    return rows.execute(compiled.sql).fetchall()[0][0]


def test_a_custom_measure_aggregates_a_dimension(rows: duckdb.DuckDBPyConnection) -> None:
    assert one(rows, CustomMeasure(name="own", based_on="t.n", type="sum")) == 11
    assert one(rows, CustomMeasure(name="own", based_on="t.name", type="count_distinct")) == 4
    assert one(rows, CustomMeasure(name="own", based_on="t.name", type="list")) == ", A, a, b%"


def test_a_custom_measure_may_aggregate_a_custom_dimension(rows: duckdb.DuckDBPyConnection) -> None:
    twice = CustomDimension(name="twice", expression="${t.n} * 2")
    assert one(rows, twice, CustomMeasure(name="own", based_on="twice", type="max")) == 10


@pytest.mark.parametrize(("based_on", "expected"), [("t.sum", 4), ("t.count", 2), ("t.average", 2.0)])
def test_a_custom_measure_is_another_with_filters(
    rows: duckdb.DuckDBPyConnection, based_on: str, expected: float
) -> None:
    filters = {"t.flag": "yes", "t.id": "<4"}
    assert one(rows, CustomMeasure(name="own", based_on=based_on, filters=filters)) == expected
    text = "${t.flag} AND ${t.id} < 4"
    assert one(rows, CustomMeasure(name="own", based_on=based_on, filter_expression=text)) == expected


def test_custom_fields_are_filtered_by_their_name(rows: duckdb.DuckDBPyConnection) -> None:
    twice = CustomDimension(name="twice", expression="${t.n} * 2")
    assert one(rows, twice, filters={"twice": ">6"}) == 10
    total = CustomMeasure(name="own", based_on="t.n", type="sum")
    assert one(rows, total, filters={"own": ">10"}) == 11


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (CustomDimension(name="own", expression="${t.sum} + 1"), "own reads the measure t.sum"),
        (
            CustomDimension(name="own", expression="${own} + 1"),
            "custom fields refer to each other: own → own",
        ),
        (CustomDimension(name="own", expression="sum(${t.n})"), "custom dimension own: .*sum"),
        (CustomDimension(name="own", expression="${t.gone}"), r"unknown field t\.gone"),
        (CustomDimension(name="own", expression="1 +"), "custom dimension own: "),
        (CustomMeasure(name="own", based_on="t.n"), "has no type; valid are count, count_distinct"),
        (CustomMeasure(name="own", based_on="t.n", type="summ"), r"type 'summ' \(did you mean sum\?\)"),
        (CustomMeasure(name="own", based_on="t.sum", filters={"t.sum": "1"}), "t.sum is a measure"),
        (
            CustomMeasure(name="own", based_on="t.sum", filter_expression="1 + 1"),
            "it must be a yesno",
        ),
        (CustomMeasure(name="o'wn", based_on="t.sum"), 'custom field "o\'wn" has no valid name'),
    ],
)
def test_a_custom_field_that_means_nothing_is_an_error(
    rows: duckdb.DuckDBPyConnection, field: CustomDimension | CustomMeasure, message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        one(rows, field)


def test_a_bound_is_moved_to_where_the_column_is() -> None:
    clock = Clock(now=NOW, database_timezone="Europe/Berlin", query_timezone="America/New_York")
    bound = datetime(2024, 3, 10)  # noqa: DTZ001 -- naive by contract
    assert clock.stored(bound, Datatype.TIMESTAMP) == datetime(2024, 3, 10, 6)  # noqa: DTZ001 -- naive by contract
    assert clock.stored(bound, Datatype.EPOCH) == datetime(2024, 3, 10, 5)  # noqa: DTZ001 -- naive by contract
    assert clock.stored(bound, Datatype.TIMESTAMP, convert_tz=False) == bound
    assert clock.stored(bound, Datatype.DATE) == bound


def test_a_zone_nobody_knows_is_an_error() -> None:
    for name in ("Mars/Base", "../etc", ""):
        with pytest.raises(QueryError, match="unknown time zone"):
            zone(name)
