"""Why a number changed: the moments to choose, the words, the parts; for those who may see the tile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from mainstem.errors import QueryError
from mainstem.query.changes import Cause, ChangedRow, Explanation, NumberChange
from mainstem.query.result import ColumnKind, OutputColumn, OutputType
from mainstem.web.auth import Role
from mainstem.web.truth.changes import Moment, drawing, sentence
from mainstem.web.truth.telling import Tellings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.testclient import TestClient

    from mainstem.query.context import Asking
    from mainstem.web.truth.changes import Asked

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOMENTS = [Moment(str(n), 40 + n, AT + timedelta(days=n), AT + timedelta(days=n), 100 + n) for n in (3, 2, 1)]
CHANGE = NumberChange(
    measure="visits.visitors",
    before=100,
    after=114,
    parts={Cause.NEW: 12, Cause.LATE: 3, Cause.CHANGED: -1},
)
COLUMN = OutputColumn(
    name="visits.visitors",
    label="Visitors",
    field_label="Visitors",
    kind=ColumnKind.MEASURE,
    type=OutputType.NUMBER,
)
PAGE = "/why?dashboard=health&tile=visitors"
ANSWER = "/why/answer?dashboard=health&tile=visitors"


class Served(Protocol):
    client: TestClient

    def logged_in(self, login: str, role: Role) -> TestClient: ...


class Desk:
    def __init__(self) -> None:
        self.shown: list[Moment] = list(MOMENTS)
        self.asked: list[tuple[str, str]] = []
        self.error: Exception | None = None
        self.key = ""

    def moments(self) -> Sequence[Moment]:
        return self.shown

    def explain(
        self, asking: Asking, asked: Asked, then: Moment, now: Moment, tell: Callable[[str], None]
    ) -> Explanation:
        tell("Asking with the rows that are new")
        self.asked.append((then.id, now.id))
        if self.error is not None:
            raise self.error
        return Explanation(
            labels={"visits.visitors": "Visitors"},
            dimensions=(),
            numbers=(CHANGE,),
            row_fields=("visits.source",),
            key_field=self.key,
            rows=(ChangedRow(what="added", values=("a<b",)),),
            notes=("Not all is known.",),
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def told(desk: Desk, company: object, make_web: Callable[..., Served]) -> Served:
    return make_web(company, changes=desk)


def test_the_sentence_says_the_difference_and_its_parts() -> None:
    assert sentence(CHANGE, COLUMN) == "+14: 12 new, 3 late, −1 changed rows"
    same = NumberChange(measure="m", before=5, after=5)
    assert sentence(same, COLUMN) == "It did not change: 5 at both moments."


def test_the_drawing_goes_from_no_difference_to_all_of_it() -> None:
    chart = drawing(CHANGE, COLUMN)
    assert chart is not None
    assert "14" in chart.description
    assert drawing(NumberChange(measure="m", before=5, after=5), COLUMN) is None


def test_the_page_compares_the_previous_publication_with_now(told: Served, desk: Desk) -> None:
    page = told.client.get(PAGE).text
    assert 'hx-get="/why/answer?dashboard=health&amp;tile=visitors&amp;named=' in page
    assert 'hx-get="/why/steps?named=' in page
    answer = told.client.get(ANSWER).text
    assert desk.asked == [("2", "3")]
    assert "+14: 12 new, 3 late, −1 changed rows" in answer
    assert 'data-cause="late"' in answer
    assert "a&lt;b" in answer
    assert "Not all is known." in answer


def test_what_is_done_next_is_told_to_who_asked_while_it_is_worked_out() -> None:
    tellings = Tellings()
    with tellings.of("vic", "x") as tell:
        tell("Asking with the rows that are new")
        told = tellings.now("vic", "x")
        assert told is not None
        assert told.step == "Asking with the rows that are new"
        assert tellings.now("eve", "x") is None
    assert tellings.now("vic", "x") is None


def test_moments_are_chosen_by_number_or_by_date(told: Served, desk: Desk) -> None:
    told.client.get(ANSWER + "&from=1&to=2")
    told.client.get(ANSWER + "&from=2026-03-03T12:00:00")
    assert desk.asked == [("1", "2"), ("1", "3")]
    assert told.client.get(ANSWER + "&from=3&to=2").status_code == 400


def test_with_one_moment_alone_it_says_what_is_missing(told: Served, desk: Desk) -> None:
    desk.shown = desk.shown[:1]
    page = told.client.get(PAGE).text
    assert "Once another build is published" in page
    assert "/why/answer" not in page


def test_what_cannot_be_told_is_said_in_its_place(told: Served, desk: Desk) -> None:
    desk.error = QueryError("this question holds no number that could change")
    answer = told.client.get(ANSWER)
    assert answer.status_code == 400
    assert "holds no number" in answer.text


def test_questions_of_explores_are_not_for_viewers(told: Served) -> None:
    viewer = told.logged_in("vic@example.org", Role.VIEWER)
    assert viewer.get(PAGE).status_code == 200
    assert viewer.get("/why/question?ask=/explore/company/visits").status_code == 403


def test_a_row_leads_to_itself_in_its_explore_for_those_who_may_explore(told: Served, desk: Desk) -> None:
    desk.key = "visits.source"
    link = 'href="/explore/company/visits?fields=visits.source&amp;f[visits.source]=a%3Cb'
    assert link in told.client.get(ANSWER).text
    assert link not in told.logged_in("vic@example.org", Role.VIEWER).get(ANSWER).text
