"""Every route of the application, asked by everybody who may come: who gets in, and that nobody is told what
is not theirs, in no answer, header or file, also after somebody else was.

A new route fails here until EXPECTED says who it is for and how it is asked.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from starlette.testclient import TestClient

from mainstem.artifacts import Lineage, LineageNode, Outcomes
from mainstem.assemble.query_log import web_asker
from mainstem.query.answers import Answers
from mainstem.query.changes import State, Version, explain
from mainstem.query.connections import Connections
from mainstem.query.context import Context
from mainstem.query.recorded import RecordedExplorers
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.semantics.settings import UserAttribute
from mainstem.store.queries import KeptRun
from mainstem.testing.canned_truth import CannedTruth
from mainstem.testing.memory_accounts import MemoryAccounts
from mainstem.testing.memory_catalogue import MemoryCatalogue
from mainstem.testing.memory_questions import MemoryQuestions
from mainstem.testing.memory_sources import MemorySources
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.warehouse.ducklake import DuckMoments
from mainstem.web import Services, WebSettings, build_app
from mainstem.web.auth import Role
from mainstem.web.lookml import LookmlNow
from mainstem.web.truth.changes import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx2 as httpx
    from starlette.applications import Starlette

    from mainstem.query.changes import Explanation
    from mainstem.query.context import Asking
    from mainstem.semantics import Project
    from mainstem.store.queries import QueryRun
    from mainstem.web import Assets
    from mainstem.web.truth.changes import Asked

COOKIE = "mainstem_session_80"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
CANARY = re.compile(r"(?<!atlantic/)canary[\w-]*|777123", re.IGNORECASE)  # islands have a time zone

MODEL = """
access_grant: all { user_attribute: team allowed_values: ["board"] }
view: people {
  sql_table_name: main.people ;;
  dimension: name { primary_key: yes drill_fields: [region, salary]
    link: { label: "More" url: "/search?q={{ value }}" } }
  dimension: region {}
  dimension: code { type: number sql: error((SELECT min(code) FROM people)) ;; }
  dimension: salary { label: "Canary salary" type: number sql: ${TABLE}.pay ;; required_access_grants: [all] }
  measure: count { type: count drill_fields: [name, region, salary] }
  measure: top { type: max sql: ${TABLE}.pay ;; }
}
view: canary_plans {
  required_access_grants: [all]
  sql_table_name: plans ;;
  dimension: name { primary_key: yes }
  dimension: plan { label: "Canary plan" }
}
explore: people {
  access_filter: { field: people.region user_attribute: region }
  join: canary_plans { sql_on: ${canary_plans.name} = ${people.name} ;; relationship: one_to_one }
}
explore: canary_strategy { view_name: people required_access_grants: [all] }
"""
OTHER = """
label: "Canary model"
view: news {
  sql_table_name: news ;;
  dimension: headline { label: "Canary headline" }
  measure: count { type: count }
}
explore: canary_news { view_name: news }
"""
ROWS = """
CREATE TABLE people AS SELECT * FROM (VALUES ('ann', 'north', 10, 'CANARY-ERROR'),
    ('CANARY-ROW', 'CANARY-REGION', 777123, 'b')) AS t (name, region, pay, code);
CREATE TABLE plans AS SELECT 'ann' AS name, 'CANARY-PLAN' AS plan;
CREATE TABLE news AS SELECT 'CANARY-NEWS' AS headline;
"""
BOARDS = """
- dashboard: staff
  title: Staff
  layout: newspaper
  filters:
  - { name: who, title: Who, type: field_filter, model: m, explore: people, field: people.name }
  - { name: canary_pay, title: Canary pay, type: field_filter, model: m, explore: people,
      field: people.salary }
  elements:
  - { name: names, title: Names, type: table, model: m, explore: people,
      fields: [people.name, people.region, people.count], totals: true,
      listen: { who: people.name, canary_pay: people.salary } }
  - { name: top, title: Top, type: single_value, model: m, explore: people, fields: [people.top] }
  - { name: broken, title: Broken, type: table, model: m, explore: people, fields: [people.code] }
  - { name: canary_tile, title: Canary tile, type: table, model: m, explore: people,
      fields: [people.salary, canary_plans.plan] }
  - { name: canary_other, title: Canary other, type: table, model: other, explore: canary_news,
      fields: [news.headline] }
