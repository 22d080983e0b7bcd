"""Every kind of dimension, filter and calculation in every dialect: a file a dialect, a line an expression.

`MAINSTEM_UPDATE_GOLDEN=1` writes the files anew; read the difference before you keep it. A dialect that no
test runs is at least parsed as what it is.
"""

from __future__ import annotations

import os
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import sqlglot

from mainstem.query import Request, compile_request
from mainstem.query.context import Context
from mainstem.query.dialects import DIALECTS
from mainstem.query.request import CustomDimension
from mainstem.semantics.model import Datatype, Interval, TierStyle, Timeframe, When
from mainstem.testing.models import dimension, measure, project, timeframes, view

HERE = Path(__file__).parent
NOW = datetime(2024, 5, 17, 18, 30, 2)  # noqa: DTZ001 -- naive UTC by contract
CONTEXT = Context(now=NOW, query_timezone="America/New_York")
TABLE = view(
    "t",
    dimension("id", "number", primary_key=True),
    dimension("name"),
    dimension("paid", "yesno"),
    dimension("zip", "zipcode"),
    *timeframes("at", "${TABLE}.at"),
    *timeframes("day", "${TABLE}.day", Timeframe.DATE, Timeframe.WEEK, datatype=Datatype.DATE),
    *timeframes("epoch", "${TABLE}.epoch", Timeframe.TIME, Timeframe.DATE, datatype=Datatype.EPOCH),
    *timeframes("ymd", "${TABLE}.ymd", Timeframe.DATE, Timeframe.MONTH, datatype=Datatype.YYYYMMDD),
    *(
        dimension(
            f"{interval}s",
            "duration",
            "",
            interval=interval,
            sql_start="${TABLE}.at",
            sql_end="${TABLE}.day",
        )
        for interval in Interval
    ),
    dimension("tier", "tier", "${TABLE}.n", tiers=(Decimal(1), Decimal(5)), style=TierStyle.INTEGER),
    dimension("size", sql="", case=(When("${TABLE}.n > 5", "it's \\big"),), case_else="small"),
    dimension("here", "location", "", sql_latitude="${TABLE}.lat", sql_longitude="${TABLE}.lon"),
    dimension("there", "location", "", sql_latitude="52.5", sql_longitude="13.4"),
    dimension("far", "distance", "", start_location_field="here", end_location_field="there"),
    measure("count"),
    measure("list", "list", list_field="name"),
    measure("some", "count", filters={"paid": "yes", "at_date": "7 days"}),
    measure("latest", "date", "MAX(${at_raw})"),
)
FILTERS = {
    "name": ("a,b", "-%x^%%", "EMPTY"),
    "paid": ("no",),
    "at_date": ("2024-03-10 to 2024-03-11", "before 2024-01-01"),
    "at_month_name": ("May",),
    "day_date": ("last month",),
    "epoch_date": ("2024-03-10",),
    "ymd_date": ("2024-03-10",),
    "tier": ("1 to 4",),
    "here": ("40 miles from 36.97, -122.03",),
    "latest": ("after 2024-01-01",),
    "days": (">3",),
}
CALCULATIONS = (
    'if(${t.paid}, concat(${t.name}, " ", ${t.id}), substring("abc", 1, 2))',
    "round(mod(${t.id}, 3) / 2, 1) + power(2, 3) * log(10) - ln(2)",
    'contains(${t.name}, "x") AND NOT is_null(${t.zip}) OR position("ab", "b") > 0',
    "add_days(3, trunc_months(${t.at_date}))",
    "diff_months(date(2024, 1, 31), ${t.at_time})",
    "extract_hours(date_time(2024, 1, 2, 3, 4, 5)) + rand()",
    "case(when(matches_filter(${t.at_month}, `last month`), 1), 0)",
)


@cache
def expressions(dialect: str) -> dict[str, str]:
    """What is asked → its SQL."""
    asked: dict[str, Request] = {}
    for field in TABLE.fields:
        asked[field.name] = request(f"t.{field.name}")
    for name, texts in FILTERS.items():
        for text in texts:
            asked[f"{name}: {text}"] = request("t.count", filters={f"t.{name}": text})
    for text in CALCULATIONS:
        asked[text] = request("own", dynamic_fields=(CustomDimension(name="own", expression=text),))
    model = project([TABLE], fiscal_month_offset=-3, week_start_day="sunday")
    return {name: compile_request(model, each, dialect, CONTEXT).sql for name, each in asked.items()}


def request(*fields: str, **more: object) -> Request:
    return Request(model="m", explore="t", fields=fields, sorts=(fields[0],), limit=-1, **more)  # type: ignore[arg-type] # as a test writes them


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_expression_becomes_the_same_sql(dialect: str) -> None:
    lines = [f"-- {name}\n{sql}" for name, sql in expressions(dialect).items()]
    path = HERE / "dialects" / f"{dialect}.sql"
    if os.environ.get("MAINSTEM_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines))
    assert "\n".join(lines) == path.read_text()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_expression_parses_in_its_dialect(dialect: str) -> None:
    for name, sql in expressions(dialect).items():
        assert sqlglot.parse(sql, read=DIALECTS[dialect].parsed_as)[0] is not None, name
