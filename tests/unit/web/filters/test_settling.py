from __future__ import annotations

from dataclasses import replace

import pytest

from mainstem.filters import Grammar
from mainstem.web.filters.rows import MATCHES, Row
from mainstem.web.filters.settling import (
    Draft,
    Settled,
    expression_of_rows,
    rows_of,
    said,
    settled,
)
from mainstem.web.filters.subject import Look, Subject

TEXT = Subject("a.b", "Name", Grammar.STRING)
NUMBER = Subject("a.n", "Size", Grammar.NUMBER)
DATE = Subject("a.d", "Created", Grammar.DATE)
YESNO = Subject("a.y", "Paid", Grammar.YESNO)
TIER = Subject("a.t", "Age", Grammar.TIER, labels=("Below 10", "[10,20)"))
PLACE = Subject("a.p", "Place", Grammar.LOCATION)
CHOICES = (("Last week", "7 days"), ("This year", "this year"))
EXPRESSIONS = [
    (TEXT, "a"),
    (TEXT, '"a,b",c'),
    (TEXT, "-a"),
    (TEXT, "%a%"),
    (TEXT, "a%,b%"),
    (TEXT, "-%a"),
    (TEXT, "EMPTY"),
    (TEXT, "-NULL"),
    (TEXT, "a,x%,-y"),
    (NUMBER, "1,2"),
    (NUMBER, "NOT 5"),
    (NUMBER, ">5"),
    (NUMBER, "<=5.5"),
    (NUMBER, "[0,10)"),
    (NUMBER, "NOT (0,10]"),
    (NUMBER, "NULL"),
    (NUMBER, "NOT NULL"),
    (NUMBER, "1,>10"),
    (DATE, "7 days"),
    (DATE, "3 months ago for 3 months"),
    (DATE, "1 day from now for 7 days"),
    (DATE, "this fiscal quarter"),
    (DATE, "today"),
    (DATE, "tomorrow"),
    (DATE, "2026-05-01"),
    (DATE, "2026-05"),
    (DATE, "2026-Q3"),
    (DATE, "2026"),
    (DATE, "2026-05-01 12"),
    (DATE, "FY2026"),
    (DATE, "FY2026-Q2"),
    (DATE, "2026-05-01 to 2026-06-01"),
    (DATE, "2026-05-01 to 2026-05-01 12:30:00"),
    (DATE, "before 2026-05-01"),
    (DATE, "after 3 weeks ago"),
    (DATE, "3 days from now"),
    (DATE, "null"),
    (DATE, "not null"),
    (DATE, "today, 7 days"),
    (YESNO, "Yes"),
    (YESNO, "No"),
    (TIER, "Below 10"),
    (TIER, '"[10,20)"'),
    (TIER, "-Below 10"),
    (PLACE, "1.5, 2"),
    (PLACE, "40 miles from 1, 2"),
    (PLACE, "inside box from 2, 1 to 1, 2"),
    (PLACE, "NOT NULL"),
    *((subject, "") for subject in (TEXT, NUMBER, DATE, YESNO, TIER, PLACE)),
]


@pytest.mark.parametrize(
    ("subject", "expression"), EXPRESSIONS, ids=[f"{s.kind}:{e}" for s, e in EXPRESSIONS]
)
def test_a_control_shows_an_expression_and_writes_it_again(subject: Subject, expression: str) -> None:
    rows = rows_of(subject, expression)
    assert rows is not None
    assert expression_of_rows(subject, rows) == expression


@pytest.mark.parametrize(
    ("subject", "expression"), EXPRESSIONS, ids=[f"{s.kind}:{e}" for s, e in EXPRESSIONS]
)
def test_what_nobody_touched_stays_as_it_was_written(subject: Subject, expression: str) -> None:
    spaced = f" {expression}" if subject is not TEXT else expression
    rows = rows_of(subject, spaced)
    assert rows is not None
    assert settled(subject, spaced, Draft(was=spaced, rows=rows)).expression == spaced