- dashboard: canary_board
  title: The canary board
  layout: newspaper
  elements:
  - { name: one, title: One, type: table, model: m, explore: canary_strategy, fields: [people.count] }
"""
ATTRIBUTES = {
    "region": UserAttribute(type="string_filter"),
    "team": UserAttribute(),
    "secret": UserAttribute(hidden=True),
    "currency": UserAttribute(editable=True),
}


@dataclass(frozen=True)
class Expected:
    """Who a route is for, and how it is asked."""

    role: Role | None
    """The least; None: everybody."""
    asked: dict[str, int] = field(default_factory=dict)
    """Address → status, for who may."""
    secret: tuple[str, ...] = ()
    """Addresses of what some may not know of: 200 to who sees everything, 404 to who does not."""
    knows: int | None = None
    """Of a page for everybody: what it is to those who have logged in, where that differs."""
    head: int | None = None
    """What HEAD gets, where that differs."""
    token: int = 403
    """Of a route that changes something: what an API token of the role explorer gets; sessions without the
    form's own token are refused in any case."""


V, E, D, A = Role.VIEWER, Role.EXPLORER, Role.DEVELOPER, Role.ADMIN
NOBODY = "00000000-0000-0000-0000-000000000000"
ASK = "/explore/m/people"
ASKED = "/explore/m/people%3Ffields=people.name,people.region,people.count"
PEOPLE = "?fields=people.name,people.region,people.count&total=on"
TILE = "/dashboards/staff/tiles"
HIDDEN_TILE = "/dashboards/staff/tiles/canary_tile"

