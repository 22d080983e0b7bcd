from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from mainstem.assemble.project import open_project
from mainstem.assemble.query_log import NotedBuilds, noting, noting_in, prune_queries, web_asker
from mainstem.query.recorded import RecordedExplorers
from mainstem.query.result import ColumnKind, OutputColumn, OutputType, QueryResult
from mainstem.semantics.dashboard import Dashboard, Element, ElementType
from mainstem.semantics.model import Origin
from mainstem.semantics.project import Project
from mainstem.store.queries import QueryRun, QueryRuns, RunFilter
from mainstem.testing.explorer import CannedExplorer
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.transform.messages import Finished
from mainstem.web import Assets, Services, WebSettings, build_app
from mainstem.web.assets import CHART_ENGINE, HTMX, asset_group, own_assets
from mainstem.web.auth import Role
from mainstem.web.auth.credentials import digest, new_api_token

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mainstem.query.request import Request
    from mainstem.store import Database

VISITORS = OutputColumn(
    name="visits.visitors",
    label="Visitors",
    field_label="Visitors",
    kind=ColumnKind.MEASURE,
    type=OutputType.NUMBER,
)
ELEMENT = Element(
    name="visitors",
    title="Visitors",
    type=ElementType.SINGLE_VALUE,
    model="company",
    explore="visits",
    fields=("visits.visitors",),
    origin=Origin("health.dashboard.lookml", 1),
)
DASHBOARD = Dashboard(
    name="health", title="Health", layout="newspaper", origin=Origin("x", 1), elements=(ELEMENT,)
)
RUN = QueryRun(datetime.now(UTC), "web", "ann", "/", "SELECT 1", 0.1)


@dataclass
class Site:
    client: TestClient
    kept: MemoryAccounts
    noted: list[QueryRun]


@pytest.fixture
def site() -> Site:
    def answer(request: Request) -> QueryResult:
        return QueryResult(columns=(VISITORS,), rows=[(5,)], sql="SELECT 5", seconds=0.1, bytes=8)

    noted: list[QueryRun] = []
    kept = MemoryAccounts()
    inner = CannedExplorer(Project(dashboards={"health": DASHBOARD}), answer)
    explorer = RecordedExplorers(inner, noted.append, web_asker)
    assets = Assets([*own_assets(), *asset_group({HTMX: b"//"}), *asset_group({CHART_ENGINE: b"//"})])
    app = build_app(Services(explorer, "1", accounts=kept.accounts), WebSettings(), assets)
    return Site(TestClient(app, base_url="http://127.0.0.1"), kept, noted)


def test_a_tile_is_noted_as_of_the_person_who_looks_at_it(site: Site) -> None:
    token = site.kept.session("ann@example.org", Role.VIEWER)
    site.client.cookies.set("mainstem_session_80", token, domain="127.0.0.1")
    assert site.client.get("/dashboards/health/tiles/visitors").status_code == 200
    [run] = site.noted
    assert (run.via, run.login, run.page) == ("web", "ann@example.org", "/dashboards/health/tiles/visitors")
    assert (run.dashboard, run.tile, run.rows, run.bytes) == ("health", "visitors", 1, 8)


def test_a_tile_asked_for_with_a_token_is_noted_as_of_the_api(site: Site) -> None:
    accounts = site.kept.accounts
    user = accounts.users.add("robot", Role.VIEWER.label, accounts.now())
    assert user is not None
    token = new_api_token()
    accounts.tokens.add(user.id, "ci", digest(token), Role.VIEWER.label, accounts.now(), None)
    answer = site.client.get(
        "/dashboards/health/tiles/visitors", headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    assert [(run.via, run.login) for run in site.noted] == [("api", "robot")]


@dataclass
class Builds:
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        self.calls.append((tuple(command), asked_by))
        return 7

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        self.calls.append((build_id, outcome))
        return outcome


def test_each_model_of_a_build_is_noted_as_of_who_asked_for_it(tmp_path: Path) -> None:
    results = tmp_path / "run_results.json"
    noted: list[QueryRun] = []
    inner = Builds()
    builds = NotedBuilds(inner, results, noted.append)
    assert builds.begin(("build", "--select", "x"), "ann") == 7
    one = {"unique_id": "model.c.orders", "status": "error", "execution_time": 0.5, "message": "no column",
           "compiled_code": "select 1"}  # fmt: skip
    at = datetime.now(UTC).isoformat()
    results.write_text(json.dumps({"metadata": {"generated_at": at}, "results": [one]}))
    outcome = Finished(False, 0, 0, ("no column",))
    assert builds.finish(7, outcome) is outcome
    [run] = noted
    assert (run.via, run.login, run.page) == ("dbt", "ann", "dbt build --select x")
    assert (run.model, run.sql, run.seconds, run.error) == ("orders", "select 1", 0.5, "no column")
    assert inner.calls == [(("build", "--select", "x"), "ann"), (7, outcome)]


def test_what_is_noted_is_written_when_the_process_ends(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mainstem.toml").write_text("")
    with noting_in(open_project(tmp_path), database) as note:
        note(RUN)
    assert [run.sql for run in QueryRuns(database).newest(9, RunFilter())] == ["SELECT 1"]


def test_settings_turn_the_query_log_off(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mainstem.toml").write_text("[queries]\nlog = false\n")
    with noting_in(open_project(tmp_path), database) as note:
        note(RUN)
    assert QueryRuns(database).newest(9, RunFilter()) == []


def test_runs_and_texts_are_forgotten_after_the_days_of_the_settings(
    tmp_path: Path, database: Database
) -> None:
    (tmp_path / "mainstem.toml").write_text("[queries]\nkeep_days = 10\nkeep_sql_days = 2\n")
    project, runs, now = open_project(tmp_path), QueryRuns(database), RUN.at
    runs.add([RUN])
    assert prune_queries(project, database, now + timedelta(days=1)) == 0
    assert prune_queries(project, database, now + timedelta(days=5)) == 0
    assert [run.sql for run in runs.newest(9, RunFilter())] == [None]
    assert prune_queries(project, database, now + timedelta(days=11)) == 1


def test_a_query_runs_though_it_cannot_be_noted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = "postgres://nobody@127.0.0.1:1/none"
    (tmp_path / "mainstem.toml").write_text('[postgres]\nurl = "file:url"\n')
    (tmp_path / "url").write_text(url)
    with noting(open_project(tmp_path), "sql") as note:
        note(RUN)
    assert "queries are not noted" in caplog.text
