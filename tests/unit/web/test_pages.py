from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from mainstem.semantics import Element, ElementType
from mainstem.semantics.dashboard import TextBody
from mainstem.semantics.model import Origin
from mainstem.testing.memory_questions import MemoryQuestions
from mainstem.web import WebSettings
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from collections.abc import Callable

AT = Origin("health.dashboard.lookml", 7)


def test_the_first_page_is_the_first_dashboard_by_title(web: Any) -> None:
    answer = web.client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/dashboards/health")


def test_the_first_page_is_the_dashboard_that_the_project_names(
    company: Any, make_web: Callable[..., Any]
) -> None:
    company.dashboards = {
        name: msgspec.structs.replace(company.dashboards["health"], name=name, title=title)
        for name, title in (("accounts", "Accounts"), ("health", "Health"))
    }
    assert make_web(company).client.get("/", follow_redirects=False).headers["location"].endswith("/accounts")
    named = make_web(company, WebSettings(home_dashboard="health"))
    assert named.client.get("/", follow_redirects=False).headers["location"] == "/dashboards/health"


@pytest.mark.parametrize("path", ["/", "/dashboards"])
def test_a_project_without_dashboards_says_what_to_do(
    path: str, company: Any, make_web: Callable[[Any], Any]
) -> None:
    company.dashboards = {}
    answer = make_web(company).client.get(path)
    assert answer.status_code == 200
    assert "No dashboards yet" in answer.text
    assert "mainstem lookml validate" in answer.text


def test_the_list_links_every_dashboard(web: Any) -> None:
    assert 'href="/dashboards/health"' in web.client.get("/dashboards").text


def test_a_dashboard_page_asks_nothing_of_the_warehouse_and_sends_each_tile_for_itself(web: Any) -> None:
    page = web.client.get("/dashboards/health").text
    assert web.explorer.asked == []
    assert re.findall(r'hx-get="(/dashboards/health/tiles/[^"?]*)\?', page) == [
        "/dashboards/health/tiles/visitors",
        "/dashboards/health/tiles/daily",
        "/dashboards/health/tiles/sources",
    ]


def test_what_people_wrote_is_escaped(web: Any) -> None:
    assert "<title>Health &lt;of&gt; it all" in web.client.get("/dashboards/health").text
    table = web.client.get("/dashboards/health/tiles/sources").text
    assert "&lt;b&gt;google&lt;/b&gt;" in table
    assert "<b>google" not in table


def test_a_page_runs_no_inline_script_and_carries_no_inline_style(web: Any) -> None:
    for path in ("/dashboards/health", "/dashboards/health/tiles/daily", "/dashboards"):
        text = web.client.get(path).text
        assert not re.findall(r"<script(?![^>]*\ssrc=)", text)
        assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", text)


@pytest.fixture
def page_of(company: Any, make_web: Callable[[Any], Any]) -> Callable[..., str]:
    """The text of a page of a dashboard that has this element alone."""

    def page(element: Element, path: str = "/dashboards/health") -> str:
        health = company.dashboards["health"]
        company.dashboards = {"health": msgspec.structs.replace(health, elements=(element,))}
        text: str = make_web(company).client.get(path).text
        return text

    return page


def test_a_text_tile_shows_what_was_written_and_nothing_that_acts(page_of: Callable[..., str]) -> None:
    body = "# Visitors\n*once* a day <script>alert(1)</script>[x](javascript:y)"
    said = TextBody(title="How to <read>", subtitle="a & b", body=body)
    page = page_of(Element(name="t", title="", type=ElementType.TEXT, origin=AT, text=said))
    assert "<h2>How to &lt;read&gt;</h2>" in page
    assert '<p class="tile-subtitle">a &amp; b</p>' in page
    assert "<h3>Visitors</h3>" in page
    assert "<em>once</em>" in page
    assert not re.findall(r"<script>|href=.javascript", page)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/explores", '<a class="button" href="/explores" rel="noopener noreferrer">Go</a>'),
        ("javascript:x", "<p>Go</p>"),
        (None, "<p>Go</p>"),
    ],
)
def test_a_button_leads_where_a_link_may(
    page_of: Callable[..., str], address: str | None, shown: str
) -> None:
    said = TextBody(body="Go", address=address)
    assert shown in page_of(Element(name="b", title="", type=ElementType.BUTTON, origin=AT, text=said))


def test_a_tile_that_is_not_supported_says_so_in_its_place(page_of: Callable[..., str]) -> None:
    merged = Element(name="m", title="Both", type=ElementType.LINE, origin=AT, unsupported="merged results")
    page = page_of(merged)
    assert "Not shown here" in page and "Merged results. Written in <code>health.dashboard.lookml:7" in page
    assert 'hx-get="/dashboards/health/tiles' not in page


