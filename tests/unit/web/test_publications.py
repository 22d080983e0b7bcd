from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import NothingPublished, StoreUnavailable
from mainstem.testing.publications import MemoryPublications
from mainstem.web.auth import Role

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

FAILURE = "test unique_orders fail: Got 2 <results>, configured to fail if != 0"
HEALTH = "/dashboards/health"


@pytest.fixture
def desk() -> MemoryPublications:
    return MemoryPublications()


@pytest.fixture
def web(company: Any, make_web: Any, desk: MemoryPublications) -> Any:
    return make_web(company, publications=desk)


@pytest.fixture
def developer(web: Any) -> TestClient:
    client: TestClient = web.logged_in("dev@example.org", Role.DEVELOPER)
    return client


def send(client: TestClient, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/publications").text)
    assert found is not None
    return client.post(path, data={"csrf_token": found.group(1), **fields}, follow_redirects=False)


def notices(page: str) -> list[str]:
    return re.findall(r'data-publication-notice="(\w+)"', page)


def test_before_the_first_publication_the_page_says_what_to_do_and_is_no_error(web: Any) -> None:
    page = web.client.get(HEALTH)
    assert page.status_code == 200
    assert "data-nothing-published" in page.text
    assert "mainstem build" in page.text
    assert "hx-get" not in page.text.partition("<main")[2].partition("</main>")[0], "it asks for no tile"
    assert "mainstem build" in web.client.get("/publications").text


def test_before_the_first_publication_a_failed_build_is_told(web: Any, desk: MemoryPublications) -> None:
    desk.built(FAILURE)
    page = web.client.get(HEALTH).text
    assert "data-nothing-published" in page
    assert "Got 2 &lt;results&gt;" in page


def test_a_dashboard_says_what_was_published_and_when(web: Any, desk: MemoryPublications) -> None:
    desk.built()
    page = " ".join(re.sub(r"<[^>]+>", " ", web.client.get(HEALTH).text).split())
    assert "Published 2026-03-02 09:10:00 UTC , build 1 , 49 tests passed" in page
    assert notices(web.client.get(HEALTH).text) == []


def test_a_failed_build_is_told_with_its_first_lines_and_the_time_of_the_numbers(
    web: Any, desk: MemoryPublications
) -> None:
    desk.built()
    desk.built(FAILURE, "second", "third", "fourth", "fifth")
    page = web.client.get(HEALTH).text
    assert notices(page) == ["failed"]
    assert "Got 2 &lt;results&gt;" in page
    assert "third" in page
    assert "fourth" not in page
    assert "and 2 more" in page
    assert "2026-03-02 09:10:07 UTC" in page, "when it failed"
    assert "2026-03-02 09:00:07 UTC" in page, "what the numbers are of"
    assert 'href="/publications"' in page


def test_a_rollback_and_a_look_that_fails_are_told_too(web: Any, desk: MemoryPublications) -> None:
    desk.built()
    desk.built()
    desk.roll_back(None, "bob@example.org", hold=True)
    desk.unseen_since = datetime(2026, 3, 2, 12, tzinfo=UTC)
    page = web.client.get(HEALTH).text
    assert notices(page) == ["rollback", "unseen"]
    assert "Later builds are held back." in page


def test_the_page_lists_publications_and_builds_with_who_and_why(web: Any, desk: MemoryPublications) -> None:
    desk.built()
    desk.built(FAILURE)
    desk.built(partial="9 of 10 models and tests were not selected, such as model m")
    page = web.client.get("/publications").text
    assert re.findall(r'data-build="(\d+)"', page) == ["3", "2", "1"]
    assert "dbt build --select part" in page
    assert "such as model m" in page
    assert page.count("Got 2 &lt;results&gt;") == 1, "a part that passed leaves nothing failed to tell"


def test_a_developer_goes_back_and_forward_again(
    web: Any, desk: MemoryPublications, developer: TestClient
) -> None:
    desk.built()
    desk.built()
    answer = send(developer, "/publications/rollback", build="1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/publications")
    assert [(p.build_id, p.reason, p.published_by, p.hold) for p in desk.publications[2:]] == [
        (1, "rollback", "dev@example.org", False)
    ]
    page = developer.get("/publications").text
    assert 'data-current="1"' in page
    assert page.count('name="build" value="2"') == 1, "the other one can be shown again"
    assert 'name="build" value="1"' not in page
    send(developer, "/publications/rollback", build="2", hold="yes")
    assert desk.publications[-1].hold
    send(developer, "/publications/release")
    assert (desk.publications[-1].reason, desk.publications[-1].hold) == ("release", False)


def test_going_back_is_written_to_the_audit_log(
    web: Any, desk: MemoryPublications, developer: TestClient
) -> None:
    desk.built()
    desk.built()
    send(developer, "/publications/rollback", build="1", hold="yes")
    entry = web.kept.state.entries[-1]
    assert (entry.action, entry.actor, entry.target, entry.details) == (
        "publication.rollback",
        "dev@example.org",
        "build 1",
        {"hold": "yes"},
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EXPLORER])
def test_who_is_no_developer_sees_the_history_and_cannot_go_back(
    web: Any, desk: MemoryPublications, role: Role
) -> None:
    desk.built()
    desk.built()
    client = web.logged_in("eve@example.org", role)
    page = client.get("/publications")
    assert page.status_code == 200
    assert "/publications/rollback" not in page.text
    assert send(client, "/publications/rollback", build="1").status_code == 403
    assert len(desk.publications) == 2


def test_a_form_of_another_site_goes_back_to_nothing(desk: MemoryPublications, developer: TestClient) -> None:
    desk.built()
    desk.built()
    answer = developer.post("/publications/rollback", data={"build": "1", "csrf_token": "guessed"})
    assert answer.status_code == 403
    assert len(desk.publications) == 2


@pytest.mark.parametrize(("build", "status"), [("99", 409), ("x", 400), ("", 400), ("-1", 400)])
def test_a_build_that_cannot_be_gone_back_to_is_said(
    desk: MemoryPublications, developer: TestClient, build: str, status: int
) -> None:
    desk.built()
    answer = send(developer, "/publications/rollback", build=build)
    assert answer.status_code == status
    assert build in answer.text


def test_a_strangers_browser_is_led_to_the_login(web: Any) -> None:
    answer = web.stranger().get("/publications", follow_redirects=False)
    assert answer.headers["location"] == "/login?next=%2Fpublications"


def test_a_tile_asked_for_before_the_first_publication_says_so(web: Any, company: Any, desk: Any) -> None:
    company.answers["visits.visitors",] = NothingPublished()
    answer = web.client.get(f"{HEALTH}/tiles/visitors")
    assert answer.status_code == 503
    assert "Nothing has been published yet" in answer.text


def test_where_the_live_lake_is_shown_there_are_no_publications(company: Any, make_web: Any) -> None:
    web = make_web(company)
    assert web.client.get("/publications").status_code == 404
    page = web.client.get(HEALTH)
    assert page.status_code == 200
    assert notices(page.text) == []
    assert "Published" not in page.text


def test_with_nobody_to_ask_the_history_is_an_error_and_not_empty(web: Any, desk: MemoryPublications) -> None:
    desk.problem = StoreUnavailable("away")
    assert web.client.get("/publications").status_code >= 500
