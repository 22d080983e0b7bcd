"""Any text is a condition or an error that says where; what is written reads back; SQL agrees with Python."""

from __future__ import annotations

import string
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mainstem.errors import FilterError, QueryError
from mainstem.filters import (
    AttributeValue,
    Condition,
    Grammar,
    Not,
    NumberIs,
    TextIs,
    TextLike,
    TimeRange,
    describe,
    exact_text,
    expression_of,
    parse,
    parse_string,
    settle,
)
from mainstem.filters.calendar import WEEKDAYS, Interval, beginning
from mainstem.filters.conditions import DistanceUnit, LocationInBox, LocationIs, LocationWithin
from mainstem.filters.date_reading import read_date
from mainstem.filters.date_terms import (
    Absolute,
    After,
    Away,
    Before,
    Between,
    DateExpression,
    DayName,
    Direction,
    FiscalPeriod,
    Lasting,
    Latest,
    NearDay,
    Neighbour,
    Nothing,
    Now,
    Until,
)
from mainstem.filters.date_writing import write_date
from mainstem.filters.like import like_literal
from mainstem.filters.widgets import (
    DateKind,
    DateWidget,
    LocationKind,
    LocationWidget,
    NumberOperator,
    NumberWidget,
    StringOperator,
    StringWidget,
    TierWidget,
    Widget,
    YesnoChoice,
    YesnoWidget,
    expression_of_widgets,
    widgets_of,
)
from mainstem.query.dialects import DIALECTS
from mainstem.query.location_predicates import location_predicate
from mainstem.testing.conditions import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2024, 2, 29, 13, 45, 59)  # noqa: DTZ001 -- naive by contract
GRAMMARS = st.sampled_from(Grammar)
PIECES = (
    *("last", "this", "next", "3", "12", "day", "days", "month", "fiscal quarter", "year", "ago", "from now"),
    *("for", "to", "before", "after", "2018", "2018-05-18", "2018-Q3", "FY2018", "12:00", "today", "monday"),
    *(
        "not",
        "NULL",
        "EMPTY",
        "-",
        ",",
        "%",
        "_",
        "^",
        '"',
        "\\",
        "a",
        "and",
        "or",
        ">",
        "<=",
        "[",
        ")",
        "inf",
    ),
    *("1.5", "yes", "no", "miles", "from", "inside box", "36.9", "T01 [1,2)", "complete", "now"),
)
texts_of_pieces = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join)
values = st.text(st.sampled_from("ab -%_^,\"\\' \nNULEMPTYé"), max_size=8) | st.text(max_size=8)


@settings(deadline=None)  # finding what was meant takes milliseconds, and a machine may be busy
@given(GRAMMARS, st.text() | texts_of_pieces | st.text(alphabet='0123456789,^"%-[]()eE.inf todays'))
@example(Grammar.NUMBER, "1e999999999")
@example(Grammar.DATE, "99999999999999999999 years")
@example(Grammar.DATE, "0001-01-01")
@example(Grammar.DATE, "FY0000")
@example(Grammar.DATE, "999999999 years from now for 999999999 years")
@example(Grammar.LOCATION, "９０, ٣")
@example(Grammar.NUMBER, "٣")
@example(Grammar.DATE, "٣ days")
def test_any_text_is_a_condition_or_an_error_that_says_where(grammar: Grammar, text: str) -> None:
    try:
        condition = parse(grammar, text, NOW, fiscal_month_offset=1, week_start_day="sunday")
    except FilterError as e:
        assert text[e.at : e.at + len(e.read)] == e.read
        assert "is not understood" in str(e)
        if e.suggestion:
            parse(grammar, e.suggestion, NOW)
        return
    assert describe(grammar, text)
    written = expression_of(grammar, condition)
    assert written is None or parse(grammar, written, NOW) == condition


WIDGETS = (StringWidget, NumberWidget, DateWidget, YesnoWidget, TierWidget, LocationWidget)


@settings(deadline=None)
@given(texts_of_pieces)
def test_a_control_shows_an_expression_only_if_it_means_the_same(text: str) -> None:
    for widget in WIDGETS:
        grammar = Grammar(widget.__name__.removesuffix("Widget").lower())
        try:
            found = widget.from_expression(text)
        except FilterError:
            continue
        if found is not None:
            assert parse(grammar, found.to_expression(), NOW) == parse(grammar, text, NOW)


# What is written reads back.