EXPECTED: dict[str, Expected] = {
    "GET /": Expected(
        V,
        {"/": 302},
    ),
    "GET /dashboards": Expected(
        V,
        {"/dashboards": 200},
    ),
    "GET /dashboards/{name}": Expected(
        V, {"/dashboards/staff": 200, "/dashboards/zzz": 404}, ("/dashboards/canary_board",)
    ),
    "GET /dashboards/{name}/layout.css": Expected(
        V, {"/dashboards/staff/layout.css": 200}, ("/dashboards/canary_board/layout.css",)
    ),
    "GET /dashboards/{name}/download/{format}": Expected(
        V,
        {"/dashboards/staff/download/zip": 200, "/dashboards/staff/download/exe": 404},
        ("/dashboards/canary_board/download/zip",),
    ),
    "GET /dashboards/{name}/tiles/{element}/download/{format}": Expected(
        V,
        {
            f"{TILE}/names/download/csv": 200,
            f"{TILE}/names/download/json": 200,
            f"{TILE}/top/download/svg": 200,
        },
        (f"{HIDDEN_TILE}/download/csv",),
    ),
    "GET /dashboards/{name}/tiles/{element}": Expected(
        V, {f"{TILE}/names": 200, f"{TILE}/top": 200, f"{TILE}/broken": 400}, (HIDDEN_TILE,)
    ),
    "GET /dashboards/{name}/tiles/{element}/mark": Expected(
        V, {f"{TILE}/names/mark?mark=ann": 200}, (f"{HIDDEN_TILE}/mark?mark=ann",)
    ),
    "GET /truth/marks": Expected(
        V,
        {"/truth/marks?dashboard=staff&tile=names": 200},
    ),
    "GET /truth": Expected(
        V,
        {"/truth?dashboard=staff&tile=names": 200},
        ("/truth?dashboard=staff&tile=canary_tile",),
    ),
    "GET /truth/question": Expected(
        E,
        {f"/truth/question?ask={ASKED}": 200},
        ("/truth/question?ask=/explore/m/canary_strategy%3Ffields=people.count",),
    ),
    "GET /truth/question/mark": Expected(
        E,
        {"/truth/question/mark?ask=/explore/m/people": 200},
    ),
    "GET /truth/field": Expected(
        E,
        {"/truth/field?model=m&explore=people&field=people.name": 200},
    ),
    "GET /truth/model": Expected(
        E,
        {"/truth/model?name=visits": 200},
    ),
    "POST /dashboards/{name}/favourite": Expected(V, {"/dashboards/staff/favourite": 303}, token=303),
    "GET /dashboards/{name}/filters/{filter:path}/values": Expected(
        V,
        {"/dashboards/staff/filters/who/values": 200},
        ("/dashboards/staff/filters/canary_pay/values",),
    ),
    "GET /dashboards/{name}/filters/{filter:path}": Expected(
        V,
        {"/dashboards/staff/filters/who": 200},
        ("/dashboards/staff/filters/canary_pay",),
    ),
    "GET /explore/{model}/{explore}/filters/{field}": Expected(
        E,
        {f"{ASK}/filters/people.name": 200},
        ("/explore/m/canary_strategy/filters/people.name",),
    ),
    "GET /explore/{model}/{explore}/condition": Expected(
        E,
        {f"{ASK}/condition?filter_expression=yes": 200},
        ("/explore/m/canary_strategy/condition?filter_expression=yes",),
    ),
    "GET /explore/{model}/{explore}/lookml": Expected(
        E,
        {f"{ASK}/lookml{PEOPLE}": 200},
        ("/explore/m/canary_strategy/lookml?fields=people.name",),
    ),
    "GET /why": Expected(
        V, {"/why?dashboard=staff&tile=names": 200}, ("/why?dashboard=staff&tile=canary_tile",)
    ),
    "GET /why/answer": Expected(
        V,
        {
            "/why/answer?dashboard=staff&tile=names": 200,
            "/why/answer?dashboard=staff&tile=top": 200,
            "/why/answer?dashboard=staff&tile=broken": 400,
        },
        ("/why/answer?dashboard=canary_board&tile=one",),
    ),
    "GET /why/steps": Expected(V, {"/why/steps?named=x": 200}),
    "GET /why/question": Expected(E, {f"/why/question?ask={ASKED}": 200}),
    "GET /why/question/answer": Expected(
        E,
        {f"/why/question/answer?ask={ASKED}": 200},
        ("/why/question/answer?ask=/explore/m/canary_strategy%3Ffields=people.count",),
    ),
    "GET /explores": Expected(
        E,
        {"/explores": 200},
    ),
    "GET /explores/{model}/{explore}": Expected(
        E,
        {"/explores/m/people": 200, "/explores/m/people?hidden=yes": 200},
        ("/explores/m/canary_strategy", "/explores/other/canary_news"),
    ),
    "GET /explores/{model}/{explore}/fields/{field}": Expected(
        E,
        {"/explores/m/people/fields/people.name": 200},
        ("/explores/m/people/fields/people.salary", "/explores/m/people/fields/canary_plans.plan"),
    ),
    "GET /explore/{model}/{explore}": Expected(
        E, {ASK: 200, ASK + PEOPLE: 200}, ("/explore/m/canary_strategy", "/explore/other/canary_news")
    ),
    "GET /explore/{model}/{explore}/answer": Expected(
        E,
        {
            f"{ASK}/answer{PEOPLE}": 200,
            f"{ASK}/answer?fields=people.count,people.top": 200,
            f"{ASK}/answer?fields=people.name&f[people.region]=-north": 200,
            f"{ASK}/answer?fields=people.name,people.code": 400,
        },
        (
            "/explore/m/canary_strategy/answer?fields=people.count",
            "/explore/other/canary_news/answer?fields=news.headline",
        ),
    ),
    "GET /explore/{model}/{explore}/values/{field}": Expected(
        E,
        {f"{ASK}/values/people.region": 200, f"{ASK}/values/people.name": 200},
        ("/explore/m/canary_strategy/values/people.name",),
    ),
    "GET /explore/{model}/{explore}/check": Expected(
        E, {f"{ASK}/check?edit=calculation&edit_name=x&edit_expression=1%2B1": 200}
    ),
    "GET /explore/{model}/{explore}/about/{field}": Expected(
        E, {f"{ASK}/about/people.name": 200}, (f"{ASK}/about/people.salary",)
    ),
    "GET /explore/{model}/{explore}/empty": Expected(
        E, {f"{ASK}/empty{PEOPLE}": 200}, ("/explore/m/canary_strategy/empty?fields=people.name",)
    ),
    "POST /explore/{model}/{explore}/favourites": Expected(E, {f"{ASK}/favourites": 303}, token=303),
    "GET /questions": Expected(
        E,
        {"/questions": 200},
    ),
    "POST /questions/forget": Expected(E, {"/questions/forget": 303}, token=303),
    "GET /explore/{model}/{explore}/download/{format}": Expected(
        E,
        {
            f"{ASK}/download/csv{PEOPLE}": 200,
            f"{ASK}/download/xlsx{PEOPLE}": 200,
            f"{ASK}/download/json?fields=people.name&rows=all": 200,
            f"{ASK}/download/csv?fields=people.code": 400,
        },
    ),
    "GET /models": Expected(
        E,
        {"/models": 200},
    ),
    "GET /models/{model}": Expected(
        E,
        {"/models/m": 200},
        ("/models/other",),
    ),
    "GET /search": Expected(
        V, {"/search?q=staff": 200, "/search?q=a": 200, "/search?q=n": 200, "/search?q=plan": 200}
    ),
    "GET /sources": Expected(
        E,
        {"/sources": 200},
    ),
    "GET /sources/{id}": Expected(
        E,
        {"/sources/none": 404},
    ),
    "GET /sources/{id}/first-event": Expected(
        E,
        {"/sources/none/first-event": 404},
    ),
    "GET /sources/{id}/events": Expected(
        E,
        {"/sources/none/events": 404},
    ),
    "GET /sources/{id}/quarantine": Expected(
        E,
        {"/sources/none/quarantine": 404},
    ),
    "GET /sources/{id}/settings": Expected(
        E,
        {"/sources/none/settings": 404},
    ),
    "GET /sources/{id}/live": Expected(
        E,
        {"/sources/none/live": 404},
    ),
    "GET /sources/{id}/live/more": Expected(
        E,
        {"/sources/none/live/more": 404},
    ),
    "GET /catalogue": Expected(
        E,
        {"/catalogue": 200},
    ),
    "GET /catalogue/{namespace}/{table}": Expected(
        E,
        {"/catalogue/x/y": 404},
    ),
    "GET /publications": Expected(
        V,
        {"/publications": 404},
    ),
    "POST /publications/rollback": Expected(D, {"/publications/rollback": 404}),
    "POST /publications/release": Expected(D, {"/publications/release": 404}),
    "GET /connectors": Expected(V, {"/connectors": 404}),
    "GET /connectors/{name}": Expected(V, {"/connectors/x": 404}),
    "GET /activations": Expected(V, {"/activations": 404}),
    "GET /activations/{name}": Expected(V, {"/activations/x": 404}),
    "GET /activations/{name}/plans/{plan}": Expected(D, {"/activations/x/plans/1": 404}),
    "POST /activations/{name}/plans/{plan}/apply": Expected(D, {"/activations/x/plans/1/apply": 404}),
    "GET /dags": Expected(
        V,
        {"/dags": 404},
    ),
    "GET /assets": Expected(
        V,
        {"/assets": 404},
    ),
    **{
        f"GET /dags/{{dag}}{rest}": Expected(V, {f"/dags/x{rest.format(run='r', task='t')}": 404})
        for rest in (
            "",
            "/graph",
            "/details",
            "/code",
            "/runs/{run}",
            "/runs/{run}/tasks/{task}",
            "/runs/{run}/tasks/{task}/log",
            "/runs/{run}/tasks/{task}/log/search",
            "/runs/{run}/tasks/{task}/log/download",
        )
    },
    **{
        f"{method} /dags/{{dag}}{rest}": Expected(D, {f"/dags/x{rest.format(run='r')}": 404})
        for method, rest in (
            ("POST", "/pause"),
            ("POST", "/trigger"),
            ("GET", "/backfill"),
            ("POST", "/backfill"),
            ("GET", "/runs/{run}/clear"),
            ("POST", "/runs/{run}/clear"),
            ("POST", "/runs/{run}/mark"),
        )
    },
    "GET /gallery": Expected(
        D,
        {"/gallery": 200},
    ),
    "GET /gallery/progress": Expected(
        D,
        {"/gallery/progress": 200},
    ),
    "GET /gallery/building": Expected(
        D,
        {"/gallery/building": 200},
    ),
    "POST /gallery/toast/{kind}": Expected(D, {"/gallery/toast/ok": 303}),
    "POST /gallery/form": Expected(D, {"/gallery/form": 200}),
    "GET /login": Expected(None, {"/login": 200}, knows=303),
    "POST /login": Expected(None, {"/login": 403}, token=403),
    "GET /login/link/{token}": Expected(None, {"/login/link/nothing": 410}, head=204),
    "POST /login/link/{token}": Expected(None, {"/login/link/nothing": 403}, token=403),
    "POST /logout": Expected(None, {"/logout": 303}, knows=403, token=303),
    "GET /account": Expected(
        V,
        {"/account": 200},
    ),
    **{
        f"POST /account/{rest}": Expected(V, {f"/account/{rest.format(id=NOBODY)}": 303})
        for rest in (
            "attributes",
            "password",
            "sessions/end-others",
            "sessions/{id}/end",
            "tokens",
            "tokens/{id}/revoke",
        )
    },
    "GET /users": Expected(
        A,
        {"/users": 200},
    ),
    "POST /users": Expected(A, {"/users": 303}),
    "GET /users/{id}": Expected(
        A,
        {f"/users/{NOBODY}": 404},
    ),
    **{
        f"POST /users/{{id}}/{rest}": Expected(A, {f"/users/{NOBODY}/{rest}": 303})
        for rest in ("role", "disable", "enable", "link", "attributes", "groups", "see-as")
    },
    "POST /see-as/stop": Expected(V, {"/see-as/stop": 303}),
    "GET /groups": Expected(
        A,
        {"/groups": 200},
    ),
    "POST /groups": Expected(A, {"/groups": 303}),
    "GET /groups/{id}": Expected(
        A,
        {f"/groups/{NOBODY}": 404},
    ),
    **{
        f"POST /groups/{{id}}/{rest}": Expected(A, {f"/groups/{NOBODY}/{rest}": 303})
        for rest in ("remove", "models", "attributes", "members", "earlier")
    },
    # This house keeps no cohorts; what restricted people see of them stands in cohorts/test_pages.py.
    "GET /cohorts": Expected(E, {"/cohorts": 404}),
    "GET /cohorts/new": Expected(E, {"/cohorts/new": 200}),
    "GET /cohorts/new/answer": Expected(E, {"/cohorts/new/answer": 400}),
    "GET /cohorts/{name}": Expected(E, {"/cohorts/zzz": 404}),
    "POST /cohorts/save": Expected(E, {"/cohorts/save": 404}),
    "POST /cohorts/{name}/count": Expected(E, {"/cohorts/zzz/count": 404}),
    "POST /cohorts/{name}/describe": Expected(E, {"/cohorts/zzz/describe": 404}),
    "POST /cohorts/{name}/remove": Expected(E, {"/cohorts/zzz/remove": 404}),
    "GET /audit": Expected(
        A,
        {"/audit": 200},
    ),
    "GET /queries": Expected(
        A,
        {"/queries": 200, "/queries?view=slowest": 200},
    ),
    "GET /warehouse": Expected(
        A,
        {"/warehouse": 404},
    ),
    "GET /health": Expected(
        None,
        {"/health": 200},
    ),
    "GET /static/{path:path}": Expected(
        None,
        {"/static/app.css": 404},
    ),
}
"""Keyed by method and path; services that this server lacks answer 404 to those who would be let in."""
FOR_PEOPLE = ("/account", "/see-as", "/cohorts/save", "/cohorts/{name}/")
"""What an API token never reaches."""


