"""Rows of a Postgres table as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mainstem.activate import Batch, Kind, Op, Opening, Parent, Trouble, Write, find_kind, read_destinations
from mainstem.config import parse_config
from mainstem.errors import CredentialsRefused, UsageError
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing.connectors import StillClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mainstem.activate import Destination, Value
    from mainstem.config import PostgresAddress

TABLES = """
    CREATE TYPE mood AS ENUM ('well', 'ill');
    CREATE TABLE owner (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, login text UNIQUE NOT NULL);
    CREATE TABLE account (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), code varchar(8) UNIQUE NOT NULL, name text NOT NULL,
        users integer CHECK (users >= 0), share numeric(5, 2), state mood, on_day date, seen timestamptz,
        is_good boolean, owner_number bigint REFERENCES owner, twice text GENERATED ALWAYS AS (code || code)
        STORED, updated_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO owner (login) VALUES ('ada'), ('bob');
    CREATE TABLE keyless (a text);
"""


@pytest.fixture
def connection(catalog: PostgresAddress) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:
        connection.execute(TABLES)
        yield connection


@pytest.fixture
def destination(
    catalog: PostgresAddress, connection: psycopg.Connection, tmp_path: Path
) -> Iterator[Destination]:
    made = opened(conninfo(catalog.libpq()), tmp_path)
    yield made
    made.close()


def conninfo(parts: Mapping[str, Any]) -> str:
    return psycopg.conninfo.make_conninfo(**parts)


def opened(url: str, folder: Path) -> Destination:
    (folder / "url").write_text(url)
    toml = f'[destinations.there]\ntype = "postgres"\nurl = "file:{folder}/url"\n'
    settings = read_destinations(parse_config(folder / "mainstem.toml", toml, {}))["there"]
    clock = StillClock()
    return find_kind("postgres").open(
        Opening("there", settings, MemoryBudget(clock), clock, folder, Patience())
    )


def batch(op: Op, *writes: Write) -> Batch:
    return Batch("b-1", "account", "code", op, writes)


def create(number: int, key: str, parents: Mapping[str, Parent] | None = None, **values: Any) -> Write:
    given = {"name": key, **values}
    return Write(number=number, op=Op.CREATE, key=key, values=given, parents=parents or {})


def test_a_table_is_an_object_with_its_keys_and_rights(destination: Destination) -> None:
    shape = destination.shape("account")
    kinds = {name: field.kind for name, field in shape.fields.items()}
    assert kinds == {
        "id": Kind.TEXT, "code": Kind.TEXT, "name": Kind.TEXT, "users": Kind.INTEGER, "share": Kind.NUMBER,
        "state": Kind.CHOICE, "on_day": Kind.DAY, "seen": Kind.MOMENT, "is_good": Kind.BOOLEAN,
        "owner_number": Kind.REFERENCE, "twice": Kind.TEXT, "updated_at": Kind.MOMENT,
    }  # fmt: skip
    assert {name for name, field in shape.fields.items() if field.is_key} == {"id", "code"}
    assert {name for name, field in shape.fields.items() if field.is_needed} == {"code", "name"}
    assert not shape.fields["twice"].can_update
    assert (shape.fields["code"].length, shape.fields["share"].digits) == (8, 2)
    assert shape.fields["owner_number"].refers_to == ("owner",)
    assert shape.fields["state"].choices == ("well", "ill")


def test_what_is_written_is_read_back_in_the_form_of_plans(destination: Destination) -> None:
    values: dict[str, Value] = {
        "users": 5, "share": 0.25, "state": "well", "on_day": "2026-01-15", "is_good": True,
        "seen": "2026-01-15T12:00:00.000Z",
    }  # fmt: skip
    (made,) = destination.write(batch(Op.CREATE, create(3, "a", None, **values)), lambda ticket: None)
    assert (made.number, made.refusal) == (3, None)
    (found,) = destination.read(destination.shape("account"), "code", ["a", "nobody"], [*values])
    assert (found.id, found.key, dict(found.values)) == (made.id, "a", values)
    assert found.modified_at is not None
    update = Write(number=1, op=Op.UPDATE, key="a", id=made.id, values={"users": None, "share": 1.0})
    destination.write(batch(Op.UPDATE, update), lambda ticket: None)
    (found,) = destination.read(destination.shape("account"), "code", ["a"], ["users", "share"])
    assert dict(found.values) == {"users": None, "share": 1.0}
    delete = Write(number=1, op=Op.DELETE, key="a", id=made.id)
    assert destination.write(batch(Op.DELETE, delete), lambda ticket: None)[0].refusal is None
    assert not list(destination.read(destination.shape("account"), "code", ["a"], []))


def test_a_row_that_is_refused_takes_no_other_with_it(destination: Destination) -> None:
    there = {"owner_number": Parent("owner", "login", "ada")}
    nobody = {"owner_number": Parent("owner", "login", "eve")}
    results = destination.write(
        batch(
            Op.CREATE,
            create(0, "a", there),
            create(1, "a"),
            create(2, "b", nobody),
            create(3, "c", users=-1),
            create(4, "d"),
        ),
        lambda ticket: None,
    )
    assert [one.refusal and one.refusal.trouble for one in results] == [
        None, Trouble.TAKEN, Trouble.PARENT, Trouble.DATA, None,
    ]  # fmt: skip
    found = list(destination.read(destination.shape("account"), "code", ["a", "b", "c", "d"], []))
    assert sorted(one.key for one in found) == ["a", "d"]


def test_what_is_gone_is_told(destination: Destination) -> None:
    missing = Write(
        number=0, op=Op.UPDATE, key="x", id="00000000-0000-0000-0000-000000000000", values={"users": 1}
    )
    (result,) = destination.write(batch(Op.UPDATE, missing), lambda ticket: None)
    assert result.refusal is not None
    assert result.refusal.trouble is Trouble.GONE


def test_tables_that_are_not_there_or_have_no_key_are_told(
    destination: Destination, tmp_path: Path, catalog: PostgresAddress
) -> None:
    with pytest.raises(UsageError, match=r"no table public\.acount; there are .*public\.account"):
        destination.shape("acount")
    with pytest.raises(UsageError, match="no primary key"):
        destination.shape("keyless")
    url = conninfo({**catalog.libpq(), "dbname": "nowhere"})
    (finding,) = opened(url, tmp_path).check()
    assert not finding.is_good
    with pytest.raises(CredentialsRefused):
        opened(url, tmp_path).shape("account")


def test_a_database_there_is_not_is_told_apart_from_who_may_not_in(
    catalog: PostgresAddress, tmp_path: Path
) -> None:
    destination = opened(conninfo({**catalog.libpq(), "dbname": "nowhere"}), tmp_path)
    (finding,) = destination.check()
    destination.close()
    assert (finding.what, finding.is_good) == ("database", False)
    assert 'database "nowhere" does not exist' in finding.detail
