"""A filter by cohorts, as its control shows it and writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mainstem.errors import QueryError
from mainstem.filters import Grammar
from mainstem.store.cohorts import KeptCohort
from mainstem.web.filters import Place, Subject, control
from mainstem.web.filters.cohort import offered
from mainstem.web.filters.rows import Row
from mainstem.web.filters.settling import Draft, Settled, expression_of_rows, rows_of, said, settled

PERSON = Subject("people.id", "Person", Grammar.STRING, unit="person")
NUMBER = Subject("people.id", "Person", Grammar.NUMBER, unit="person")
PLAIN = Subject("people.name", "Name", Grammar.STRING)


@pytest.mark.parametrize("subject", [PERSON, NUMBER])
@pytest.mark.parametrize(
    ("expression", "english"),
    [
        ("in cohort trials", "is in cohort trials"),
        ("in cohort a, in cohort b", "is in cohort a or b"),
        ("in cohort a, not in cohort b", "is in cohort a and not in cohort b"),
    ],
)
def test_an_expression_about_cohorts_is_shown_said_and_written_again(
    subject: Subject, expression: str, english: str
) -> None:
    rows = rows_of(subject, expression)
    assert rows is not None
    assert expression_of_rows(subject, rows) == expression
    assert said(subject, expression) == (english, None)


def test_a_value_that_reads_like_one_stays_a_value_of_a_field_that_is_no_key() -> None:
    assert rows_of(PLAIN, "in cohort a") == (Row("is", ("in cohort a",)),)
    assert said(PLAIN, "in cohort a") == ("is 'in cohort a'", None)


def test_what_was_typed_beside_is_taken_as_a_name_and_no_other_condition_stands_beside() -> None:
    row = Row("in_cohort", ("a",), {"add": "Big-Ones"})
    assert expression_of_rows(PERSON, (row,)) == "in cohort a, in cohort big-ones"
    with pytest.raises(QueryError, match="do not go into one filter"):
        expression_of_rows(PERSON, (row, Row("is", ("x",))))
    draft = Draft(was="", rows=(Row("in_cohort", ("New York",)),))
    now = settled(PERSON, "", draft)
    assert (now.expression, "no short name of a cohort" in now.problem) == ("", True)


def test_operators_of_cohorts_are_offered_for_keys_alone_and_take_no_further_condition() -> None:
    def names(subject: Subject) -> list[str]:
        shown = control(subject, Place(0, "f", "/w"), Settled("in cohort a"))
        return [one.name for _, each in shown.operators for one in each]

    assert {"in_cohort", "not_in_cohort"} <= set(names(PERSON))
    assert "in_cohort" not in names(PLAIN)
    assert not control(PERSON, Place(0, "f", "/w"), Settled("in cohort a")).takes_more
    assert control(PERSON, Place(0, "f", "/w"), Settled("a")).takes_more


def test_cohorts_of_the_unit_are_found_by_name_and_title() -> None:
    def kept(name: str, title: str, unit: str) -> KeptCohort:
        at = datetime(2026, 3, 1, tzinfo=UTC)
        return KeptCohort(
            name=name, title=title, description="", owner="ada", unit=unit, model="m", explores=["e"],
            is_dynamic=False, definition={}, pick={}, asking={}, made_at=at, as_of=at, size=1, problem="",
            in_lake=None,
        )  # fmt: skip

    shelf = [kept("a-1", "Never bought", "person"), kept("b", "Big", "person"), kept("c", "Big", "account")]
    assert [one.value for one in offered(shelf, "person", "", 9).found] == ["a-1", "b"]
    assert [one.value for one in offered(shelf, "person", "BOUGHT", 9).found] == ["a-1"]
    assert [one.expression for one in offered(shelf, "person", "b", 9).found][1:] == ["in cohort b"]
    assert offered(shelf, "person", "", 1).more
