"""The pages of activations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.testing.memory_activations import MemoryActivations, activations, add_dags
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
def desk() -> MemoryActivations:
    return activations()


@pytest.fixture
def web(company: Any, make_web: Any, runs: MemoryRuns, desk: MemoryActivations) -> Any:
    return make_web(company, orchestration=runs.desk, activations=desk)


def text(client: TestClient, path: str = "/activations") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def posting(client: TestClient, page: str) -> tuple[str, dict[str, str]]:
    """Where the apply dialog of a page posts to, and its fields."""
    form = re.search(r'<form method="post" action="(/activations/[^"]+/apply)".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return form[1], fields


def test_what_waits_for_somebody_stands_first(web: Any) -> None:
    page = text(web.client)
    order = [page.index(f'data-activation="{name}"') for name in ("usage", "leads", "board")]
    assert order == sorted(order)
    for shown in ("Waits for somebody", "Partial", "Never applied", "after the next publication"):
        assert shown in page, shown


def test_a_plan_shows_what_somebody_will_see_and_why_rows_are_left_out(web: Any) -> None:
    page = text(web.client, "/activations/usage")
    for shown in (
        "80% of 3 records would change",
        "<del>12</del>",
        "<ins>57</ins>",
        "server opted out of telemetry",
        "left alone: somebody changed it after ours was true",
        "&lt;b&gt;Initech&lt;/b&gt;",
        "There is no record with this key, and none may be made.",
        "users: is blank",
    ):
        assert shown in page, shown


def test_values_are_for_developers_and_how_it_stands_for_everybody(web: Any) -> None:
    viewer = web.logged_in("v@example.org", Role.VIEWER)
    page = text(viewer, "/activations/usage")
    assert "Waits for somebody" in page
    for value in ("<ins>", "<del>", "Initech", "opted out", "globex", "/apply"):
        assert value not in page, value
    assert viewer.get("/activations/usage/plans/7").status_code == 403


def test_a_guard_is_set_aside_by_an_administrator_who_types_the_name(
    web: Any, runs: MemoryRuns, desk: MemoryActivations
) -> None:
    developer = web.logged_in("dev@example.org", Role.DEVELOPER)
    assert "An administrator may apply it all the same." in text(developer, "/activations/usage")
    page = text(web.client, "/activations/usage")
    assert 'data-must-equal="usage"' in page
    action, fields = posting(web.client, page)
    assert fields["despite"] == "most_changed"
    answer = web.client.post(action, data=fields, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/dags/apply_usage/runs/")
    assert desk.approved == [(7, "ada@example.org", ("most_changed",))]
    assert runs.asked == [("trigger", "apply_usage", None, "ada@example.org")]


def test_a_developer_cannot_set_a_guard_aside_by_hand(web: Any, desk: MemoryActivations) -> None:
    developer = web.logged_in("dev@example.org", Role.DEVELOPER)
    _, fields = posting(web.client, text(web.client, "/activations/usage"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', text(developer, "/activations/usage"))
    assert token is not None
    fields["csrf_token"] = token[1]
    assert developer.post("/activations/usage/plans/7/apply", data=fields).status_code == 403
    assert desk.approved == []


def test_a_plan_that_is_stale_cannot_be_applied(web: Any, desk: MemoryActivations) -> None:
    usage = next(one for one in desk.found.activations if one.name == "usage")
    assert usage.plan is not None
    stale = replace(usage, plan=replace(usage.plan, stale="plan 7 is stale: plan 8 was made since"))
    desk.found = replace(desk.found, activations=[stale])
    page = text(web.client, "/activations/usage")
    assert "plan 8 was made since" in page
    assert "/apply" not in page


def test_rows_that_were_not_written_say_why_and_what_comes_next(web: Any) -> None:
    page = text(web.client, "/activations/leads")
    for shown in ("UNABLE_TO_LOCK_ROW", "It was locked each time it was tried.", "Partial"):
        assert shown in page, shown


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("UNKNOWN", "It counts as sent, so that nobody gets it twice"),
        ("ELSEWHERE", "Only who looks there knows"),
    ],
)
def test_a_row_of_which_nobody_knows_is_not_said_to_come_again(
    web: Any, desk: MemoryActivations, code: str, said: str
) -> None:
    row = replace(desk.kept[5][1], state="unknown", trouble="again", code=code)
    desk.kept[5] = [row]
    for path in ("/activations/leads", "/activations/leads/plans/5"):
        page = text(web.client, path)
        assert said in page, path
        assert "The next plan has it again" not in page, path


def test_rows_of_a_plan_are_filtered_and_one_shows_its_history(web: Any) -> None:
    page = text(web.client, "/activations/usage/plans/7?op=create")
    assert "initech" in page
    assert "globex" not in page
    page = text(web.client, "/activations/leads/plans/5?key=bob")
    assert "What came of bob" in page
    assert "No such rows" in text(web.client, "/activations/usage/plans/7?state=written")


def test_an_activation_that_no_runner_has_read_says_what_comes(web: Any) -> None:
    page = text(web.client, "/activations/board")
    for shown in ("mainstem activate plan board", "Nothing is planned yet", "No run yet"):
        assert shown in page, shown


def test_without_activations_the_page_holds_what_to_write(web: Any, desk: MemoryActivations) -> None:
    desk.found = replace(desk.found, activations=[], problem="activations/x.yml:3: <b>no</b>")
    page = text(web.client)
    assert 'data-copy="activation-example"' in page
    assert "activations/x.yml:3: &lt;b&gt;no&lt;/b&gt;" in page


def test_what_there_is_not_is_not_found(web: Any, company: Any, make_web: Any) -> None:
    for path in ("/activations/nobody", "/activations/usage/plans/99"):
        assert web.client.get(path).status_code == 404
    assert make_web(company).client.get("/activations").status_code == 404


def test_activations_are_found_by_search(web: Any) -> None:
    assert 'href="/activations/leads"' in text(web.client, "/search?q=scores")