@pytest.mark.parametrize(("display", "before"), [("above", True), ("below", False), (None, False)])
def test_a_note_stands_where_it_is_said_to(
    page_of: Callable[..., str], company: Any, display: str | None, before: bool
) -> None:
    visitors = company.dashboards["health"].elements[0]
    noted = msgspec.structs.replace(visitors, note_text="**Mind** this", note_display=display)
    tile = page_of(noted, "/dashboards/health/tiles/visitors")
    assert (tile.index("<strong>Mind</strong>") < tile.index('class="tile-body"')) is before


def test_the_layout_of_a_dashboard_is_a_stylesheet_kept_for_ever(web: Any) -> None:
    url = re.findall(
        r'href="(/dashboards/health/layout.css[^"]*)"', web.client.get("/dashboards/health").text
    )
    answer = web.client.get(url[0])
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert "#tile-2 { grid-area: 5 / 13 / span 4 / span 12; }" in answer.text


def test_an_outdated_layout_address_is_not_kept(web: Any) -> None:
    assert web.client.get("/dashboards/health/layout.css?v=old").headers["cache-control"] == "no-store"


def test_a_single_value_carries_its_raw_value_for_machines(web: Any) -> None:
    tile = web.client.get("/dashboards/health/tiles/visitors").text
    assert 'data-tile="visitors" data-value="12345"' in tile
    assert '<p class="figure figure-short">12,345</p>' in tile


def test_a_long_number_is_set_smaller(web: Any, company: Any, answers: Any) -> None:
    company.answers[("visits.visitors",)] = answers.of_visitors(123_456_789_012)
    assert (
        'class="figure figure-long">123,456,789,012<'
        in web.client.get("/dashboards/health/tiles/visitors").text
    )


def test_null_is_neither_zero_nor_no_rows(web: Any, company: Any, answers: Any) -> None:
    company.answers[("visits.visitors",)] = answers.of_visitors(None)
    null = web.client.get("/dashboards/health/tiles/visitors").text
    assert "Blank: nothing is known to work it out from" in null
    assert "data-value" not in null
    company.answers[("visits.visitors",)] = answers.of_visitors()
    empty = web.client.get("/dashboards/health/tiles/visitors").text
    assert "No rows" in empty
    assert "data-value" not in empty
    company.answers[("visits.visitors",)] = answers.of_visitors(0)
    assert 'data-value="0"' in web.client.get("/dashboards/health/tiles/visitors").text


def test_a_tile_without_rows_names_its_filters_and_leads_to_itself_without_them(
    web: Any, company: Any, answers: Any
) -> None:
    company.answers[("visits.visitors",)] = answers.of_visitors()
    empty = web.client.get("/dashboards/health/tiles/visitors?period=7+days").text
    assert "Filters: " in empty
    assert "Show without these filters" in empty
    assert 'href="/dashboards/health?period=' in empty
    open_wide = web.client.get("/dashboards/health/tiles/visitors?period=").text
    assert "Show without these filters" not in open_wide


def test_a_chart_comes_with_a_description_and_its_data_as_a_table(web: Any) -> None:
    tile = web.client.get("/dashboards/health/tiles/daily").text
    assert 'role="img" aria-label="Line chart of Visitors by Visit Date. 2 points' in tile
    assert '<th scope="col">Visit Date</th>' in tile
    assert re.search(r"<th scope=\"row\"[^>]*>2026-03-01</th>", tile)


def test_a_tile_tells_how_its_number_is_made(web: Any) -> None:
    tile = web.client.get("/dashboards/health/tiles/visitors", params={"source": "google"}).text
    assert "WHERE a &lt; b" in tile
    assert "company.visits" in tile
    assert "lake.analytics.visits" in tile
    assert "12 ms, 1 row" in tile
    assert "<code>visits.source</code>: <code>google</code>" in tile
    assert "health.dashboard.lookml:12" in tile


def test_sql_is_for_those_who_may_explore(web: Any) -> None:
    path = "/dashboards/health/tiles/visitors"
    viewer = web.logged_in("vic@example.org", Role.VIEWER).get(path).text
    assert "How this number is made" in viewer
    assert "lake.analytics.visits" in viewer
    assert "WHERE a &lt; b" not in viewer
    assert "COUNT(" not in viewer
    assert "WHERE a &lt; b" in web.logged_in("ann@example.org", Role.EXPLORER).get(path).text


def test_filters_reach_the_tiles_query(web: Any) -> None:
    web.client.get("/dashboards/health/tiles/visitors", params={"period": "last month", "source": ""})
    assert web.explorer.asked[0].filters == {"visits.visit_date": "last month", "visits.source": ""}


def test_a_filter_that_the_address_leaves_out_has_its_default(web: Any) -> None:
    web.client.get("/dashboards/health/tiles/visitors")
    assert web.explorer.asked[0].filters["visits.visit_date"] == "7 days"


def test_a_filter_the_dashboard_lacks_is_named_on_the_page(web: Any) -> None:
    assert "no filter named perid" in web.client.get("/dashboards/health?perid=7+days").text


