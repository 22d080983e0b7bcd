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

    async def twice(request: Request) -> Response:
        return told(request, told(request, RedirectResponse("/elsewhere", status_code=303)))

    def told(request: Request, response: Response) -> Response:
        tell(request, response, "ok", TEXT)
        return response

    web.app.add_route("/redirect", redirect)
    web.app.add_route("/piece", piece)
    web.app.add_route("/twice", twice)
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
