"""A small shop, simulated: events and a CRM in two states, a mart made of them, LookML over it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import pytest

from mainstem.artifacts import Lineage, LineageNode, LineageTest, Outcome, Outcomes
from mainstem.query.changes import Leg, State, Version, explain
from mainstem.query.context import Context
from mainstem.query.request import Request
from mainstem.semantics import load_project
from mainstem.warehouse.ducklake import DuckMoments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mainstem.query.changes import Explanation
    from mainstem.semantics import Project

CUT = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The first moment."""
AFTER = datetime(2026, 3, 3, 12, tzinfo=UTC)
MODEL = """
connection: "warehouse"
include: "*.view"
explore: visits {
  access_filter: { field: visits.region  user_attribute: region }
}
"""
VIEW = """
view: visits {
  sql_table_name: analytics.visits ;;
  dimension: id { primary_key: yes  sql: ${TABLE}.id ;; }
  dimension: region { sql: ${TABLE}.region ;; }
  dimension_group: seen { type: time  timeframes: [date]  sql: ${TABLE}.seen_at ;; }
  measure: count { type: count }
  measure: spent { type: sum  sql: ${TABLE}.cents ;; }
  measure: mean { type: average  sql: ${TABLE}.cents ;; }
  measure: people { type: count_distinct  sql: ${TABLE}.person ;; }
}
"""
MART = (
    "SELECT p.id, p.timestamp AS seen_at, p.cents, p.person, a.region "
    "FROM lake.website.pages AS p LEFT JOIN lake.crm.accounts AS a ON a.id = p.account"
)
FIRST = "SELECT * FROM lake.website.pages"
SECOND = "SELECT id FROM lake.analytics.first"
CHAINED = (
    MART.replace("website.pages", "analytics.first")
    + " WHERE p.id IN (SELECT id FROM lake.analytics.second)"
    + " AND p.id IN (SELECT id FROM lake.analytics.first)"
)
Pages = dict[int, tuple[datetime, int, str, str]]
"""Id → when, cents, person, account."""
Accounts = dict[str, str]
"""Id → region."""


def node(name: str, kind: str, schema: str, **more: Any) -> LineageNode:
    return LineageNode(uid=f"{kind}.{name}", kind=kind, name=name, schema=schema, table=name, **more)


@dataclass
class Moment:
    pages: Pages
    accounts: Accounts
    sql: str = MART
    view: str = VIEW
    materialized: str = "table"
    strategy: str = ""
    unique_key: tuple[str, ...] = ("id",)
    hooked: bool = False
    fingerprint: str = ""
    chain: bool = False
    """Whether two models lie between the pages and the mart, of which each reads what is before it."""
    mart: str = ""
    """What stands in the mart's table, where that is not what its SQL makes."""

    @property
    def version(self) -> Version:
        mart = node(
            "visits",
            "model",
            "analytics",
            materialized=self.materialized,
            parents=("source.pages", "source.accounts"),
            key=("id",),
            event_time="seen_at",
            strategy=self.strategy,
            unique_key=self.unique_key if self.strategy == "delete+insert" else (),
            hooked=self.hooked,
            fingerprint=self.fingerprint or self.sql,
        )
        nodes = [node("pages", "source", "website"), node("accounts", "source", "crm")]
        made = {mart.uid: self.sql}
        if self.chain:
            first = node("first", "model", "analytics", materialized="table", parents=("source.pages",))
            second = node("second", "model", "analytics", materialized="view", parents=("model.first",))
            nodes += [first, second]
            parents = ("source.accounts", "model.first", "model.second")
            mart = msgspec.structs.replace(mart, parents=parents)
            made = {first.uid: FIRST, second.uid: SECOND, mart.uid: CHAINED}
        nodes.append(mart)
        unique = LineageTest(uid="u", name="u", kind="unique", column="id", about=("source.accounts",))
        return Version(
            Lineage(nodes={one.uid: one for one in nodes}, tests={"u": unique}),
            Outcomes(nodes={uid: Outcome(status="success", sql=sql) for uid, sql in made.items()}),
        )


