"""The pages of connectors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.testing.memory_connectors import MemoryConnectors, add_dags, connectors
from mainstem.testing.memory_runs import MemoryRuns
from mainstem.web.auth import Role

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.fixture
def runs() -> MemoryRuns:
    found = MemoryRuns()
    add_dags(found)
    return found


@pytest.fixture
def desk() -> MemoryConnectors:
    return connectors()


@pytest.fixture
def web(company: Any, make_web: Any, runs: MemoryRuns, desk: MemoryConnectors) -> Any:
    return make_web(company, orchestration=runs.desk, connectors=desk)


def text(client: TestClient, path: str = "/connectors") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_the_list_shows_what_is_wrong_how_fresh_it_is_and_when_it_runs_next(web: Any) -> None:
    page = text(web.client)
    assert page.index('data-connector="helpdesk"') < page.index('data-connector="shop"')
    for shown in ("the token lacks the scope users:read", "Partial", "Never synced", ">600<", "paused"):
        assert shown in page
    assert "not planned yet" in page


def test_a_connector_shows_its_streams_its_runs_and_how_tables_changed(web: Any) -> None:
    page = text(web.client, "/connectors/helpdesk")
    for shown in ("within 2 h wanted", "organizations", "1 repeated", "37.2 kB", "42 s", "2.5 s waited"):
        assert shown in page, shown
    assert page.count('class="sync-bar sync-partial"') == 0
    assert page.count('class="sync-bar sync-failed"') == 4
    for shown in ("New column", "ticket.custom_tier", "incremental", "2026-11-23 13:30:00 UTC"):
        assert shown in page, shown


def test_a_connector_that_was_never_read_says_what_comes(web: Any) -> None:
    page = text(web.client, "/connectors/leads")
    for shown in ("Never synced", "mainstem sync leads", "No run yet", "Nothing has changed"):
        assert shown in page, shown


def test_without_connectors_the_page_holds_what_to_write(web: Any, desk: MemoryConnectors) -> None:
    desk.found = replace(desk.found, connectors=())
    page = text(web.client)
    assert "[connectors.helpdesk]" in page
    assert 'data-copy="connector-example"' in page
    assert "Types: marketo, stripe, zendesk." in page


def test_settings_that_do_not_check_are_told_and_those_of_before_shown(
    web: Any, desk: MemoryConnectors
) -> None:
    desk.found = replace(desk.found, problem="mainstem.toml:7: <b>no</b> such type")
    page = text(web.client)
    assert "mainstem.toml:7: &lt;b&gt;no&lt;/b&gt; such type" in page
    assert 'data-connector="helpdesk"' in page


def test_syncing_now_asks_the_connectors_dag_and_is_for_developers(web: Any, runs: MemoryRuns) -> None:
    developer = web.logged_in("dev@example.org", Role.DEVELOPER)
    page = text(developer, "/connectors/helpdesk")
    action = re.search(
        r'<form method="post" action="(/dags/[^"]+)"[^>]*>.*?name="csrf_token" value="([^"]+)"', page
    )
    assert action is not None
    answer = developer.post(action[1], data={"csrf_token": action[2]}, follow_redirects=False)
    assert answer.status_code == 303
    assert runs.asked == [("trigger", "sync_helpdesk", None, "dev@example.org")]
    for path in ("/connectors", "/connectors/helpdesk"):
        assert "Sync now" in text(developer, path)
        assert "Sync now" not in text(web.logged_in("v@example.org", Role.VIEWER), path)


def test_what_no_runner_has_read_cannot_be_synced_from_the_page(web: Any) -> None:
    assert "Sync now" not in text(web.client, "/connectors/leads")


def test_an_unchanged_page_is_not_sent_again(web: Any) -> None:
    tag = web.client.get("/connectors/helpdesk").headers["etag"]
    assert web.client.get("/connectors/helpdesk", headers={"if-none-match": tag}).status_code == 304


def test_connectors_are_found_by_name_and_by_service(web: Any) -> None:
    assert 'href="/connectors/shop"' in text(web.client, "/search?q=stripe")


def test_a_name_there_is_not_is_not_found(web: Any, company: Any, make_web: Any) -> None:
    assert web.client.get("/connectors/nobody").status_code == 404
    assert make_web(company).client.get("/connectors").status_code == 404