counts = st.integers(0, 999)
moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001 -- naive by contract
DATED = [i for i in Interval if i not in (Interval.WEEK, Interval.FISCAL_QUARTER, Interval.FISCAL_YEAR)]
absolutes = st.builds(lambda at, i: Absolute(beginning(at, i), i), moments, st.sampled_from(DATED))
intervals = st.sampled_from(Interval)
spans = st.one_of(
    absolutes,
    st.builds(FiscalPeriod, st.integers(1, 9999), st.none() | st.integers(1, 4)),
    st.builds(DayName, st.integers(0, 6)),
    st.builds(NearDay, st.integers(-1, 1)),
    st.builds(Neighbour, st.sampled_from(Direction), intervals),
    st.builds(Latest, counts, intervals, st.booleans()),
    st.builds(Away, st.integers(-999, 999), intervals),
    st.just(Now()),
)
terms = st.one_of(
    spans,
    st.builds(Before, spans),
    st.builds(After, spans),
    st.builds(Between, spans, spans),
    st.builds(Lasting, spans, counts, intervals),
    st.builds(Until, intervals, intervals),
    st.just(Nothing()),
)


def sensible(term: object) -> bool:
    """Not a range that ends before it begins, nor a form that reads as a simpler one of the same meaning."""
    match term:
        case Between(Absolute(start), Absolute(end)):
            return start <= end
        case Until(interval, finer):
            return list(Interval).index(finer) < list(Interval).index(interval)
        case Lasting(Away(ago, unit), count, interval):
            return (ago, unit) != (-count, interval)
        case _:
            return True


@given(st.lists(terms.filter(sensible), max_size=3), st.lists(terms.filter(sensible), max_size=2))
def test_date_terms_read_back_from_what_is_written_for_them(included: list, excluded: list) -> None:  # type: ignore[type-arg] # terms are of many types
    expression = DateExpression(tuple(included), tuple(excluded))
    assert read_date(write_date(expression)) == expression


decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=3)
string_widgets = st.one_of(
    st.sampled_from([o for o in StringOperator if o.value.endswith(("null", "empty", "any value"))]).map(
        StringWidget
    ),
    st.builds(
        StringWidget,
        st.sampled_from([StringOperator.IS, StringOperator.IS_NOT]),
        st.lists(values, min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.builds(
        StringWidget,
        st.sampled_from([o for o in StringOperator if "with" in o.value or "contain" in o.value]),
        st.lists(values.filter(bool), min_size=1, max_size=3, unique=True).map(tuple),
    ),
)
number_widgets = st.one_of(
    st.sampled_from([NumberOperator.ANY, NumberOperator.NULL, NumberOperator.NOT_NULL]).map(NumberWidget),
    st.builds(
        NumberWidget,
        st.sampled_from([NumberOperator.IS, NumberOperator.IS_NOT]),
        st.lists(decimals, min_size=1, max_size=4, unique=True).map(tuple),
    ),
    st.builds(NumberWidget, st.sampled_from([NumberOperator.MORE, NumberOperator.AT_LEAST]), low=decimals),
    st.builds(NumberWidget, st.sampled_from([NumberOperator.LESS, NumberOperator.AT_MOST]), high=decimals),
    st.builds(
        NumberWidget,
        st.sampled_from([NumberOperator.BETWEEN, NumberOperator.NOT_BETWEEN]),
        low=decimals,
        high=decimals,
        low_included=st.booleans(),
        high_included=st.booleans(),
    ),
)
FUTURE = [k for k in DateKind if k.value.endswith("from now") or k is DateKind.IN_THE_NEXT]
AGO = [k for k in DateKind if k.value.endswith("ago")]
date_widgets = st.one_of(
    st.builds(DateWidget, st.just(DateKind.IN_THE_LAST), counts, intervals, st.booleans()),
    st.builds(DateWidget, st.sampled_from(AGO), counts, intervals),
    st.builds(DateWidget, st.sampled_from(FUTURE), st.integers(1, 999), intervals),
    st.builds(DateWidget, st.sampled_from([DateKind.LAST, DateKind.THIS, DateKind.NEXT]), unit=intervals),
    st.sampled_from(
        [
            DateKind.ANY,
            DateKind.NULL,
            DateKind.NOT_NULL,
            DateKind.YESTERDAY,
            DateKind.TODAY,
            DateKind.TOMORROW,
        ]
    ).map(DateWidget),
    st.builds(
        DateWidget,
        st.just(DateKind.FISCAL),
        year=st.integers(1000, 9999),
        quarter=st.one_of(st.none(), st.integers(1, 4)),
    ),
    absolutes.map(lambda a: DateWidget(DateKind.IN, unit=a.interval, start=a.start)),
    st.tuples(moments, moments).map(
        lambda pair: DateWidget(DateKind.BETWEEN, start=min(pair), end=max(pair))
    ),
    st.builds(DateWidget, st.sampled_from([DateKind.BEFORE, DateKind.AFTER]), start=moments),
)
degrees = st.decimals(-90, 90, places=5)
distances = st.decimals(0, 20000, places=2)
location_widgets = st.one_of(
    st.sampled_from([LocationKind.ANYWHERE, LocationKind.NULL, LocationKind.NOT_NULL]).map(LocationWidget),
    st.builds(LocationIs, degrees, degrees).map(lambda p: LocationWidget(LocationKind.AT, p)),
    st.builds(LocationWithin, degrees, degrees, distances, st.sampled_from(DistanceUnit)).map(
        lambda p: LocationWidget(LocationKind.WITHIN, p)
    ),
    st.tuples(degrees, degrees, degrees, degrees).map(
        lambda d: LocationWidget(
            LocationKind.IN_BOX, LocationInBox(north=max(d[:2]), south=min(d[:2]), west=d[2], east=d[3])
        )
    ),
)
tier_widgets = st.builds(
    TierWidget, st.lists(values, min_size=1, max_size=3, unique=True).map(tuple), st.booleans()
)
widgets = st.one_of(
    string_widgets,
    number_widgets,
    date_widgets,
    location_widgets,
    tier_widgets,
    st.builds(YesnoWidget, st.sampled_from(YesnoChoice)),
)


@given(widgets)
def test_a_control_reads_back_from_its_expression(
    widget: StringWidget | NumberWidget | DateWidget | LocationWidget | TierWidget | YesnoWidget,
) -> None:
    assert type(widget).from_expression(widget.to_expression()) == widget


several = st.one_of(
    st.tuples(st.just(Grammar.STRING), st.lists(string_widgets, max_size=4)),
    st.tuples(st.just(Grammar.NUMBER), st.lists(number_widgets, max_size=4)),
    st.tuples(st.just(Grammar.DATE), st.lists(date_widgets, max_size=4)),
)


@given(several)
def test_controls_of_one_field_read_back_from_the_expression_they_make_together(
    given: tuple[Grammar, list[Widget]],
) -> None:
    grammar, each = given
    expression = expression_of_widgets(grammar, each)
    read = widgets_of(grammar, expression)
    assert read is not None
    assert expression_of_widgets(grammar, read) == expression
    assert widgets_of(grammar, expression_of_widgets(grammar, read)) == read
    for row in each:
        if grammar is not Grammar.DATE and len(each) == 1:
            assert read == (row,)


@given(st.one_of(string_widgets, number_widgets, location_widgets, tier_widgets))
def test_an_expression_means_what_its_control_says(
    widget: StringWidget | NumberWidget | LocationWidget | TierWidget,
) -> None:
    grammar = Grammar(type(widget).__name__.removesuffix("Widget").lower())
    assert parse(grammar, widget.to_expression(), NOW) == widget.condition()


@given(values)
def test_an_exact_text_finds_itself_and_nothing_else(text: str) -> None:
    assert parse_string(exact_text(text)) == TextIs((text,))


@given(st.lists(values, min_size=1, max_size=3, unique=True), st.booleans())
def test_a_user_attribute_stands_for_exactly_its_values(names: list[str], refused: bool) -> None:
    expression = ("-" if refused else "") + "{{ _user_attributes['team'] }}"
    settled = settle(Grammar.STRING, expression, {"team": AttributeValue(tuple(names))})
    expected: Condition = TextIs(tuple(names))
    assert parse_string(settled) == (Not(expected) if refused else expected)


@given(values.filter(lambda text: bool(text.strip()) and text == text.strip()))
def test_a_user_attribute_within_a_pattern_brings_no_wildcard(text: str) -> None:
    settled = settle(Grammar.STRING, "%{{_user_attributes.team}}%", {"team": AttributeValue((text,))})
    assert parse_string(settled) == TextLike(f"%{like_literal(text)}%")


@given(
    st.lists(decimals, min_size=1, max_size=4, unique=True),
    st.lists(decimals, min_size=1, max_size=3, unique=True),
)
def test_numbers_asked_for_and_refused_are_written_so_that_they_stay_so(
    asked: list[Decimal], refused: list[Decimal]
) -> None:
    listed = ",".join(map(str, asked)) + "".join(f",NOT {n}" for n in (*refused, refused[0]))
    condition = parse(Grammar.NUMBER, listed, NOW)
    for number in (*asked, *refused, Decimal("0.5")):
        assert bool(holds(condition, number)) is (number in asked and number not in refused)
    written = expression_of(Grammar.NUMBER, condition)
    assert written is not None
    assert parse(Grammar.NUMBER, written, NOW) == condition


@given(st.none() | moments, st.none() | moments)
def test_a_range_of_time_has_an_expression(start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end)
    condition = TimeRange(start, end)
    written = expression_of(Grammar.DATE, condition)
    assert (written is None) is (start is None and end is None)
    assert written is None or parse(Grammar.DATE, written, NOW) == condition


@pytest.mark.parametrize("day", WEEKDAYS)
@given(moments.filter(lambda at: 1 < at.year < 9999))
def test_a_week_begins_on_the_day_it_is_said_to(day: str, at: datetime) -> None:
    week = parse(Grammar.DATE, "this week", at, week_start_day=day)
    assert isinstance(week, TimeRange)
    assert week.start is not None
    assert week.start.strftime("%A").lower() == day
    assert week.start <= at < (week.end or at)


@given(moments.filter(lambda at: 2 < at.year < 9998), st.integers(-11, 11))
def test_a_fiscal_year_is_the_calendar_year_of_its_months_moved(at: datetime, offset: int) -> None:
    year = parse(Grammar.DATE, "this fiscal year", at, fiscal_month_offset=offset)
    assert isinstance(year, TimeRange)
    assert year.start is not None
    assert year.start.month == offset % 12 + 1
    assert year.start <= at < (year.end or at)
    named = year.start.year + (1 if offset < 0 else 0)
    assert parse(Grammar.DATE, f"FY{named:04}", at, fiscal_month_offset=offset) == year


PLACES = [(n, e) for n in (-90.0, -41.3, -0.001, 0.0, 52.5, 89.9) for e in (-180.0, -122.0, 0.0, 13.4, 179.9)]


@pytest.fixture(scope="module")
def places() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE places (lat DOUBLE, lon DOUBLE)")
        connection.executemany("INSERT INTO places VALUES (?, ?)", PLACES)
        yield connection


@settings(deadline=None)
@given(widget=location_widgets, refused=st.booleans())
def test_a_database_finds_the_places_that_python_does(
    places: duckdb.DuckDBPyConnection, widget: LocationWidget, refused: bool
) -> None:
    condition = Not(widget.condition()) if refused else widget.condition()
    predicate = location_predicate(condition, "lat", "lon", DIALECTS["duckdb"]) or "TRUE"
    found = set(places.execute(f"SELECT lat, lon FROM places WHERE {predicate}").fetchall())
    assert found == {place for place in PLACES if holds(condition, place)}


def test_widgets_refuse_what_does_not_fit_their_operator() -> None:
    for wrong in (
        lambda: StringWidget(StringOperator.IS),
        lambda: StringWidget(StringOperator.NULL, ("a",)),
        lambda: StringWidget(StringOperator.CONTAINS, ("",)),
        lambda: NumberWidget(NumberOperator.BETWEEN, low=Decimal(1)),
        lambda: NumberWidget(NumberOperator.MORE, low=Decimal(1), low_included=False),
        lambda: DateWidget(DateKind.IN_THE_LAST, 3),
        lambda: DateWidget(DateKind.AGO, -1, Interval.DAY),
        lambda: DateWidget(DateKind.IN, unit=Interval.MONTH, start=NOW),
        lambda: TierWidget(refused=True),
        lambda: LocationWidget(LocationKind.AT),
    ):
        with pytest.raises(QueryError):
            wrong()


def test_no_letters_outside_of_ascii_are_taken_for_digits() -> None:
    assert not set("٣９") & set(string.digits)
    assert isinstance(parse(Grammar.NUMBER, "3", NOW), NumberIs)
    with pytest.raises(FilterError):
        parse(Grammar.NUMBER, "٣", NOW)
