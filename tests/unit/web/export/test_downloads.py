"""Answers as files, out of the page of an explore."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from mainstem.errors import QueryError
from mainstem.web.auth import Role
from mainstem.web.export import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.testclient import TestClient

PATH = "/explore/company/visits/download"
ASKED = "fields=visits.source"


def test_csv_comes_as_a_file_with_labels_at_its_head(analyst: TestClient) -> None:
    answer = analyst.get(f"{PATH}/csv?{ASKED}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert ".csv" in answer.headers["content-disposition"]
    assert answer.text.splitlines()[1:] == ["google", '"a,b"', '""']


def test_json_has_the_names_of_fields(analyst: TestClient) -> None:
    assert analyst.get(f"{PATH}/json?{ASKED}").json()[0] == {"visits.source": "google"}


def test_a_workbook_is_one_that_spreadsheets_read(analyst: TestClient) -> None:
    answer = analyst.get(f"{PATH}/xlsx?{ASKED}")
    assert answer.content.startswith(b"PK")
    assert "xlsx" in answer.headers["content-disposition"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_question_that_cannot_be_asked_is_said_and_no_file(analyst: TestClient, form: str) -> None:
    answer = analyst.get(f"{PATH}/{form}?fields=visits.nonsense")
    assert answer.status_code in (400, 500)
    assert "content-disposition" not in answer.headers


def test_a_part_of_the_address_that_is_not_understood_is_said(analyst: TestClient) -> None:
    answer = analyst.get(f"{PATH}/csv?{ASKED}&limit=many")
    assert (answer.status_code, "limit=many" in answer.text) == (400, True)


def test_an_unknown_format_names_the_known_ones(analyst: TestClient) -> None:
    answer = analyst.get(f"{PATH}/docx?{ASKED}")
    assert answer.status_code == 404
    assert "csv" in answer.text


def test_who_only_sees_dashboards_gets_no_file(web: object) -> None:
    viewer = web.logged_in("vic@example.org", Role.VIEWER)  # type: ignore[attr-defined] # the fixture's own class
    assert viewer.get(f"{PATH}/csv?{ASKED}", follow_redirects=False).status_code == 403


def taken(pieces: Pieces) -> list[bytes]:
    async def take() -> list[bytes]:
        return [await pieces.first(), *[piece async for piece in pieces.rest()]]

    return anyio.run(take)


def test_pieces_come_in_order_and_all() -> None:
    assert taken(Pieces(lambda: iter([str(n) for n in range(50)]))) == [b"%d" % n for n in range(50)]


def test_what_goes_wrong_on_the_way_breaks_the_file_off() -> None:
    def produce() -> Iterator[str]:
        yield "a"
        raise QueryError("lost")

    with pytest.raises(QueryError, match="lost"):
        taken(Pieces(produce))


def test_no_more_is_made_than_is_taken_and_the_query_ends_when_its_taker_leaves() -> None:
    made: list[int] = []
    ended = threading.Event()

    def produce() -> Iterator[str]:
        try:
            for n in range(1_000_000):
                made.append(n)
                yield str(n)
        finally:
            ended.set()

    async def take_one_and_leave() -> None:
        pieces = Pieces(produce)
        assert await pieces.first() == b"0"
        pieces.close()
        pieces._thread.join(30)

    anyio.run(take_one_and_leave)
    assert len(made) < 20
    assert ended.is_set()