@pytest.mark.parametrize(
    ("subject", "row", "expression"),
    [
        (TEXT, Row("is", ("a",), {"add": "b,c"}), 'a,"b,c"'),
        (TEXT, Row("not_contains", ("50%",)), "-%50^%%"),
        (TEXT, Row("is"), ""),
        (NUMBER, Row("is", texts={"value": "1, 2 3"}), "1,2,3"),
        (NUMBER, Row("at_most", texts={"value": "-4.5"}), "<=-4.5"),
        (NUMBER, Row("between", texts={"low": "1", "high": "2", "ends": "()"}), "(1,2)"),
        (NUMBER, Row("between"), ""),
        (DATE, Row("preset:last month"), "last month"),
        (
            DATE,
            Row("in_the_last", texts={"n": "2", "unit": "week", "complete": "yes"}),
            "2 weeks ago for 2 weeks",
        ),
        (DATE, Row("in_the_last"), ""),
        (DATE, Row("last", texts={"unit": "quarter"}), "last quarter"),
        (DATE, Row("in:month", texts={"start": "2026-02"}), "2026-02"),
        (DATE, Row("in:minute", texts={"start": "2026-02-03T04:05"}), "2026-02-03 04:05"),
        (
            DATE,
            Row("between", texts={"start": "2026-01-01", "end": "2026-02-01"}),
            "2026-01-01 to 2026-02-01",
        ),
        (TIER, Row("is_not", ("Below 10", "[10,20)")), '-Below 10,-"[10,20)"'),
        (
            PLACE,
            Row("within", texts={"distance": "3", "latitude": "1", "longitude": "2"}),
            "3 kilometers from 1, 2",
        ),
    ],
)
def test_rows_that_were_filled_in_become_an_expression(subject: Subject, row: Row, expression: str) -> None:
    assert settled(subject, "x", Draft(was="x", rows=(row,))).expression == expression


@pytest.mark.parametrize(
    ("subject", "row", "problem"),
    [
        (NUMBER, Row("is", texts={"value": "five"}), "“five” is no number"),
        (NUMBER, Row("between", texts={"low": "1"}), "needs both numbers"),
        (NUMBER, Row("between", texts={"low": "3", "high": "1"}), "smaller number"),
        (NUMBER, Row("nonsense"), "no operator"),
        (DATE, Row("between", texts={"start": "2026-01-01"}), "needs both dates"),
        (DATE, Row("between", texts={"start": "2026-02-01", "end": "2026-01-01"}), "wrong way round"),
        (DATE, Row("before", texts={"start": "soon"}), "“soon” is no date"),
        (DATE, Row("in_the_last", texts={"n": "many", "unit": "day"}), "no whole number"),
        (DATE, Row("in_the_last", texts={"n": "1", "unit": "fortnight"}), "no unit of time"),
        (DATE, Row("in:year", texts={"year": "0"}), "no year"),
        (DATE, Row("in:eon", texts={"year": "1"}), "no operator"),
        (PLACE, Row("at", texts={"latitude": "1"}), "lacks its longitude"),
    ],
)
def test_rows_that_make_no_expression_say_why_and_change_nothing(
    subject: Subject, row: Row, problem: str
) -> None:
    now = settled(subject, "before", Draft(was="before", rows=(row,)))
    assert now.expression == "before"
    assert now.rows == (row,)
    assert problem in now.problem


def test_an_expression_that_was_written_wins_over_the_rows() -> None:
    draft = Draft(was="7 days", rows=(Row("in_the_last", texts={"n": "9", "unit": "day"}),))
    assert settled(DATE, "last 3 weeks", draft) == Settled("last 3 weeks")


def test_several_conditions_are_alternatives_and_refusals_are_taken_from_them() -> None:
    rows = (Row("starts_with", ("a",)), Row("is", ("b",)), Row("is_not", ("abc",)))
    assert settled(TEXT, "", Draft(was="", rows=rows)).expression == "b,a%,-abc"
    dates = (Row("preset:today"), Row("in:year", texts={"year": "2020"}), Row("not_null"))
    assert settled(DATE, "", Draft(was="", rows=dates)).expression == "today, 2020, not null"


def test_one_more_condition_is_an_empty_row_that_says_nothing_yet() -> None:
    now = settled(TEXT, "a", Draft(was="a", rows=(Row("is", ("a",)),), more=True))
    assert now.expression == "a"
    assert now.rows == (Row("is", ("a",)), Row("is"))