def test_a_bad_question_is_told_in_the_tile_with_its_place(
    web: Any, company: Any, unknown_field: Exception
) -> None:
    company.answers[("visits.visitors",)] = unknown_field
    answer = web.client.get("/dashboards/health/tiles/visitors")
    assert answer.status_code == 400
    assert "did you mean &#39;visits.visitors&#39;?" in answer.text
    assert "health.dashboard.lookml:12" in answer.text
    assert web.client.get("/dashboards/health/tiles/daily").status_code == 200


def test_a_busy_warehouse_is_503_and_can_be_tried_again(web: Any, company: Any, busy: Exception) -> None:
    company.answers[("visits.visitors",)] = busy
    answer = web.client.get("/dashboards/health/tiles/visitors?source=google")
    assert answer.status_code == 503
    assert 'hx-get="/dashboards/health/tiles/visitors?period=7+days&amp;source=google"' in answer.text


def test_a_fault_of_ours_is_logged_and_not_shown(
    web: Any, company: Any, caplog: pytest.LogCaptureFixture
) -> None:
    company.answers[("visits.visitors",)] = RuntimeError("the secret inside")
    answer = web.client.get("/dashboards/health/tiles/visitors")
    assert answer.status_code == 500
    assert "the secret inside" not in answer.text
    assert "the secret inside" in caplog.text


def test_a_chart_over_no_dimension_says_so(web: Any, company: Any, answers: Any) -> None:
    company.answers[("visits.visit_date", "visits.visitors")] = answers.of_visitors(3)
    answer = web.client.get("/dashboards/health/tiles/daily")
    assert answer.status_code == 400
    assert "needs a dimension" in answer.text


def test_values_of_a_string_filter_come_from_the_data_as_exact_expressions(web: Any) -> None:
    page = web.client.get("/dashboards/health").text
    url = re.findall(r'data-combo="(/dashboards/health/filters/source/values[^"]*)"', page)[0]
    listed = html.unescape(web.client.get(html.unescape(url)).text)
    assert web.explorer.asked[0].fields == ("visits.source",)
    assert web.explorer.asked[0].limit == 50
    assert 'data-value="a,b" data-expression=""a,b""' in listed
    assert 'data-expression="NULL"' in listed


def test_suggestions_that_fail_say_so_and_leave_the_filter_usable(
    web: Any, company: Any, busy: Exception
) -> None:
    company.answers[("visits.source",)] = busy
    assert "could not be listed" in web.client.get("/dashboards/health/filters/source/values").text


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/dashboards/none",
        "/dashboards/none/tiles/visitors",
        "/dashboards/health/tiles/none",
        "/dashboards/health/filters/none/values",
        "/static/0000/app.js",
    ],
)
def test_an_address_that_leads_nowhere_is_a_404_page(path: str, web: Any) -> None:
    answer = web.client.get(path)
    assert answer.status_code == 404
    assert "All dashboards" in answer.text


def test_the_footer_tells_the_loaded_at_and_the_version(web: Any, company: Any) -> None:
    page = web.client.get("/dashboards/health").text
    assert 'datetime="2026-03-02T10:30:00+00:00"' in page
    assert "Mainstem 1.2.3" in page
    company.events_loaded_at = None
    assert "No event loaded yet" in web.client.get("/dashboards/health").text


def test_health_is_json_and_asks_nothing_of_the_warehouse(web: Any) -> None:
    assert web.client.get("/health").json() == {"status": "ok", "version": "1.2.3", "dashboards": 1}
    assert web.explorer.asked == []


def test_a_long_result_says_that_there_may_be_more(web: Any, company: Any, answers: Any) -> None:
    company.answers[("visits.source", "visits.visitors")] = answers.of_sources(("a", 1), limit_reached=True)
    assert "Only the first 1 rows" in web.client.get("/dashboards/health/tiles/sources").text


def test_the_list_of_dashboards_is_searched_and_has_favourites_first(company: Any, make_web: Any) -> None:
    board = company.dashboards["health"]
    company.dashboards = {
        name: msgspec.structs.replace(board, name=name, title=name.upper(), origin=Origin(file, 1))
        for name, file in (("a", "deep/a.dashboard.lookml"), ("b", "b.dashboard.lookml"))
    }
    web = make_web(company, questions=MemoryQuestions())

    def shown(query: str = "") -> list[str]:
        return re.findall(r'<h2><a href="/dashboards/(\w+)"', web.client.get(f"/dashboards{query}").text)

    assert shown() == ["b", "a"]
    assert web.client.get("/", follow_redirects=False).headers["location"] == "/dashboards/b"
    assert shown("?q=daily+A") == ["b", "a"]
    assert shown("?q=nowhere") == []
    page = web.client.get("/dashboards").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    sent = {"csrf_token": token[1]}
    answer = web.client.post("/dashboards/a/favourite", data=sent, headers={"origin": "http://127.0.0.1"})
    assert answer.status_code == 200
    assert shown() == ["a", "b"]
    assert "you looked" not in page
    web.client.get("/dashboards/b")
    assert web.client.get("/dashboards").text.count("you looked") == 1
