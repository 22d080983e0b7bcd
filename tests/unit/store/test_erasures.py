"""What is kept about erasures, and texts struck out of the records."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from mainstem.store.erasures import ERASURES, Erasures
from mainstem.store.publications import Publications
from mainstem.store.traces import find_texts, strike_texts

if TYPE_CHECKING:
    from datetime import datetime

    from mainstem.store import Database


def test_the_table_is_as_the_repository_reads_it(database: Database) -> None:
    with database.transaction() as connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute AS a "
            "WHERE a.attrelid = 'erasures'::regclass AND a.attnum > 0"
        )
        found = {name: kind + ("" if needed else "?") for name, kind, needed in cursor.fetchall()}
    assert found == dict(ERASURES.columns)


def test_an_erasure_that_is_gone_on_with_stays_one(database: Database, now: datetime) -> None:
    erasures = Erasures(database)
    erasures.note("p1", "ada", now, None, {"failed": {"tables": "busy"}})
    erasures.note("p1", "bob", now, now, {"done": {"tables": {"web.tracks": 3}}})
    [found] = erasures.newest(5)
    assert (found.person, found.asked_by, found.ended_at) == ("p1", "ada", now)
    assert found.steps == {"done": {"tables": {"web.tracks": 3}}}


def test_texts_are_found_in_every_column_and_struck_out_but_for_accounts(
    database: Database, now: datetime
) -> None:
    publications = Publications(database)
    build = publications.begin(["build", "--select", "ana-123"], "ada", now)
    publications.finish(
        build, now, success=False, partial="", models=1, tests=1, failures=['1 of "ana-123"', "other"],
        snapshot=None, consequence="for ana-123",
    )  # fmt: skip
    Erasures(database).note("p", "ada", now, None, {"said": "ana-123"})
    with database.transaction() as connection:
        connection.execute("UPDATE erasures SET steps = %s", (Jsonb({"said": ['a "ana-123"']}),))
    assert find_texts(database, ["ana-123", "nobody"]) == {"builds": 1, "erasures": 1}
    assert strike_texts(database, ["ana-123"]) == {"builds": 3, "erasures": 1}
    assert find_texts(database, ["ana-123"]) == {}
    [kept] = publications.builds(1)
    assert kept.failures == ['1 of "[erased]"', "other"]
    assert Erasures(database).newest(1)[0].steps == {"said": ['a "[erased]"']}


def test_addresses_are_struck_out_in_any_case_and_no_part_of_another_id_is(
    database: Database, now: datetime
) -> None:
    publications = Publications(database)
    build = publications.begin(["build"], "ada", now)
    publications.finish(
        build, now, success=False, partial="", models=1, tests=1,
        failures=[
            "of Ana.B+c@Example.com", "of anaxb+c@example.com", "of ANA-123", "of ana-1234 and ana-123",
        ],
        snapshot=None, consequence="",
    )  # fmt: skip
    texts, address = ["ana-123", "ana.b+c@example.com"], ["ana.b+c@example.com"]
    assert find_texts(database, ["ana-12"]) == {}
    assert find_texts(database, texts, address) == {"builds": 1}
    assert strike_texts(database, texts, address) == {"builds": 2}
    [kept] = publications.builds(1)
    assert kept.failures == [
        "of [erased]", "of anaxb+c@example.com", "of ANA-123", "of ana-1234 and [erased]",
    ]  # fmt: skip
