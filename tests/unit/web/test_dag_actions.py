"""What developers do about DAGs and runs, and who may not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from mainstem.testing.runs_scene import scene
from mainstem.web.auth import Role
from mainstem.web.orchestration import Backfilling, Clearing

if TYPE_CHECKING:
    import httpx2 as httpx
    from starlette.testclient import TestClient

    from mainstem.testing.memory_runs import MemoryRuns

DBT = "/dags/dbt_half_hourly"
DEV = "dev@example.org"


@pytest.fixture
def runs() -> MemoryRuns:
    return scene()


@pytest.fixture
def web(company: Any, make_web: Any, runs: MemoryRuns) -> Any:
    return make_web(company, orchestration=runs.desk)


@pytest.fixture
def developer(web: Any) -> TestClient:
    client: TestClient = web.logged_in(DEV, Role.DEVELOPER)
    return client


def run_id(runs: MemoryRuns) -> str:
    return [run for run in runs.runs["dbt_half_hourly"] if run.state == "failed"][-1].run_id


def send(client: TestClient, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)
    assert found is not None
    return client.post(path, data={"csrf_token": found[1], **fields}, follow_redirects=False)


def audited(web: Any) -> tuple[str, str, str, dict[str, str]]:
    entry = web.kept.state.entries[-1]
    return entry.action, entry.actor, entry.target, entry.details


def test_a_dag_is_paused_and_let_run_again(web: Any, runs: MemoryRuns, developer: TestClient) -> None:
    answer = send(developer, f"{DBT}/pause", paused="yes", next="/dags?q=dbt")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dags?q=dbt")
    assert runs.known["dbt_half_hourly"].is_paused
    assert audited(web) == ("dag.paused", DEV, "dbt_half_hourly", {})
    assert "is paused: nothing of it starts by itself." in developer.get("/dags").text
    assert send(developer, f"{DBT}/pause", paused="no").headers["location"] == DBT
    assert audited(web)[0] == "dag.unpaused"
    assert runs.asked == [
        ("pause", "dbt_half_hourly", True, DEV),
        ("pause", "dbt_half_hourly", False, DEV),
    ]


def test_nobody_is_led_to_another_site_after_a_switch(developer: TestClient) -> None:
    answer = send(developer, f"{DBT}/pause", paused="yes", next="https://evil.example/")
    assert answer.headers["location"] == "/"


def test_a_run_is_triggered_now_or_for_a_logical_date(
    web: Any, runs: MemoryRuns, developer: TestClient
) -> None:
    answer = send(developer, f"{DBT}/trigger", logical_date="2026-01-31T12:00:00")
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert runs.asked == [("trigger", "dbt_half_hourly", at, DEV)]
    assert answer.headers["location"] == f"{DBT}/runs/{quote('manual__2026-01-31T12:00:00+00:00', safe='')}"
    assert audited(web)[:3] == ("run.triggered", DEV, "dbt_half_hourly manual__2026-01-31T12:00:00+00:00")
    send(developer, f"{DBT}/trigger", logical_date="")
    assert runs.asked[-1] == ("trigger", "dbt_half_hourly", None, DEV)


def test_a_run_that_is_there_already_is_said_on_the_page_and_noted_nowhere(
    web: Any, runs: MemoryRuns, developer: TestClient
) -> None:
    send(developer, f"{DBT}/trigger", logical_date="2026-01-31T12:00")
    noted = len(web.kept.state.entries)
    answer = send(developer, f"{DBT}/trigger", logical_date="2026-01-31T12:00")
    assert answer.headers["location"] == DBT
    assert "has a run for 2026-01-31T12:00:00+00:00 already" in developer.get(DBT).text
    assert len(web.kept.state.entries) == noted


def test_what_a_clearing_reaches_is_shown_before_it_is_done(runs: MemoryRuns, developer: TestClient) -> None:
    path = f"{DBT}/runs/{quote(run_id(runs), safe='')}/clear?tasks=identity"
    assert "4 tasks would be cleared" in developer.get(path).text
    alone = developer.get(f"{path}&asked=yes").text
    assert "1 task would be cleared" in alone
    assert (
        "Nothing would be cleared"
        in developer.get(f"{path.replace('identity', 'load')}&asked=yes&only_failed=yes").text
    )
    assert runs.asked == []


def test_a_clearing_is_done_as_it_was_shown(web: Any, runs: MemoryRuns, developer: TestClient) -> None:
    run = run_id(runs)
    path = f"{DBT}/runs/{quote(run, safe='')}"
    form = developer.get(f"{path}/clear?tasks=identity&asked=yes&downstream=yes&only_failed=yes").text
    fields = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">',
            form.partition('method="post" action="/dags')[2],
        )
    )
    fields.pop("csrf_token")
    answer = send(developer, f"{path}/clear", **fields)
    assert answer.headers["location"] == path
    wanted = Clearing("dbt_half_hourly", run, ("identity",), downstream=True, only_failed=True)
    assert runs.asked == [("clear", wanted, DEV)]
    assert audited(web) == ("run.cleared", DEV, f"dbt_half_hourly {run}", {"tasks": "identity"})
    assert "4 tasks cleared: they run again." in developer.get(path).text


@pytest.mark.parametrize(("task", "leads"), [("identity", "/tasks/identity"), ("", "")])
def test_a_task_or_a_run_is_marked(
    web: Any, runs: MemoryRuns, developer: TestClient, task: str, leads: str
) -> None:
    run = run_id(runs)
    path = f"{DBT}/runs/{quote(run, safe='')}"
    answer = send(developer, f"{path}/mark", task=task, state="success")
    assert answer.headers["location"] == path + leads
    assert runs.asked == [("mark", "dbt_half_hourly", run, task or None, "success", DEV)]
    assert audited(web)[0] == "run.marked"
    assert audited(web)[3]["state"] == "success"


def test_nothing_is_marked_as_what_is_no_state_for_that(runs: MemoryRuns, developer: TestClient) -> None:
    path = f"{DBT}/runs/{quote(run_id(runs), safe='')}/mark"
    assert send(developer, path, state="running").status_code == 400
    assert runs.asked == []


def test_a_backfill_is_shown_and_then_made_in_days_of_the_schedules_zone(
    web: Any, runs: MemoryRuns, developer: TestClient
) -> None:
    page = developer.get("/dags/dbt_nightly/backfill?from=2026-10-24&to=2026-10-26&reprocess=failed").text
    assert "4 of 4 ticks would be run" in page
    answer = send(
        developer,
        "/dags/dbt_nightly/backfill",
        **{"from": "2026-10-24", "to": "2026-10-26", "reprocess": "failed"},
    )
    assert answer.headers["location"] == "/dags/dbt_nightly"
    (asked,) = runs.asked
    wanted = asked[1]
    assert isinstance(wanted, Backfilling)
    assert wanted.from_date == datetime(2026, 10, 23, 22, tzinfo=UTC), "summer time ended that night"
    assert wanted.to_date.replace(microsecond=0) == datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC)
    assert wanted.reprocess == "failed"
    assert audited(web)[0] == "run.backfilled"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=soon&to=2026-10-26", "“soon” is no day"),
        ("from=2026-10-27&to=2026-10-26", "It ends before it begins."),
        ("from=2020-01-01&to=2026-10-26", "are too many for a page"),
    ],
)
def test_a_backfill_that_cannot_be_is_said_beside_its_field(
    developer: TestClient, query: str, said: str
) -> None:
    page = developer.get(f"/dags/dbt_nightly/backfill?{query}")
    assert page.status_code == 200
    assert said in page.text
    assert 'method="post" action="/dags/dbt_nightly/backfill"' not in page.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EXPLORER])
@pytest.mark.parametrize("act", ["pause", "trigger", "backfill", "runs/x/clear", "runs/x/mark"])
def test_who_is_no_developer_does_none_of_it(web: Any, runs: MemoryRuns, role: Role, act: str) -> None:
    client = web.logged_in("eve@example.org", role)
    assert send(client, f"{DBT}/{act}", paused="yes", state="failed").status_code == 403
    assert runs.asked == []


@pytest.mark.parametrize("act", ["pause", "trigger", "backfill", "runs/x/clear", "runs/x/mark"])
def test_a_form_of_another_site_does_none_of_it(runs: MemoryRuns, developer: TestClient, act: str) -> None:
    answer = developer.post(
        f"{DBT}/{act}", data={"csrf_token": "guessed", "paused": "yes", "state": "failed"}
    )
    assert answer.status_code == 403
    assert runs.asked == []
