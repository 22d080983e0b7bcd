"""What dialects that can be run here make of dates, durations, tiers, places and custom fields: the same as
plain Python, and so the same as one another."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import psycopg
import pytest

from mainstem.filters.calculations import FUNCTIONS, CalculationTable, check, evaluate, parse
from mainstem.query import Request, compile_request
from mainstem.query.context import Context
from mainstem.query.request import CustomDimension
from mainstem.semantics.model import Datatype, Interval, TierStyle, Timeframe, When
from mainstem.testing.models import dimension, measure, project, timeframes, view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.config import PostgresAddress
    from mainstem.semantics.model import ViewField

NOW = datetime(2024, 6, 1, 12)  # noqa: DTZ001 -- naive UTC by contract
MOMENTS = [
    datetime.fromisoformat(text)
    for text in (
        "2024-01-01 00:00:00",
        "2024-02-29 23:59:59.999",
        "2023-12-31 04:30:15.678",
        "2024-07-07 12:34:56",
        "2021-10-03 03:03:03.125",
    )
]
ENDS = [
    datetime.fromisoformat(text)
    for text in (
        "2024-01-31 23:00:00",
        "2024-03-28 00:00:00",
        "2024-12-31 04:30:14",
        "2023-07-07 12:34:56",
        "2024-10-03 04:00:00",
    )
]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Warehouse:
    """Runs one request over the table `t`: a row a moment."""

    def __init__(self, dialect: str, execute: Callable[[str], list[tuple[Any, ...]]]) -> None:
        self.dialect = dialect
        self.execute = execute
        rows = ", ".join(
            f"({n}, '{at}', '{end}', '{at.date()}', {_epoch(at)}, {at:%Y%m%d}, {n * 7})"
            for n, (at, end) in enumerate(zip(MOMENTS, ENDS, strict=True))
        )
        execute("DROP TABLE IF EXISTS t")
        execute("CREATE TABLE t (id INT, a TIMESTAMP, e TIMESTAMP, d DATE, s BIGINT, y INT, n INT)")
        execute(f"INSERT INTO t VALUES {rows}")

    def __call__(self, *fields: ViewField, zone: str | None = None, **model: Any) -> list[Any]:
        """Values of the last field, in the order of the rows."""
        shown = view("t", dimension("id", "number", primary_key=True), *fields)
        request = Request(
            model="m", explore="t", fields=("t.id", f"t.{fields[-1].name}"), sorts=("t.id",), limit=-1
        )
        compiled = compile_request(
            project([shown], **model), request, self.dialect, Context(now=NOW, query_timezone=zone)
        )
        return [row[1] for row in self.execute(compiled.sql)]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def run(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    if request.param == "duckdb":
        with duckdb.connect() as memory:
            yield Warehouse("duckdb", lambda sql: memory.execute(sql).fetchall())
        return
    address: PostgresAddress = request.getfixturevalue("postgres")
    with psycopg.connect(**address.libpq(), autocommit=True) as connection:

        def execute(sql: str) -> list[tuple[Any, ...]]:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

        yield Warehouse("postgres", execute)
        execute("DROP TABLE t")


def _epoch(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 -- both naive UTC


def _seen(moment: datetime, zone: str | None) -> datetime:
    aware = moment.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else moment


def _months_back(moment: datetime, months: int) -> date:
    count = moment.year * 12 + moment.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _bucket(moment: datetime, timeframe: str) -> datetime:
    unit = timeframe.rstrip("0123456789")
    seconds = {"millisecond": 0.001, "minute": 60, "hour": 3600}[unit]
    size = timedelta(seconds=seconds * int(timeframe.removeprefix(unit) or 1))
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // size * size


def _expected(timeframe: Timeframe, moment: datetime, first_day: int, offset: int) -> object:
    fiscal = _months_back(moment, offset)
    quarter, fiscal_quarter = (moment.month + 2) // 3, (fiscal.month + 2) // 3
    known: dict[str, object] = {
        "raw": moment,
        "microsecond": moment,
        "time": moment.replace(microsecond=0),
        "second": moment.replace(microsecond=0),
        "time_of_day": f"{moment:%H:%M}",
        "hour_of_day": moment.hour,
        "date": moment.date(),
        "day_of_week": DAYS[moment.weekday()],
        "day_of_week_index": (moment.weekday() - first_day) % 7,
        "day_of_month": moment.day,
        "day_of_year": moment.timetuple().tm_yday,
        "week": moment.date() - timedelta(days=(moment.weekday() - first_day) % 7),
        "week_of_year": moment.isocalendar().week,
        "month": f"{moment:%Y-%m}",
        "month_num": moment.month,
        "month_name": f"{moment:%B}",
        "fiscal_month_num": fiscal.month,
        "quarter": f"{moment.year}-Q{quarter}",
        "quarter_of_year": f"Q{quarter}",
        "fiscal_quarter": f"FY{fiscal.year}-Q{fiscal_quarter}",
        "fiscal_quarter_of_year": f"Q{fiscal_quarter}",
        "year": moment.year,
        "fiscal_year": f"FY{fiscal.year}",
        "yesno": True,
    }
    return known[timeframe] if timeframe in known else _bucket(moment, timeframe)


@pytest.mark.parametrize("timeframe", Timeframe)
def test_a_timeframe_shows_what_the_calendar_says(run: Warehouse, timeframe: Timeframe) -> None:
    group = timeframes("at", "${TABLE}.a", timeframe)
    assert run(*group) == [_expected(timeframe, moment, 0, 0) for moment in MOMENTS]


@pytest.mark.parametrize(
    ("week", "offset", "zone"),
    [("sunday", 1, None), ("wednesday", -3, "America/New_York"), ("saturday", 6, "Asia/Kolkata")],
)
def test_weeks_fiscal_years_and_zones_are_the_models_and_the_askers(
    run: Warehouse, week: str, offset: int, zone: str | None
) -> None:
    first = DAYS.index(week.title())
    for timeframe in ("week", "day_of_week_index", "fiscal_year", "fiscal_quarter", "hour_of_day", "month"):
        field = timeframes("at", "${TABLE}.a", Timeframe(timeframe))
        shown = run(*field, zone=zone, week_start_day=week, fiscal_month_offset=offset)
        expected = [_expected(Timeframe(timeframe), _seen(moment, zone), first, offset) for moment in MOMENTS]
        assert shown == expected, timeframe


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_epochs_are_moments_and_have_a_zone(run: Warehouse, zone: str | None) -> None:
    field = timeframes("at", "${TABLE}.s", Timeframe.TIME, datatype=Datatype.EPOCH)
    assert run(*field, zone=zone) == [_seen(moment, zone).replace(microsecond=0) for moment in MOMENTS]


@pytest.mark.parametrize(("column", "datatype"), [("d", Datatype.DATE), ("y", Datatype.YYYYMMDD)])
def test_days_without_a_time_have_no_zone(run: Warehouse, column: str, datatype: Datatype) -> None:
    for timeframe in (Timeframe.DATE, Timeframe.WEEK, Timeframe.MONTH, Timeframe.QUARTER):
        field = timeframes("at", f"${{TABLE}}.{column}", timeframe, datatype=datatype)
        shown = run(*field, zone="America/New_York")
        assert shown == [_expected(timeframe, moment, 0, 0) for moment in MOMENTS]


def test_a_dimension_that_is_not_converted_stays_in_the_zone_of_the_database(run: Warehouse) -> None:
    field = timeframes("at", "${TABLE}.a", Timeframe.HOUR_OF_DAY, convert_tz=False)
    assert run(*field, zone="Asia/Kolkata") == [moment.hour for moment in MOMENTS]


def _months_passed(start: datetime, end: datetime) -> int:
    if end < start:
        return -_months_passed(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - ((end.day, end.time()) < (start.day, start.time()))


@pytest.mark.parametrize("interval", Interval)
def test_a_duration_counts_whole_intervals(run: Warehouse, interval: Interval) -> None:
    field = dimension(
        "lasted", "duration", "", interval=interval, sql_start="${TABLE}.a", sql_end="${TABLE}.e"
    )
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
    months = {"month": 1, "quarter": 3, "year": 12}
    expected = [
        math.trunc((end - at).total_seconds() / seconds[interval])
        if interval in seconds
        else math.trunc(_months_passed(at, end) / months[interval])
        for at, end in zip(MOMENTS, ENDS, strict=True)
    ]
    assert run(field) == expected


@pytest.mark.parametrize(
    ("style", "labels"),
    [
        ("classic", ["T01 [0,7)", "T02 [7,20)", "T02 [7,20)", "T03 [20,inf)", "T03 [20,inf)"]),
        ("interval", ["[0,7)", "[7,20)", "[7,20)", "[20,inf)", "[20,inf)"]),
        ("integer", ["0 to 6", "7 to 19", "7 to 19", "20 or Above", "20 or Above"]),
        ("relational", [">= 0 and < 7", ">= 7 and < 20", ">= 7 and < 20", ">= 20", ">= 20"]),
    ],
)
def test_a_number_is_in_one_tier(run: Warehouse, style: str, labels: list[str]) -> None:
    bounds = tuple(map(Decimal, (0, 7, 20)))
    assert run(dimension("tier", "tier", "${TABLE}.n", tiers=bounds, style=TierStyle(style))) == labels


def test_what_is_no_number_is_in_a_tier_of_its_own(run: Warehouse) -> None:
    bounds = (Decimal(1),)
    field = dimension("tier", "tier", "NULLIF(${TABLE}.n, 0) - 8", tiers=bounds, style=TierStyle.INTEGER)
    assert run(field) == ["Undefined", "Below 1", "1 or Above", "1 or Above", "1 or Above"]


def test_a_case_is_its_first_branch_that_holds(run: Warehouse) -> None:
    branches = (When("${TABLE}.n < 7", "none"), When("${TABLE}.n < 20", "it's some"))
    field = dimension("size", sql="", case=branches, case_else="many")
    assert run(field) == ["none", "it's some", "it's some", "many", "many"]


def test_a_distance_is_a_great_circle(run: Warehouse) -> None:
    rome = dimension("rome", "location", "", sql_latitude="41.9028", sql_longitude="12.4964")
    oslo = dimension("oslo", "location", "", sql_latitude="59.9139", sql_longitude="10.7522")
    apart = dimension(
        "apart", "distance", "", start_location_field="rome", end_location_field="oslo", units="kilometers"
    )
    assert [round(float(value)) for value in run(rome, oslo, apart)] == [2006] * len(MOMENTS)


def test_a_place_is_shown_as_text(run: Warehouse) -> None:
    field = dimension("place", "location", "", sql_latitude="${TABLE}.n", sql_longitude="${TABLE}.id")
    assert run(field) == ["0,0", "7,1", "14,2", "21,3", "28,4"]


def test_a_date_measure_is_shown_in_the_zone_of_the_query(run: Warehouse) -> None:
    raw = timeframes("at", "${TABLE}.a", Timeframe.RAW)
    shown = run(*raw, measure("last", "date_time", "MAX(${at_raw})"), zone="America/New_York")
    assert shown == [_seen(moment, "America/New_York") for moment in MOMENTS]


@pytest.mark.parametrize("sql", ["MAX(${at_time})", "${first}"])
def test_a_time_is_not_converted_twice(run: Warehouse, sql: str) -> None:
    times = timeframes("at", "${TABLE}.a", Timeframe.TIME, Timeframe.RAW)
    first = measure("first", "date_time", "MIN(${at_raw})")
    shown = run(*times, first, measure("again", "date_time", sql), zone="America/New_York")
    expected = [_seen(moment, "America/New_York") for moment in MOMENTS]
    assert [each.replace(microsecond=0) for each in shown] == [m.replace(microsecond=0) for m in expected]


ROW_WISE = sorted(
    name
    for name, function in FUNCTIONS.items()
    if function.everywhere and name not in ("rand", "matches_filter")
)


def _over_constants(name: str) -> str:
    """The function's own example, where it reads no field."""
    example = FUNCTIONS[name].example
    return example.replace("${orders.count}", "4").replace("${orders.city}", '"Oslo"')


@pytest.mark.parametrize("name", ROW_WISE)
def test_a_custom_dimension_means_the_same_in_the_warehouse(run: Warehouse, name: str) -> None:
    text = _over_constants(name)
    tree = parse(text)
    kind = check(tree, {}, place="custom_field").kind
    there = evaluate(tree, CalculationTable(columns=(), rows=1), now=NOW, random=float).values[0][0]
    request = Request(
        model="m",
        explore="t",
        fields=("t.id", "own"),
        dynamic_fields=(CustomDimension(name="own", expression=text),),
        limit=1,
    )
    shown = view("t", dimension("id", "number", primary_key=True))
    compiled = compile_request(project([shown]), request, run.dialect, Context(now=NOW))
    here = run.execute(compiled.sql)[0][1]
    if kind == "number":
        assert float(here) == pytest.approx(float(str(there))), text
    elif kind == "date":
        assert str(here)[:19].removesuffix(" 00:00:00") == str(there).removesuffix(" 00:00:00"), text
    else:
        assert here == there, text