SHOWN = (
    *("at", "via", "login", "page", "dashboard", "tile", "model", "explore"),
    *("rows", "bytes", "seconds", "cached", "error", "sql"),
)


class Log:
    """Queries that were run, as the page of administrators asks for them."""

    def __init__(self) -> None:
        self.noted: list[QueryRun] = []

    def newest(self, limit: int, wanted: Any, before: int | None = None) -> list[KeptRun]:
        return [
            KeptRun(id=number, hash="h", **{key: getattr(run, key) for key in SHOWN})
            for number, run in enumerate(self.noted)
        ]

    def slowest(self, limit: int, wanted: Any) -> list[KeptRun]:
        return self.newest(limit, wanted)

    def grouped(self, by: str, limit: int, wanted: Any, order: str) -> list[Any]:
        return []


class Changes:
    """Nobody was there at the first moment."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def moments(self) -> list[Moment]:
        return [Moment(str(n), n, MOMENT + timedelta(days=n), MOMENT, n) for n in (2, 1)]

    def explain(
        self, asking: Asking, asked: Asked, then: Moment, now: Moment, tell: Callable[[str], None]
    ) -> Explanation:
        people = LineageNode(
            uid="s", kind="source", name="people", schema="main", table="people", key=("name",)
        )
        state = State(
            project=self._project,
            request=asked.request,
            asked_at=datetime(2026, 3, 2),  # noqa: DTZ001 # naive UTC is what a state holds
            data_at=MOMENT,
            version=Version(Lineage(nodes={"s": people}), Outcomes()),
        )
        context = Context(
            now=state.asked_at,
            user_attributes=asking.user_attributes,
            chosen_attributes=asking.chosen_attributes,
            plain_attributes=asking.plain_attributes,
            sees_everything=asking.sees_everything,
            models=asking.models,
        )
        with duckdb.connect(":memory:") as held:
            for name, rows in (
                ("then", "DELETE FROM people; DELETE FROM plans"),
                ("now", "SELECT 1"),
                ("lake", ""),
            ):
                held.execute(f'ATTACH \':memory:\' AS "{name}"; USE "{name}"')
                if rows:
                    held.execute(f"{ROWS}; {rows}")
            return explain(DuckMoments(held), state, state, context, tell=tell)


class Lookml:
    def __init__(self, reading: Any) -> None:
        self.standing = LookmlNow(reading, datetime(2026, 3, 2, tzinfo=UTC))

    def now(self) -> LookmlNow:
        return self.standing

    def judged(self) -> None:
        return None


@dataclass
class House:
    app: Starlette
    kept: MemoryAccounts

    def browser(self, session: str | None = None, token: str | None = None) -> TestClient:
        client = TestClient(
            self.app,
            base_url="http://127.0.0.1",
            follow_redirects=False,
            headers={"accept": "text/html,*/*"} | ({"authorization": f"Bearer {token}"} if token else {}),
        )
        if session:
            client.cookies.set(COOKIE, session, domain="127.0.0.1")
        return client


@pytest.fixture
def house(tmp_path: Path, assets: Assets) -> Iterator[House]:
    (tmp_path / "m.model.lkml").write_text(MODEL)
    (tmp_path / "other.model.lkml").write_text(OTHER)
    (tmp_path / "boards.dashboard.lookml").write_text(BOARDS)
    reading = read_project(tmp_path)
    assert not reading.errors
    file = tmp_path / "memory.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute(ROWS)
    warehouse, kept, log = MemoryWarehouse(file), MemoryAccounts(ATTRIBUTES), Log()
    answers = Answers(2**24, at_once=4, seconds=3600)
    inner = WarehouseExplorers(
        lambda: reading.project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC), answers
    )
    services = Services(
        RecordedExplorers(inner, log.noted.append, web_asker),
        "1.2.3",
        queries=log,
        sources=MemorySources(),
        catalogue=MemoryCatalogue(),
        lookml=Lookml(reading),
        questions=MemoryQuestions(),
        truth=CannedTruth(),
        changes=Changes(reading.project),
        accounts=kept.accounts,
    )
    yield House(build_app(services, WebSettings(), assets), kept)
    warehouse.close()


@dataclass(frozen=True)
class Asker:
    name: str
    client: TestClient
    role: Role | None
    sees_all: bool
    is_program: bool = False
    only_looks: bool = False


def askers(house: House) -> list[Asker]:
    """Those who see everything first, so that whatever is kept for later is theirs."""
    kept = house.kept
    groups = kept.accounts.groups
    groups.open(groups.all()[-1].id, ["m"])
    insiders = groups.add("Insiders", kept.now)
    assert insiders is not None
    groups.open(insiders, None)
    found = [Asker("admin", house.browser(kept.session("root", A)), A, sees_all=True)]
    for role in (D, E, V):
        login = f"whole-{role.label}"
        client = house.browser(kept.session(login, role))
        kept.give(login, region="%", team="board")
        groups.join(insiders, kept.user(login, role))
        found.append(Asker(login, client, role, sees_all=True))
    restricted = kept.session("restricted", E)
    kept.give("restricted", region="north", team="sales", secret="CANARY-ATTRIBUTE")
    found.append(Asker("restricted", house.browser(restricted), E, sees_all=False))
    found.append(Asker("restricted developer", house.browser(kept.session("dev", D)), D, sees_all=False))
    kept.give("dev", region="north")
    kept.user("vic", V)
    kept.give("vic", region="north")
    found.append(Asker("restricted viewer", house.browser(kept.session("vic", V)), V, sees_all=False))
    token = kept.api_token("restricted", E)
    found.append(Asker("token", house.browser(token=token), E, sees_all=False, is_program=True))
    looking = kept.session("root", A)
    session = kept.accounts.sessions
    (mine,) = [s for s in kept.state.sessions.values() if s.user_id == kept.user("root", A)][-1:]
    session.see_as(mine.id, kept.user("restricted", E))
    found.append(Asker("admin as restricted", house.browser(looking), E, sees_all=False, only_looks=True))
    found.append(Asker("anonymous", house.browser(), None, sees_all=False))
    return found


def wanted(expected: Expected, method: str, path: str, status: int, asker: Asker) -> int:
    """The status that an asker must get."""
    for_people = path.startswith(FOR_PEOPLE) or (expected.role is A and method == "POST")
    if expected.role is None:
        if method == "POST" and asker.is_program:
            return expected.token
        return expected.knows if expected.knows and asker.role is not None else status
    if asker.role is None:
        return 303
    if asker.role < expected.role or (for_people and asker.is_program):
        return 403
    if asker.only_looks and path.startswith("/account"):
        return 403
    if method == "POST":
        return expected.token if asker.is_program else 403
    return status


def text_of(answer: httpx.Response) -> str:
    """All that an answer says: its headers, its body, and what is packed in that."""
    said = [f"{name}: {value}" for name, value in answer.headers.items()]
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            said += [f"{one}\n{packed.read(one).decode('utf-8', 'replace')}" for one in packed.namelist()]
    else:
        said.append(answer.text)
    return "\n".join(said)


@pytest.mark.long
def test_every_route_lets_in_whom_it_is_for_and_tells_nobody_what_is_not_theirs(house: House) -> None:
    routes = {
        f"{method} {route.path}"  # type: ignore[attr-defined] # every one is a Route
        for route in house.app.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined] # so
    }
    assert routes == EXPECTED.keys(), "say in EXPECTED who the route is for, and how it is asked"
    wrong: list[str] = []
    told: set[str] = set()
    for asker in askers(house):
        for key, expected in EXPECTED.items():
            method, path = key.split(" ", 1)
            secret = dict.fromkeys(expected.secret, 200 if asker.sees_all else 404)
            for url, found in (expected.asked | secret).items():
                status = wanted(expected, method, path, found, asker)
                answer = asker.client.request(method, url)
                if answer.status_code != status:
                    wrong.append(f"{asker.name}: {method} {url} is {answer.status_code}, not {status}")
                said = {one.lower() for one in CANARY.findall(text_of(answer))}
                if asker.sees_all:
                    told |= said
                elif leaked := {one for one in said if one not in url.lower()}:
                    wrong.append(f"{asker.name}: {method} {url} tells of {', '.join(sorted(leaked))}")
                if "public" in answer.headers.get("cache-control", "") and expected.role is not None:
                    wrong.append(f"{asker.name}: {method} {url} may be kept by anybody on its way")
                if method == "GET" and asker.name in ("restricted", "anonymous"):
                    head = asker.client.head(url)
                    if head.status_code != (expected.head or status) or head.content:
                        wrong.append(f"{asker.name}: HEAD {url} is {head.status_code}, not {status}")
    assert not wrong, "\n".join(wrong)
    planted = {one.lower() for text in (MODEL, OTHER, ROWS, BOARDS) for one in CANARY.findall(text)}
    assert told >= planted, "each of them is told to somebody"


@pytest.mark.long
def test_a_method_that_a_route_does_not_take_does_nothing_for_anybody(house: House) -> None:
    people = [one for one in askers(house) if one.name in ("admin", "anonymous")]
    for expected in EXPECTED.values():
        url = next(iter(expected.asked))
        path = url.partition("?")[0]
        matching = [route for route in house.app.routes if route.path_regex.match(path)]  # type: ignore[attr-defined] # every one is a Route
        taken = {method for route in matching for method in route.methods}  # type: ignore[attr-defined] # so
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - taken:
            for asker in people:
                answer = asker.client.request(method, url)
                assert answer.status_code == 405, f"{asker.name}: {method} {url}"
                assert "access-control-allow-origin" not in answer.headers


SECRETS = (
    ("/dashboards/{}", "canary_board"),
    ("/dashboards/staff/tiles/{}", "canary_tile"),
    ("/dashboards/staff/filters/{}/values", "canary_pay"),
    ("/dashboards/staff/filters/{}", "canary_pay"),
    ("/explore/m/{}", "canary_strategy"),
    ("/explore/{}/canary_news", "other"),
    ("/explores/m/{}", "canary_strategy"),
    ("/explores/m/people/fields/{}", "people.salary"),
    ("/explore/m/people/about/{}", "people.salary"),
    ("/explore/m/people/values/{}", "people.salary"),
    ("/explore/m/people/answer?fields={}", "people.salary"),
    ("/explore/m/people/answer?fields=people.name&f[{}]=1", "people.salary"),
    ("/explore/m/people/download/csv?fields={}", "people.salary"),
    ("/explore/m/{}/download/csv?fields=people.name", "canary_strategy"),
    ("/explore/m/people/filters/{}", "people.salary"),
    ("/models/{}", "other"),
)


@pytest.mark.parametrize(("address", "name"), SECRETS)
def test_what_exists_in_secret_is_answered_as_what_never_did(house: House, address: str, name: str) -> None:
    (asker,) = [one for one in askers(house) if one.name == "restricted"]
    nothing = f"{name}_zzzz"
    real, unreal = (asker.client.get(address.format(one)) for one in (name, nothing))
    assert real.status_code == unreal.status_code
    assert real.text == unreal.text.replace(nothing, name)


def test_looking_as_another_user_is_said_and_changes_nothing(house: House) -> None:
    (asker,) = [one for one in askers(house) if one.only_looks]
    page = asker.client.get("/dashboards/staff").text
    assert "You see this page as" in page
    assert "restricted" in page
    assert asker.client.get("/users").status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    forms = {"csrf_token": token[1]}
    assert asker.client.post("/questions/forget", data=forms).status_code == 403
    stopped = asker.client.post("/see-as/stop", data=forms)
    assert stopped.status_code == 303
    assert asker.client.get("/users").status_code == 200
    entry = house.kept.state.entries[-1]
    assert (entry.action, entry.actor, entry.target) == ("see_as.ended", "root", "restricted")
