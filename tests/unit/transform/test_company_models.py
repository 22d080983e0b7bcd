"""The company package, built by dbt on a real lake, against counts made in plain Python."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.simulate.world import simulate_company
from mainstem.store import ensure_database
from mainstem.transform import NodeDone
from mainstem.warehouse import TableName
from mainstem.warehouse.ducklake import DuckLake, LakeLocation, extension_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.simulate.world import Event
    from mainstem.transform import Event as Told
    from mainstem.transform.dbt import Dbt

    LoadRows = Callable[[str, str, Sequence[dict[str, Any]]], None]

pytestmark = pytest.mark.long

END = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)
VISITORS = ("--select", "+fct_daily_site_visitors")


@pytest.fixture(scope="module")
def lake_location(postgres: PostgresAddress, tmp_path_factory: pytest.TempPathFactory) -> LakeLocation:
    """One place for all: dbt parses the package anew for every other, in seven seconds of CPU."""
    folder = tmp_path_factory.mktemp("models")
    return LakeLocation(
        catalog=ensure_database(postgres, f"test_{uuid.uuid4().hex[:12]}"),
        metadata_schema="lake",
        data_path=f"{folder}/lake/",
        extensions=extension_folder(folder / "extensions"),
    )


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What dbt keeps from test to test: the installed package, and how it parsed it."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    lake = DuckLake(lake_location)
    yield lake
    with lake.transaction("as it was", ddl=True) as transaction:
        for schema in ("website", "servers", "scratch", "analytics"):
            transaction.query(f"DROP SCHEMA IF EXISTS lake.{schema} CASCADE")
    lake.close()


def _row(event: Event) -> dict[str, Any]:
    """The row RudderStack's schema gives an event."""
    message = event.message
    row = {
        "id": message["messageId"],
        "anonymous_id": message.get("anonymousId"),
        "user_id": message.get("userId"),
        "context_campaign_source": message["context"].get("campaign", {}).get("source"),
        "timestamp": _moment(message["originalTimestamp"]),
        "received_at": event.received_at,
        "uuid_ts": event.received_at,
        **message.get("properties", {}),
    }
    if message["type"] == "page":
        row["name"] = message["name"]
    return row


def _table(message: dict[str, Any]) -> str:
    known = {"page": "pages", "identify": "identifies", "alias": "aliases", "merge": "merges"}
    table = known.get(message["type"])
    return table if table else str(message["event"]).lower().replace(" ", "_")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(event: Event) -> Any:
    """A clock that runs ahead is held to the moment of receipt."""
    return min(_moment(event.message["originalTimestamp"]), event.received_at).astimezone(UTC).date()


def test_the_marts_count_what_the_events_say(company: Dbt, lake: DuckLake, load_rows: LoadRows) -> None:
    events = [
        e for day in simulate_company(11, 9, 25) for e in day.events if e.source in ("website", "servers")
    ]
    tables: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:  # with the copies that were sent again: the models must not count them
        tables[event.source, _table(event.message)].append(event)
    for (namespace, table), its_events in tables.items():
        load_rows(namespace, table, [_row(event) for event in its_events])

    marts = "+fct_daily_site_visitors +fct_daily_server_activity"
    outcome = company.run(["build", "--select", *marts.split()], lambda event: None)
    assert outcome.failures == ()

    distinct: dict[str, Event] = {}
    for event in events:
        distinct.setdefault(event.message["messageId"], event)
    assert len(distinct) < len(events)
    pages = [e for e in distinct.values() if e.message["type"] == "page"]
    clicks = [e for e in distinct.values() if e.message.get("event") == "Download Clicked"]
    for column, counted in {"page_views": pages, "downloads": clicks}.items():
        expected = Counter((_day(e), e.message.get("anonymousId") or e.message["userId"]) for e in counted)
        rows = lake.query(
            f"SELECT visit_date, visitor_id, {column} AS n FROM lake.analytics.fct_daily_site_visitors"
        )
        assert +Counter({(r["visit_date"], r["visitor_id"]): r["n"] for r in rows.to_pylist()}) == expected

    reports = [e for e in distinct.values() if e.message.get("event") == "server"]
    told = {(_day(e), e.message["userId"]) for e in reports}
    rows = lake.query("SELECT * FROM lake.analytics.fct_daily_server_activity")
    assert {(r["activity_date"], r["server_id"]) for r in rows.to_pylist()} == told
    assert rows.num_rows == len(told) > 0
    versions = {(_day(e), e.message["userId"], e.message["properties"]["version"]) for e in reports}
    assert {(r["activity_date"], r["server_id"], r["version"]) for r in rows.to_pylist()} <= versions


