"""The mark of a tile and the drawer behind it: what is told, and to whom."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from mainstem.artifacts import Lineage, LineageNode, LineageTest, Outcome, Outcomes
from mainstem.artifacts.truth import Known
from mainstem.errors import TransientError
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.testclient import TestClient

EVENTS = LineageNode(
    uid="source.web.pages",
    kind="source",
    name="web.pages",
    schema="website",
    table="pages",
    loaded_at="received_at",
    warn_after_hours=12,
)
VISITS = LineageNode(
    uid="model.visits",
    kind="model",
    name="visits",
    schema="analytics",
    table="visits",
    materialized="table",
    owner="Ada",
    parents=(EVENTS.uid,),
)
TEST = LineageTest(uid="t", name="assert_visits_add_up", kind="singular", about=(VISITS.uid,))


class Served(Protocol):
    client: TestClient

    def logged_in(self, login: str, role: Role) -> TestClient: ...


class Desk:
    """What is known of two nodes; a test changes it."""

    def __init__(self) -> None:
        self.outcome = Outcome(status="pass", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        self.newest = timedelta(hours=1)
        self.is_kept = True
        self.connection = ""

    def known(self) -> Known | None:
        if not self.is_kept:
            return None
        outcomes = {VISITS.uid: Outcome(status="success", sql="select compiled"), TEST.uid: self.outcome}
        return Known(
            lineage=Lineage(nodes={EVENTS.uid: EVENTS, VISITS.uid: VISITS}, tests={TEST.uid: TEST}),
            outcomes=Outcomes(nodes=outcomes),
            build=7,
            newest_build=7,
            run="scheduled__1",
        )

    def elsewhere(self, connection: str | None) -> str:
        return self.connection

    def newest_rows(self, sources: Iterable[LineageNode]) -> Mapping[str, datetime | None]:
        return {source.uid: datetime.now(UTC) - self.newest for source in sources}


TILE = "/truth?dashboard=health&tile=visitors"
MARK = "/truth/marks?dashboard=health&tile=visitors"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def told(desk: Desk, company: object, make_web: Callable[..., Served]) -> Served:
    return make_web(company, truth=desk)


def test_the_marks_of_tiles_are_one_answer_with_the_filters_each_hears(told: Served) -> None:
    page = told.client.get("/dashboards/health").text
    assert 'data-marks-url="/truth/marks?dashboard=health"' in page
    marks = told.client.get(f"{MARK}&tile=none&tile=daily&on=period%3D3%2Bdays%26stray%3Dx").text
    assert re.findall(r'data-mark-of="(\w+)"', marks) == ["visitors", "daily"]
    assert re.findall(r'href="(/truth\?[^"]+)"', marks)[0] == (
        "/truth?dashboard=health&amp;tile=visitors&amp;on=period%3D3%2520days%26source%3D"
    )


def test_a_tile_that_cannot_be_told_of_keeps_no_other_from_its_mark(
    told: Served, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter((desk.known(), TransientError("Postgres is away")))

    def known() -> Known | None:
        one = next(found)
        if isinstance(one, TransientError):
            raise one
        return one

    monkeypatch.setattr(desk, "known", known)
    marks = told.client.get(f"{MARK}&tile=daily").text
    assert re.findall(r'data-state="(\w+)"', marks) == ["ok", "unknown"]


def test_a_mark_says_how_things_stand_in_a_shape_and_a_word(told: Served, desk: Desk) -> None:
    assert 'data-state="ok"' in told.client.get(MARK).text
    desk.newest = timedelta(days=2)
    late = told.client.get(MARK).text
    assert 'data-state="late"' in late
    assert "<span>late</span>" in late
    desk.outcome = Outcome(status="fail", failures=3)
    assert "<span>failing</span>" in told.client.get(MARK).text
    desk.is_kept = False
    assert 'data-state="unknown"' in told.client.get(MARK).text


def test_where_nothing_is_known_of_tables_there_is_no_mark(web: Served) -> None:
    assert web.client.get(MARK).text == ""


def test_the_path_leads_from_the_tile_to_the_event(told: Served) -> None:
    page = told.client.get(TILE).text
    steps = re.findall(r'data-step="(\w+)"', page)
    assert steps == ["tile", "explore", "view", "model", "source"]
    assert "owner Ada" in page
    assert "assert_visits_add_up" in page
    assert "/dags/transform/runs/scheduled__1" in page


def test_a_piece_is_the_panel_without_the_frame(told: Served) -> None:
    piece = told.client.get(TILE + "&piece=yes").text
    assert "data-truth-panel" in piece
    assert "<html" not in piece


def test_a_viewer_sees_the_path_and_neither_sql_nor_pages_of_others(told: Served) -> None:
    page = told.logged_in("vic@example.org", Role.VIEWER).get(TILE)
    assert page.status_code == 200
    assert "SELECT COUNT" not in page.text
    assert "/truth/model" not in page.text
    assert "SELECT COUNT" in told.client.get(TILE).text


def test_tables_of_another_connection_are_told_to_be_unknown(told: Served, desk: Desk) -> None:
    desk.connection = "its tables are on the connection crm"
    assert "its tables are on the connection crm" in told.client.get(TILE).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/truth?dashboard=none&tile=visitors", 404),
        ("/truth?dashboard=health&tile=none", 404),
        ("/truth/question?ask=nowhere", 400),
        ("/truth/question?ask=/explore/company/none", 404),
        ("/truth/model?name=none", 404),
    ],
)
def test_what_is_not_there_is_said(told: Served, path: str, status: int) -> None:
    assert told.client.get(path).status_code == status


def test_a_model_says_what_breaks_if_it_fails(told: Served) -> None:
    page = told.client.get("/truth/model?name=web.pages").text
    assert "What breaks if this fails" in page
    assert "3 tiles on 1 dashboard" in page
    assert "/truth/model?name=visits" in page


def test_compiled_sql_of_a_model_is_for_those_who_see_sql(told: Served) -> None:
    path = "/truth/model?name=visits"
    assert "select compiled" in told.client.get(path).text
    assert "select compiled" not in told.logged_in("ann@example.org", Role.EXPLORER).get(path).text


def test_a_question_and_a_field_have_marks_of_their_own(told: Served) -> None:
    path = "/truth/question/mark?model=company&explore=visits&field=visits.visitors"
    field = told.client.get(path).text
    assert 'data-state="ok"' in field
    assert "/truth/field?" in field
    viewer = told.logged_in("vic@example.org", Role.VIEWER)
    assert (
        viewer.get("/truth/question/mark?model=company&explore=visits&field=visits.visitors").status_code
        == 403
    )