def test_what_no_control_shows_is_left_to_its_expression() -> None:
    assert rows_of(TEXT, "a%b") is None
    assert rows_of(DATE, "3 months ago for 2 days") is None
    assert rows_of(TEXT, "{{ _user_attributes['team'] }}") is None
    assert settled(TEXT, "a%b", Draft(was="a%b", rows=(Row(MATCHES),))).expression == "a%b"


def test_a_suggestion_that_was_taken_is_the_expression() -> None:
    assert settled(DATE, "lst 7 dys", Draft(was="lst 7 dys", use="last 7 days")) == Settled("last 7 days")


@pytest.mark.parametrize(
    ("look", "grammar", "expression", "row"),
    [
        (Look.RADIOS, Grammar.DATE, "7 days", Row("is", ("7 days",))),
        (Look.MENU, Grammar.STRING, '"a,b"', Row("is", ('"a,b"',))),
        (Look.CHECKS, Grammar.STRING, 'x,"a,b"', Row("is", ("x", '"a,b"'))),
        (Look.GROUP, Grammar.DATE, "7 days,this year", Row("is", ("7 days", "this year"))),
        (Look.TAGS, Grammar.STRING, 'x,"a,b"', Row("is", ("x", "a,b"))),
        (Look.SLIDER, Grammar.NUMBER, "5", Row("is", texts={"value": "5"})),
        (Look.DAY, Grammar.DATE, "2026-05-01", Row("is", texts={"start": "2026-05-01"})),
    ],
)
def test_looker_s_widgets_show_and_write_what_they_can(
    look: Look, grammar: Grammar, expression: str, row: Row
) -> None:
    subject = Subject("f", "F", grammar, look, CHOICES if grammar is Grammar.DATE else ())
    assert rows_of(subject, expression) == (row,)
    assert expression_of_rows(subject, (row,)) == expression


@pytest.mark.parametrize(
    ("look", "grammar", "expression"),
    [
        (Look.SLIDER, Grammar.NUMBER, ">5"),
        (Look.RANGE, Grammar.NUMBER, "5"),
        (Look.DAY, Grammar.DATE, "7 days"),
        (Look.DAYS, Grammar.DATE, "7 days"),
        (Look.TAGS, Grammar.STRING, "a%"),
        (Look.RADIOS, Grammar.STRING, "a,b"),
    ],
)
def test_what_one_of_looker_s_widgets_cannot_show_is_not_lost(
    look: Look, grammar: Grammar, expression: str
) -> None:
    subject = Subject("f", "F", grammar, look)
    assert rows_of(subject, expression) is None
    assert settled(subject, expression, Draft(was=expression)).expression == expression


def test_a_range_of_a_slider_and_of_two_days() -> None:
    numbers = Subject("f", "F", Grammar.NUMBER, Look.RANGE)
    assert expression_of_rows(numbers, (Row("is", texts={"low": "1", "high": "9"}),)) == "[1,9]"
    days = Subject("f", "F", Grammar.DATE, Look.DAYS)
    row = Row("is", texts={"start": "2026-01-01", "end": "2026-02-01"})
    assert expression_of_rows(days, (row,)) == "2026-01-01 to 2026-02-01"


def test_an_expression_is_told_in_english_or_where_it_stops_making_sense() -> None:
    assert said(DATE, "7 days") == ("is in the last 7 days", None)
    english, problem = said(NUMBER, ">5 five")
    assert (english, problem and problem.before, problem and problem.read) == ("", ">5 ", "five")
    assert problem is not None
    assert problem.column == 4
    assert ">5" in problem.valid
    assert said(TEXT, "{{ _user_attributes['team'] }}")[1] is None


def test_a_parameter_says_its_choice_by_its_label() -> None:
    parameter = Subject("p", "Unit", None, Look.TOGGLES, (("Days", "day"),), many=False, default="day")
    assert said(parameter, "day") == ("is Days", None)
    assert said(parameter, "") == ("is Days, as by default", None)
    assert said(replace(parameter, default=""), "")[0] == "is as by default"
