from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from mainstem.web.toasts import COOKIE, tell

if TYPE_CHECKING:
    from starlette.requests import Request

TEXT = 'Ünder <way>; "done"\r\nx: y'


@pytest.fixture
def saying(web: Any) -> Any:
    """A client of an application that says TEXT in each way an answer can be given."""

    async def redirect(request: Request) -> Response:
        return told(request, RedirectResponse("/dashboards", status_code=303))

    async def piece(request: Request) -> Response:
        return told(request, PlainTextResponse("piece"))

    def told(request: Request, response: Response) -> Response:
        tell(request, response, "ok", TEXT)
        return response

    web.app.add_route("/redirect", redirect)
    web.app.add_route("/piece", piece)

    async def piece_twice(request: Request) -> Response:
        response = told(request, PlainTextResponse("piece", headers={"hx-trigger": "saved, closed"}))
        return told(request, response)

    async def long(request: Request) -> Response:
        response = RedirectResponse("/dashboards", status_code=303)
        tell(request, response, "warning", "€" * 10_000)
        return response

    web.app.add_route("/piece-twice", piece_twice)

    async def redirect_twice(request: Request) -> Response:
        return told(request, await redirect(request))

    web.app.add_route("/redirect-twice", redirect_twice)
    web.app.add_route("/long", long)
    return web.client


def shown(page: str) -> bool:
    return 'data-toast="ok"><svg' in page and "Ünder &lt;way&gt;" in page


def test_a_toast_of_a_redirect_is_shown_on_the_next_page_and_only_there(saying: Any) -> None:
    assert shown(saying.get("/redirect").text)
    assert COOKIE not in saying.cookies
    assert not shown(saying.get("/dashboards").text)


def test_a_toast_waits_over_answers_that_show_no_page(saying: Any) -> None:
    saying.get("/redirect", follow_redirects=False)
    saying.get("/health")
    saying.get("/dashboards/health/tiles/visitors")
    assert shown(saying.get("/dashboards").text)


def test_htmx_is_handed_the_toast_in_a_header_of_plain_ascii(saying: Any) -> None:
    answer = saying.get("/piece", headers={"hx-request": "true"})
    raised = json.loads(answer.headers["hx-trigger"])
    assert raised == {"mainstem:toasts": {"toasts": [{"kind": "ok", "text": TEXT}]}}
    assert answer.headers["hx-trigger"].isascii()
    assert COOKIE not in saying.cookies


def test_htmx_that_follows_a_redirect_is_handed_the_toast_with_the_last_answer(saying: Any) -> None:
    answer = saying.get("/redirect", headers={"hx-request": "true"})
    assert json.loads(answer.headers["hx-trigger"])["mainstem:toasts"]["toasts"][0]["text"] == TEXT
    assert COOKIE not in saying.cookies
    assert not shown(answer.text)


@pytest.mark.parametrize("forged", ["x", "e30=", "W1siZXZpbCIsICJ4Il1d", "////", "W1s="])
def test_a_cookie_that_is_not_ours_is_no_toast(forged: str, web: Any) -> None:
    web.client.cookies.set(COOKIE, forged)
    page = web.client.get("/dashboards")
    assert page.status_code == 200
    assert 'data-toast="ok"><svg' not in page.text.split("<template")[0]


def test_the_cookie_is_read_by_no_script_and_sent_by_no_other_site(saying: Any) -> None:
    cookie = saying.get("/redirect", follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=60" in cookie


def test_several_toasts_of_one_answer_stand_beside_what_else_it_raises(saying: Any) -> None:
    answer = saying.get("/piece-twice", headers={"hx-request": "true"})
    raised = json.loads(answer.headers["hx-trigger"])
    assert raised.keys() == {"saved", "closed", "mainstem:toasts"}
    assert len(raised["mainstem:toasts"]["toasts"]) == 2


def test_several_toasts_of_one_redirect_are_all_shown(saying: Any) -> None:
    assert saying.get("/redirect-twice").text.count('data-toast="ok"><svg') == 2 + 1  # and the template


def test_toasts_of_several_answers_wait_together(saying: Any) -> None:
    for _ in range(2):
        saying.get("/redirect", follow_redirects=False)
    assert saying.get("/dashboards").text.count('data-toast="ok"><svg') == 2 + 1  # and the template


def test_what_waits_always_fits_a_cookie(saying: Any) -> None:
    for _ in range(3):
        answer = saying.get("/long", follow_redirects=False)
        assert len(answer.headers["set-cookie"]) < 4096
    assert "€€€" in saying.get("/dashboards").text
