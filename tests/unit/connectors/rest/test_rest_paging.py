"""Pages follow by dlt's paginators, can be gone on with, and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

import pytest

from mainstem.config import Secret
from mainstem.connectors.rest.client import (
    Cursor,
    HeaderLink,
    JsonLink,
    Offset,
    PageNumber,
    Paginator,
    QuotaHeaders,
    ResponseAction,
    SinglePage,
)
from mainstem.connectors.rest.paging import Asking, Pages
from mainstem.connectors.rest.session import judge_of, meant, quota_of
from mainstem.errors import ApiRefused, ApiUnavailable
from mainstem.saas import Account, ApiKey, ApiSession, MemoryBudget, Quota, Verdict
from mainstem.simulate.saas import Answer, ControlledClock, Request, Service
from mainstem.simulate.saas.http import json_answer
from mainstem.testing.connectors import NOON, StillClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.simulate.saas.limits import Allowed
    from mainstem.simulate.saas.service import Handler
    from mainstem.simulate.world import Change
    from mainstem.testing.saas import SaasHost

ROWS = [{"id": number} for number in range(1, 8)]
SIZE = 3


class Lists(Service):
    """Seven rows in pages of three, by every way there is to say what comes next."""

    name = "lists"
    limits: ClassVar[tuple[Allowed, ...]] = ()

    def routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/all", lambda r: json_answer(ROWS)),
            ("GET", "/by_link", lambda r: self._by_number(r, "link")),
            ("GET", "/by_body", lambda r: self._by_number(r, "body")),
            ("GET", "/by_number", lambda r: self._by_number(r, "")),
            ("GET", "/by_cursor", self._by_cursor),
            ("GET", "/by_offset", self._by_offset),
            ("GET", "/in_a_circle", lambda r: json_answer({"rows": ROWS, "next": "same"})),
            ("GET", "/gone", lambda r: json_answer({"error": "empty"}, 409)),
        ]

    def _by_number(self, request: Request, how: str) -> Answer:
        number = int(request.query.get("page", 1))
        rows = ROWS[(number - 1) * SIZE : number * SIZE]
        following = (
            f"{request.base_url}{request.path}?{urlencode({**request.query, 'page': number + 1})}"
            if number * SIZE < len(ROWS)
            else None
        )
        links = {"Link": f'<{following}>; rel="next"'} if how == "link" and following else {}
        return json_answer(
            {"rows": rows, "next": following if how == "body" else None, "pages": 3}, 200, links
        )

    def _by_cursor(self, request: Request) -> Answer:
        after = int(request.query.get("after", 0))
        rows = [row for row in ROWS if row["id"] > after]
        return json_answer({"rows": rows[:SIZE], "more": len(rows) > SIZE})

    def _by_offset(self, request: Request) -> Answer:
        first = int(request.query["offset"])
        return json_answer({"rows": ROWS[first : first + int(request.query["limit"])]})

    def absorb(self, change: Change) -> None:
        return None

    def authorised(self, request: Request) -> Answer | None:
        return None

    def expire_tokens(self) -> None:
        return None

    def limited(self, seconds: float, *, is_quota: bool) -> Answer:
        return json_answer({}, 429)

    def failed(self, status: int) -> Answer:
        return json_answer({}, status)

    def not_found(self) -> Answer:
        return json_answer({}, 404)


@pytest.fixture
def pages(saas: SaasHost) -> Iterator[Pages]:
    with saas.hosting(Lists(ControlledClock(NOON))) as base_url:
        clock = StillClock()
        with ApiSession(base_url, Account("lists"), MemoryBudget(clock), clock=clock) as session:
            yield Pages(session)


WAYS: list[tuple[str, Paginator]] = [
    ("/by_link", HeaderLink()),
    ("/by_body", JsonLink(next_url_path="next")),
    ("/by_number", PageNumber(total_path="pages")),
    ("/by_cursor", Cursor(cursor_path="rows[-1].id", cursor_param="after", has_more_path="more")),
    ("/by_offset", Offset(limit=SIZE)),
]


@pytest.mark.parametrize(("path", "paginator"), WAYS)
def test_every_row_comes_and_any_page_can_be_gone_on_behind(
    pages: Pages, path: str, paginator: Paginator
) -> None:
    asking = Asking(path, {}, paginator, "rows")
    answers = list(pages.read(asking))
    assert [row for answer in answers for row in answer.rows] == ROWS
    assert answers[-1].has_next is False
    for number, answer in enumerate(answers[:-1], start=1):
        rest = [row for behind in pages.read(asking, answer.state) for row in behind.rows]
        assert rest == ROWS[number * SIZE :]


def test_an_address_that_is_kept_holds_no_key(saas: SaasHost) -> None:
    with saas.hosting(Lists(ControlledClock(NOON))) as base_url:
        clock = StillClock()
        auth = ApiKey("key", Secret("s3cret-key"), in_query=True)
        with ApiSession(base_url, Account("lists"), MemoryBudget(clock), auth, clock=clock) as session:
            asking = Asking("/by_body", {}, JsonLink(next_url_path="next"), "rows")
            answers = list(Pages(session, frozenset({"key"})).read(asking))
    assert len(answers) == 3
    assert all("key" not in str(answer.state) for answer in answers)
    assert str(answers[0].state).endswith("/by_body?page=2")


def test_a_list_may_be_the_answer_itself(pages: Pages) -> None:
    [answer] = pages.read(Asking("/all", {}, SinglePage()))
    assert answer.rows == ROWS


def test_an_answer_without_its_rows_is_told(pages: Pages) -> None:
    with pytest.raises(ApiRefused, match="/by_cursor answered nothing at items, its data_selector"):
        list(pages.read(Asking("/by_cursor", {}, SinglePage(), "items")))


def test_pages_that_go_in_a_circle_end_with_an_error(pages: Pages) -> None:
    cursor = Cursor(cursor_path="next", cursor_param="cursor")
    with pytest.raises(ApiUnavailable, match="the next page is the same again"):
        list(pages.read(Asking("/in_a_circle", {}, cursor, "rows")))


def test_more_has_to_be_said_where_it_is_looked_for(pages: Pages) -> None:
    cursor = Cursor(cursor_path="rows[-1].id", cursor_param="after", has_more_path="has_more")
    with pytest.raises(ApiRefused, match="has_more"):
        list(pages.read(Asking("/by_cursor", {}, cursor, "rows")))


def test_an_answer_that_is_ignored_has_no_rows(pages: Pages) -> None:
    asking = Asking("/gone", {}, SinglePage(), ignored=lambda response: response.status_code == 409)
    assert list(pages.read(asking)) == []


def answer(status: int, body: str = "", **headers: str) -> Any:
    import requests

    made = requests.Response()
    made.status_code = status
    made._content = body.encode()
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


def test_the_first_action_counts_that_an_answer_fits() -> None:
    secondary = ResponseAction(action="wait", status_code=403, content="secondary", seconds=60)
    spent = ResponseAction(action="quota", headers={"X-Left": "0"})
    told = ResponseAction(action="wait", headers={"Retry-After": ""})
    actions = (secondary, spent, told)
    assert meant(answer(403, "a secondary limit"), actions) is secondary
    assert meant(answer(403, "no", X_Left="0"), actions) is spent
    assert meant(answer(403, "no", X_Left="1", Retry_After="5"), actions) is told
    assert meant(answer(403, "no", X_Left="1"), actions) is None


def test_what_is_left_is_read_from_headers() -> None:
    clock = StillClock()
    by_moment = QuotaHeaders(remaining="Left", limit="All", reset="Reset")
    found = quota_of(answer(200, Left="7", All="10", Reset=str(int(NOON.timestamp()) + 60)), by_moment, clock)
    by_seconds = QuotaHeaders(remaining="Left", reset="Reset", reset_as="seconds")
    assert found is not None
    same = quota_of(answer(200, Left="7", Reset="60"), by_seconds, clock)
    assert found == Quota(7, 10, same.resets_at if same else None)
    assert quota_of(answer(200), by_moment, clock) is None


def test_a_limit_that_says_no_time_is_kept_for_the_declared_one() -> None:
    """GitHub's secondary limit may come without Retry-After, and then wants a minute of silence."""
    clock = StillClock()
    budget, account = MemoryBudget(clock), Account("lists")
    action = ResponseAction(action="wait", status_code=403, content="secondary", seconds=60)
    judge = judge_of((action,), account, budget)
    assert judge(answer(403, "a secondary rate limit", Retry_After="5")) is Verdict.WAIT
    assert budget.take(account, "/") == 0.0  # the session waits as long as the answer says
    assert judge(answer(403, "a secondary rate limit")) is Verdict.WAIT
    assert budget.take(account, "/") == 60.0
    assert judge(answer(403, "no")) is None