def test_before_any_event_marts_build_and_are_empty(company: Dbt, lake: DuckLake) -> None:
    """Of every model so: `tests/company/test_package.py`, on a file of DuckDB, in a third of the time."""
    notes: list[object] = []
    marts = "+fct_daily_site_visitors +fct_daily_server_activity"
    outcome = company.run(["build", "--select", *marts.split()], notes.append)
    assert outcome.failures == ()
    for mart in ("fct_daily_site_visitors", "fct_daily_server_activity"):
        assert lake.query(f"SELECT * FROM lake.analytics.{mart}").num_rows == 0
    assert any("pages" in str(note) and "counts as empty" in str(note) for note in notes)


def test_one_more_page_today_is_one_more_page_view(company: Dbt, lake: DuckLake, load_rows: LoadRows) -> None:
    """Also: nobody has logged in yet, so the table has no `user_id` column."""
    question = "SELECT coalesce(sum(page_views), 0) AS n FROM lake.analytics.fct_daily_site_visitors"
    page = {"anonymous_id": "v", "path": "/", "timestamp": END, "received_at": END}
    load_rows("website", "pages", [{"id": "one", **page}])
    company.run(["build", *VISITORS], lambda event: None)
    [before] = lake.query(question).to_pylist()
    load_rows("scratch", "pages", [{"id": "two", **page}])
    with lake.transaction("one more page") as transaction:
        transaction.append(TableName("website", "pages"), lake.query("SELECT * FROM lake.scratch.pages"))
    company.run(["build", *VISITORS], lambda event: None)
    [after] = lake.query(question).to_pylist()
    assert (before["n"], after["n"]) == (1, 2)


def test_page_views_loaded_while_the_models_are_built_are_not_taken_for_lost_ones(
    company: Dbt, lake: DuckLake, load_rows: LoadRows
) -> None:
    page = {"anonymous_id": "v", "path": "/", "timestamp": END, "received_at": END}
    load_rows("website", "pages", [{"id": "one", **page}])
    load_rows("scratch", "pages", [{"id": "two", **page}])

    def load_late(event: Told) -> None:
        if isinstance(event, NodeDone) and event.node == "fct_daily_site_visitors":
            late = lake.query("SELECT * FROM lake.scratch.pages")
            with lake.transaction("one more page") as transaction:
                transaction.append(TableName("website", "pages"), late)

    assert company.run(["build", *VISITORS], load_late).failures == ()
    assert lake.query("SELECT * FROM lake.website.pages").num_rows == 2


def test_a_page_view_that_was_there_and_is_not_counted_fails_the_build(
    company: Dbt, lake: DuckLake, load_rows: LoadRows
) -> None:
    page = {"anonymous_id": "v", "path": "/", "timestamp": END, "received_at": END}
    load_rows("website", "pages", [{"id": "one", **page}, {"id": "two", **page}])
    assert company.run(["build", *VISITORS], lambda event: None).success
    with lake.transaction("lose one", ddl=True) as transaction:
        transaction.query("UPDATE lake.analytics.fct_daily_site_visitors SET page_views = 1")
    outcome = company.run(["test", *VISITORS], lambda event: None)
    assert [failure.split()[1] for failure in outcome.failures] == ["assert_no_page_view_is_lost"]
