"""Who is who: against the truth of simulated companies, and rule by rule on a handful of rows."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import pytest

from mainstem.simulate.world import simulate_company
from mainstem.testing.company import CompanyLake
from tests.company.identity_score import REVENUE, SELECT, Counts, b_cubed, measure, pairs_by_kind, score

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.simulate.world import Change, Event
    from tests.company.identity_score import Score

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
PUBLISHED = {
    "bdg_visitor_person": "visitor_id, valid_from, valid_to, person_id, is_named, is_shared",
    "bdg_person_id": "id_type, id_value, person_id, first_seen_at",
    "dim_person": "*",
    "bdg_server_account": "*",
    "bdg_installation_id": "*",
    "bdg_licence_account": "*",
    "bdg_person_account": "*",
    "identity_suspect_nodes": "*",
}


def published(lake: CompanyLake) -> dict[str, set[str]]:
    """The rows of what others read, whatever their order."""
    return {
        table: {str(row) for row in lake.query(f"SELECT {columns} FROM analytics.{table}")}
        for table, columns in PUBLISHED.items()
    }


def build(lake: CompanyLake, *arguments: str, **variables: Any) -> None:
    built = lake.build("run", "--select", *SELECT, *arguments, variables=variables)
    assert built.failures == ()


# --- against the truth ------------------------------------------------------------------------------------


def check(found: Score) -> None:
    """Revenue links where there is evidence, and every pair of ids that a path of evidence joins."""
    for kind in (*(f"{kind} (evidence)" for kind in REVENUE), "all pairs of ids (evidence)"):
        counts = found[kind]
        assert counts.true > 1, kind
        assert counts.precision is not None and counts.precision >= 0.999, kind
        assert counts.recall is not None and counts.recall >= 0.98, kind
    everything = found["all pairs of ids"]
    assert everything.precision is not None and everything.precision >= 0.999


def test_identity_of_a_small_company_is_right(built_company: CompanyLake) -> None:
    check(score(built_company))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "months", "accounts"),
    [(101, 8, 60), (103, 60, 10), (104, 36, 30), (105, 24, 50), (106, 60, 20), (107, 24, 100)],
)
def test_identity_of_companies_of_many_sizes_is_right(
    tmp_path: Path, seed: int, months: int, accounts: int
) -> None:
    check(measure(tmp_path, seed, months, accounts))


# --- whatever the order -----------------------------------------------------------------------------------


def _world(seed: int) -> tuple[list[Event], list[Change]]:
    """Events of the website and of servers, each once, and rows, of a quarter."""
    events: dict[str, Event] = {}
    changes: list[Change] = []
    for day in simulate_company(seed, 3, 60):
        changes += [change for change in day.changes if change.system in ("crm", "licences")]
        for event in day.events:
            kept = event.source == "website" or event.message.get("event") in ("license", "server")
            if kept:
                events.setdefault(event.message["messageId"], event)
    return list(events.values()), changes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "parts"),
    [(201, 2), (202, 5), (203, 3)],
)
def test_any_order_and_split_of_arrival_gives_what_a_full_refresh_gives(
    tmp_path: Path, seed: int, parts: int
) -> None:
    events, changes = _world(seed)
    draw = random.Random(seed)
    draw.shuffle(events)
    late = datetime(2030, 1, 1, tzinfo=UTC)
    cuts = [0, *sorted(draw.sample(range(len(events)), parts - 1)), len(events)]
    bit_by_bit, at_once = CompanyLake(tmp_path / "bits"), CompanyLake(tmp_path / "whole")
    for step, (first, last) in enumerate(itertools.pairwise(cuts), 1):
        bit_by_bit.load_events(events[first:last], late + timedelta(days=step))
        bit_by_bit.load_changes(changes[: len(changes) * step // parts])
        build(bit_by_bit)
    at_once.load_events(events[::-1], late + timedelta(days=parts))
    at_once.load_changes(changes)
    build(at_once)
    whole = published(at_once)
    assert len(whole["bdg_visitor_person"]) > 1_000
    assert len(whole["bdg_person_id"]) > len(whole["bdg_visitor_person"])
    assert published(bit_by_bit) == whole


# --- rule by rule -----------------------------------------------------------------------------------------


class Rows:
    """Raw tables of a lake, filled by hand; a minute passes from event to event."""

    def __init__(self, folder: Path) -> None:
        self.lake = CompanyLake(folder)
        self._minutes = 0
        self._waiting: list[tuple[str, dict[str, object]]] = []

    def event(self, table: str, **fields: object) -> datetime:
        """An event of the website, or of servers for their tables. Returns when it happened."""
        self._minutes += 1
        at = START + timedelta(minutes=self._minutes)
        moments = {"timestamp": at, "received_at": at, "uuid_ts": at}
        system = "servers" if table == "license" else "website"
        self.row(system, table, id=f"m{self._minutes}", **moments, **fields)
        return at

    def wait(self, **time: float) -> None:
        self._minutes += int(timedelta(**time).total_seconds() // 60)

    def row(self, system: str, table: str, **fields: object) -> None:
        self._waiting.append((f"{system}.{table}", fields))

    def build(self, *arguments: str) -> None:
        """Of all rows so far. A column exists only if some row has it, as when events come."""
        with duckdb.connect(str(self.lake.file)) as connection:
            for table, fields in self._waiting:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.partition('.')[0]}")
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id VARCHAR)")
                for name, value in fields.items():
                    kind = "TIMESTAMPTZ" if isinstance(value, datetime) else "VARCHAR"
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} {kind}")
                names, marks = ", ".join(fields), ", ".join("?" * len(fields))
                sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"
                connection.execute(sql, list(fields.values()))
        self._waiting = []
        build(self.lake, *arguments)

    def person(self, kind: str, value: str) -> str | None:
        sql = "SELECT person_id FROM analytics.bdg_person_id WHERE id_type = ? AND id_value = ?"
        rows = self.lake.query(sql, (kind, value))
        return rows[0]["person_id"] if rows else None

    def person_at(self, visitor: str, at: datetime) -> str:
        sql = """
            SELECT person_id FROM analytics.bdg_visitor_person
            WHERE visitor_id = ? AND valid_from <= ? AND ? < valid_to
        """
        [row] = self.lake.query(sql, (visitor, at, at))
        return str(row["person_id"])

    def suspects(self) -> set[tuple[str, str]]:
        rows = self.lake.query("FROM analytics.identity_suspect_nodes")
        return {(row["id_value"], row["reason"]) for row in rows}


def test_guards_spans_denials_and_the_merge_log(tmp_path: Path) -> None:
    rows = Rows(tmp_path)
    # One person on two browsers; the second one was known before only as a cookie.
    rows.event("pages", anonymous_id="laptop")
    rows.event("identifies", anonymous_id="laptop", user_id="ada", email=" Ada@One.example")
    seen = rows.event("pages", anonymous_id="phone")
    # A shared browser: ada, then whoever has not said, then bob, then nobody who ever says.
    first = rows.event("pages", anonymous_id="kiosk")
    rows.event("pages", anonymous_id="kiosk", user_id="cleo")
    between = rows.event("pages", anonymous_id="kiosk")
    rows.event("pages", anonymous_id="kiosk", user_id="bob")
    after = rows.event("pages", anonymous_id="kiosk")
    # An e-mail without login is its owner's for half an hour; later visits are the next one's.
    rows.event("identifies", anonymous_id="desk", email="dora@two.example")
    soon = rows.event("pages", anonymous_id="desk")
    rows.wait(hours=5)
    later = rows.event("pages", anonymous_id="desk")
    rows.event("pages", anonymous_id="desk", user_id="emil")
    # What must join nobody: junk, a mailbox of two users, a browser of four.
    for user in ("fay", "gus"):
        rows.event("identifies", anonymous_id=f"of-{user}", user_id=user, email="test@test.com")
        rows.event("identifies", anonymous_id=f"of-{user}", user_id=user, email="team@three.example")
    for user in ("u1", "u2", "u3", "u4"):
        rows.event("pages", anonymous_id="library", user_id=user)
    rows.event("pages", anonymous_id="x", user_id="undefined")
    rows.event("pages", anonymous_id="y", user_id="undefined")
    rows.row("crm", "accounts", id="a1", name="One  Ltd 🚀", domain="one.example", created_at=START)
    rows.row("crm", "accounts", id="a2", name="ONE LTD", domain="www.One.example", created_at=seen)
    rows.row("crm", "accounts", id="a3", name="One Ltd", domain="gmail.com", created_at=seen)
    rows.row("crm", "contacts", id="c1", account_id="a2", email="ADA@one.example", created_at=START)
    rows.row("crm", "opportunities", id="o1", account_id="a1", licence_key="l1")
    rows.row("crm", "opportunities", id="o2", account_id="a1", licence_key="torn")
    rows.row("crm", "opportunities", id="o3", account_id="a3", licence_key="torn")
    rows.row("licences", "licences", id="l2", customer_email="somebody@one.example")
    rows.row("licences", "licences", id="l3", customer_email="somebody@gmail.com")
    began = rows.event("license", user_id="s1", license_id="l1")
    changed = rows.event("license", user_id="s1", license_id="l2")
    rows.event("license", user_id="s2", license_id="internal-licence")
    rows.event("license", user_id="s3", license_id="internal-licence")
    rows.build()

    ada = rows.person("portal_user", "ada")
    assert ada == rows.person("anonymous_id", "laptop") == rows.person("email", "ada@one.example")
    assert ada == rows.person("crm_contact", "c1") != rows.person("anonymous_id", "phone")
    cleo, bob = rows.person("portal_user", "cleo"), rows.person("portal_user", "bob")
    assert cleo != bob
    assert rows.person_at("kiosk", first) == cleo
    assert rows.person_at("kiosk", between) == bob
    assert rows.person_at("kiosk", after) not in (cleo, bob)
    assert rows.person_at("desk", soon) == rows.person("email", "dora@two.example")
    assert rows.person_at("desk", later) == rows.person("portal_user", "emil")
    assert rows.person("portal_user", "fay") != rows.person("portal_user", "gus")
    assert rows.person("anonymous_id", "x") != rows.person("anonymous_id", "y")
    assert len({rows.person("portal_user", f"u{number}") for number in range(1, 5)}) == 4
    assert rows.suspects() == {
        ("test@test.com", "junk_value"),
        ("team@three.example", "email_users"),
        ("library", "visitor_users"),
        ("internal-licence", "junk_value"),
        ("torn", "licence_accounts"),
    }

    accounts = rows.lake.query(
        "SELECT account_id, canonical_account_id AS it FROM analytics.dim_account_identity"
    )
    assert {row["account_id"]: row["it"] for row in accounts} == {"a1": "a1", "a2": "a1", "a3": "a3"}
    licences = rows.lake.query("FROM analytics.bdg_licence_account")
    assert {(row["licence_id"], row["account_id"], row["evidence"]) for row in licences} == {
        ("l1", "a1", "opportunity"),
        ("l2", "a1", "e-mail domain"),
    }
    servers = rows.lake.query("FROM analytics.bdg_server_account WHERE server_id = 's1' ORDER BY valid_from")
    assert [(row["licence_id"], row["valid_from"]) for row in servers] == [("l1", began), ("l2", changed)]
    assert servers[0]["valid_to"] == changed
    assert rows.lake.query("FROM analytics.dim_person WHERE account_id = 'a1'")[0]["person_id"] == ada
    installations = rows.lake.query("FROM analytics.dim_installation")
    assert sorted(row["n_servers"] for row in installations) == [1, 1, 1]

    # The phone logs in: its visits were a person's own until now.
    was = rows.person("anonymous_id", "phone")
    rows.event("pages", anonymous_id="phone", user_id="ada")
    rows.build()
    assert rows.person("anonymous_id", "phone") == rows.person("portal_user", "ada") == ada
    [merged] = rows.lake.query("FROM analytics.identity_merge_log")
    assert (merged["change_type"], merged["previous_person_id"], merged["person_id"]) == ("merged", was, ada)

    # Somebody says that the phone is not ada's.
    denied = {
        "id_type": "portal_user",
        "id_value": "ada",
        "other_type": "anonymous_id",
        "other_value": "phone",
    }
    rows.row("identity", "denied_edges", **denied)
    rows.row("identity", "denied_edges", **{**denied, "other_value": "never seen"})
    rows.build()
    assert rows.person("portal_user", "ada") == ada == rows.person("anonymous_id", "laptop")
    assert rows.person("anonymous_id", "phone") == was
    [_, split] = rows.lake.query("FROM analytics.identity_merge_log ORDER BY changed_at")
    assert (split["change_type"], split["previous_person_id"], split["person_id"]) == ("split", ada, was)
    assert ("never seen", "denied_edge_not_found") in rows.suspects()
    before = published(rows.lake)
    rows.build("--full-refresh")
    assert published(rows.lake) == before
    assert len(rows.lake.query("FROM analytics.identity_merge_log")) == 2, "a full refresh keeps the log"


def test_people_who_refuse_to_be_followed_are_counted_and_are_nobody(tmp_path: Path) -> None:
    rows = Rows(tmp_path)
    rows.event("pages", anonymous_id="laptop", path="/")
    for _ in range(3):  # what the gateway makes of anybody who said no
        rows.event("pages", anonymous_id="anonymised", path="/")
        rows.event("download_clicked", anonymous_id="anonymised")
        rows.event("pages", anonymous_id="Undefined", path="/")  # what a page without cookies writes
        rows.event("pages", anonymous_id="robot", path="/")
    rows.row("identity", "junk_values", id_type="anonymous_id", id_value="robot")
    rows.build("+fct_session", "+fct_touch", "+fct_daily_site_visitors")
    assert rows.person("anonymous_id", "anonymised") is None
    assert rows.suspects() == {("Undefined", "junk_value"), ("robot", "junk_value")}
    for table in ("fct_session", "fct_touch", "bdg_visitor_person"):
        visitors = rows.lake.query(f"SELECT visitor_id FROM analytics.{table}")
        assert [row["visitor_id"] for row in visitors] == ["laptop"], table
    [day] = rows.lake.query(
        "SELECT count(DISTINCT visitor_id) AS visitors, sum(page_views) AS pages, "
        "sum(downloads) AS downloads, count(visitor_day_id) AS keys FROM analytics.fct_daily_site_visitors"
    )
    assert day == {"visitors": 1, "pages": 10, "downloads": 3, "keys": 2}
    kept = rows.lake.build("test", "--select", "fct_daily_site_visitors", "stg_website__pages", "fct_session")
    assert kept.failures == ()


# --- the judge --------------------------------------------------------------------------------------------


def test_the_score_counts_what_is_missing_and_what_is_wrong() -> None:
    a, b, c, d = (("email", name) for name in "abcd")
    truth = {a: {"1"}, b: {"1"}, c: {"1"}, d: {"2"}}
    said = {a: {"x"}, b: {"x"}, c: {"y"}, d: {"y"}}
    found = pairs_by_kind(truth, said, {a: 0, b: 0, c: 1, d: 1})
    assert found["all pairs of ids"] == Counts(said=2, right=1, true=3, found=1)
    assert found["all pairs of ids (evidence)"] == Counts(said=2, right=1, true=1, found=1)
    cubed = b_cubed(truth, said)["B-cubed"]
    assert cubed.precision == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert cubed.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, abs=1e-5)


def test_a_copy_that_comes_in_a_later_build_moves_no_mark(tmp_path: Path) -> None:
    days = list(simulate_company(3, 2, 20))
    told = [event for day in days for event in day.events if event.message.get("type") == "identify"]
    first, other = told[:2]
    later = first.received_at + timedelta(days=9)
    again = msgspec.structs.replace(first, received_at=later)
    lake = CompanyLake(tmp_path)
    lake.load([])
    sql = f"FROM analytics.int_identity_marks WHERE mark_id LIKE '%{first.message['messageId']}'"
    found = []
    for event, loaded_at in ((first, first.received_at), (other, later), (again, later)):
        lake.load_events([event], loaded_at)
        assert lake.build("run", "--select", "+int_identity_marks").failures == ()
        found.append(lake.query(sql))
    assert len(lake.query("FROM analytics.stg_website__identifies")) == 3, "too far apart to be a repeat"
    assert found[0] == found[1] == found[2] != []