@dataclass
class Shop:
    folder: Path
    attributes: dict[str, str] = field(default_factory=dict)
    sees_everything: bool = True
    told: list[str] = field(default_factory=list)
    """What was said to be done, in order."""

    def explain(
        self,
        then: Moment,
        now: Moment,
        *fields: str,
        filters: dict[str, str] | None = None,
        one_build: bool = False,
        legs: Sequence[Leg] = (),
    ) -> Explanation:
        moments = DuckMoments(connection_of(then, now))
        try:
            return explain(
                moments,
                self._state(then, CUT, fields, filters),
                self._state(now, AFTER, fields, filters),
                Context(
                    now=AFTER.replace(tzinfo=None),
                    user_attributes=self.attributes,
                    sees_everything=self.sees_everything,
                ),
                legs=legs or ([leg_of(then, now, "Build 2")] if one_build else []),
                tell=self.told.append,
            )
        finally:
            moments.close()

    def _state(
        self, moment: Moment, at: datetime, fields: tuple[str, ...], filters: dict[str, str] | None
    ) -> State:
        return State(
            project=self._project(moment.view),
            request=Request(model="shop", explore="visits", fields=fields, filters=filters or {}),
            asked_at=at.replace(tzinfo=None),
            data_at=at,
            version=moment.version,
        )

    def _project(self, view: str) -> Project:
        folder = self.folder / str(abs(hash(view)))
        folder.mkdir(exist_ok=True)
        (folder / "shop.model.lkml").write_text(MODEL)
        (folder / "visits.view.lkml").write_text(view)
        return load_project(folder)


def leg_of(then: Moment, now: Moment, name: str) -> Leg:
    """One build, between two moments."""
    return Leg(
        name=name,
        then=then.version,
        now=now.version,
        one_build=True,
        open=lambda: closing(DuckMoments(connection_of(then, now))),
    )


def connection_of(then: Moment, now: Moment) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for name, moment in (("then", then), ("now", now)):
        connection.execute("ATTACH ':memory:' AS lake")
        for schema in ("website", "crm", "analytics"):
            connection.execute(f"CREATE SCHEMA lake.{schema}")
        connection.execute(
            "CREATE TABLE lake.website.pages (id INT, timestamp TIMESTAMPTZ, received_at TIMESTAMPTZ, "
            "cents INT, person VARCHAR, account VARCHAR)"
        )
        connection.execute("CREATE TABLE lake.crm.accounts (id VARCHAR, region VARCHAR)")
        for number, (at, cents, person, account) in moment.pages.items():
            connection.execute(
                "INSERT INTO lake.website.pages VALUES (?, ?, ?, ?, ?, ?)",
                [number, at, at, cents, person, account],
            )
        for account, region in moment.accounts.items():
            connection.execute("INSERT INTO lake.crm.accounts VALUES (?, ?)", [account, region])
        connection.execute(f"CREATE TABLE lake.analytics.visits AS {moment.mart or moment.sql}")
        connection.execute(f"ATTACH ':memory:' AS \"{name}\"")
        connection.execute(f'COPY FROM DATABASE lake TO "{name}"')
        connection.execute("DETACH lake")
    connection.execute("ATTACH ':memory:' AS lake")
    return connection


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def leg() -> Callable[[Moment, Moment, str], Leg]:
    return leg_of


@pytest.fixture
def moment() -> Callable[..., Moment]:
    return Moment


@pytest.fixture
def old_pages() -> Pages:
    """Ten of the day before the first moment."""
    return {n: (CUT - timedelta(hours=n), 100, f"p{n % 3}", "a" if n % 2 else "b") for n in range(1, 11)}


@pytest.fixture
def accounts() -> Accounts:
    return {"a": "north", "b": "south"}
