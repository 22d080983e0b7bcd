"""Whatever changes between two moments, the parts add up to the difference, and each is what counting by hand
gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.artifacts import Lineage, LineageNode, Outcome, Outcomes
from mainstem.query import Request
from mainstem.query.changes import Cause, State, Version, explain
from mainstem.query.context import Context
from mainstem.semantics import load_project
from mainstem.warehouse.ducklake import DuckMoments

if TYPE_CHECKING:
    from mainstem.query.changes import Explanation
    from mainstem.semantics import Project

CUT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SQL = "SELECT id, timestamp AS at, cents, letter FROM lake.website.pages"
LOOKML = """
connection: "warehouse"
view: pages {
  sql_table_name: analytics.mart ;;
  dimension: id { primary_key: yes }
  dimension: letter {}
  measure: count { type: count }
  measure: total { type: sum  sql: ${TABLE}.cents ;; }
  measure: mean { type: average  sql: ${TABLE}.cents ;; }
  measure: letters { type: count_distinct  sql: ${TABLE}.letter ;; }
}
explore: pages {}
"""
Rows = dict[int, tuple[int, int, str]]
"""Id → hours from the first moment, cents, letter."""
ROWS = st.dictionaries(
    st.integers(1, 12),
    st.tuples(st.integers(-5, 5), st.integers(0, 50), st.sampled_from("abc")),
    max_size=8,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("lookml")
    (folder / "shop.model.lkml").write_text(LOOKML)
    return load_project(folder)


def version(sql: str, materialized: str) -> Version:
    source = LineageNode(uid="source.pages", kind="source", name="pages", schema="website", table="pages")
    mart = LineageNode(
        uid="model.mart",
        kind="model",
        name="mart",
        schema="analytics",
        table="mart",
        materialized=materialized,
        parents=(source.uid,),
        key=("id",),
        event_time="at",
        fingerprint=sql,
    )
    lineage = Lineage(nodes={source.uid: source, mart.uid: mart})
    return Version(lineage, Outcomes(nodes={mart.uid: Outcome(status="success", sql=sql)}))


def explained(
    project: Project,
    then: Rows,
    now: Rows,
    *fields: str,
    sqls: tuple[str, str] = (SQL, SQL),
    materialized: str = "table",
) -> Explanation:
    connection = duckdb.connect(":memory:")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for name, rows, sql in (("then", then, sqls[0]), ("now", now, sqls[1])):
        connection.execute("ATTACH ':memory:' AS lake")
        connection.execute("CREATE SCHEMA lake.website")
        connection.execute("CREATE SCHEMA lake.analytics")
        connection.execute(
            "CREATE TABLE lake.website.pages "
            "(id INT, timestamp TIMESTAMPTZ, received_at TIMESTAMPTZ, cents INT, letter VARCHAR)"
        )
        for number, (hours, cents, letter) in rows.items():
            at = CUT + timedelta(hours=hours)
            connection.execute(
                "INSERT INTO lake.website.pages VALUES (?, ?, ?, ?, ?)", [number, at, at, cents, letter]
            )
        connection.execute(f"CREATE TABLE lake.analytics.mart AS {sql}")
        connection.execute(f"ATTACH ':memory:' AS \"{name}\"")
        connection.execute(f'COPY FROM DATABASE lake TO "{name}"')
        connection.execute("DETACH lake")
    connection.execute("ATTACH ':memory:' AS lake")
    request = Request(model="shop", explore="pages", fields=fields)
    first, second = (
        State(
            project=project,
            request=request,
            asked_at=CUT.replace(tzinfo=None),
            data_at=CUT,
            version=version(sql, materialized),
        )
        for sql in sqls
    )
    moments = DuckMoments(connection)
    try:
        return explain(moments, first, second, Context(now=CUT.replace(tzinfo=None), sees_everything=True))
    finally:
        moments.close()


def by_hand(then: Rows, now: Rows) -> dict[Cause, tuple[int, int]]:
    """Rows and cents of each cause."""
    gone = [row for number, row in then.items() if number not in now]
    come = [row for number, row in now.items() if number not in then]
    kept = [(then[number], row) for number, row in now.items() if number in then]
    late = [row for row in come if row[0] <= 0]
    new = [row for row in come if row[0] > 0]
    return {
        Cause.REMOVED: (-len(gone), -sum(row[1] for row in gone)),
        Cause.CHANGED: (0, sum(after[1] - before[1] for before, after in kept)),
        Cause.LATE: (len(late), sum(row[1] for row in late)),
        Cause.NEW: (len(new), sum(row[1] for row in new)),
    }


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(then=ROWS, now=ROWS)
def test_parts_are_what_counting_by_hand_gives(project: Project, then: Rows, now: Rows) -> None:
    found = explained(project, then, now, "pages.count", "pages.total")
    expected = by_hand(then, now)
    parts = {one.measure: one.parts for one in found.numbers}
    assert parts["pages.count"] == {cause: rows for cause, (rows, _) in expected.items() if rows}
    assert parts["pages.total"] == {cause: cents for cause, (_, cents) in expected.items() if cents}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    then=ROWS,
    now=ROWS,
    changed=st.sampled_from([SQL, f"{SQL} WHERE cents < 30", SQL.replace("cents,", "cents * 2 AS cents,")]),
    materialized=st.sampled_from(["table", "view", "incremental"]),
)
def test_parts_add_up_whatever_is_measured_and_however_it_is_built(
    project: Project, then: Rows, now: Rows, changed: str, materialized: str
) -> None:
    found = explained(
        project,
        then,
        now,
        "pages.letter",
        "pages.count",
        "pages.mean",
        "pages.letters",
        sqls=(SQL, changed),
        materialized=materialized,
    )
    for one in (*found.numbers, *found.groups):
        assert float(sum(one.parts.values())) == pytest.approx(float(one.difference), abs=1e-9)
        assert Cause.REMAINDER not in one.parts
