from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.config import Secret
from mainstem.store import CRM, ensure_database, ensure_reader
from mainstem.store.roles import connect, derived_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress

READER = "reader_of_tests"


@pytest.fixture
def reader(postgres: PostgresAddress, catalog: PostgresAddress) -> Iterator[PostgresAddress]:
    """A reader of a database which has tables of before and of after its making."""
    with connect(catalog) as owner:
        owner.execute("CREATE SCHEMA before")
        owner.execute("CREATE TABLE before.t AS SELECT 1 AS n")
    ensure_reader(postgres, catalog, READER, None)
    ensure_reader(postgres, catalog, READER, None)
    with connect(catalog) as owner:
        owner.execute("CREATE SCHEMA after")
        owner.execute("CREATE TABLE after.t AS SELECT 2 AS n")
    yield catalog.with_database(catalog.database, READER)
    with connect(catalog) as owner:
        owner.execute(f"DROP OWNED BY {catalog.user}".encode())
    with connect(postgres) as superuser:
        superuser.execute(f'REVOKE ALL ON DATABASE "{catalog.database}" FROM {READER}'.encode())
        superuser.execute(f"DROP ROLE {READER}".encode())


def test_roles_cannot_enter_one_anothers_databases(postgres: PostgresAddress) -> None:
    one, other = ensure_database(postgres, "one_of_two"), ensure_database(postgres, "other_of_two")
    assert ensure_database(postgres, "one_of_two") == one
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(other.with_database("one_of_two", other.user))


def test_processes_that_start_at_once_make_a_database_once(postgres: PostgresAddress) -> None:
    failures: list[BaseException] = []

    def make() -> None:
        try:
            connect(ensure_database(postgres, "made_by_many")).close()
        except BaseException as e:  # noqa: BLE001 # told by the main thread
            failures.append(e)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_the_mirror_has_limits_of_its_own(postgres: PostgresAddress) -> None:
    address = ensure_database(postgres, CRM)
    with connect(address) as mirror:
        assert mirror.execute("SHOW statement_timeout").fetchone() == ("1min",)
    with connect(postgres) as superuser:
        superuser.execute("ALTER ROLE crm CONNECTION LIMIT -1")
        superuser.execute("ALTER ROLE crm SET statement_timeout = '1h'")
    ensure_database(postgres, CRM)
    with connect(address) as mirror:
        limit = mirror.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user").fetchone()
        assert limit == (20,)
        assert mirror.execute("SHOW statement_timeout").fetchone() == ("1min",)


def test_a_reader_reads_what_there_was_and_what_comes(reader: PostgresAddress) -> None:
    with connect(reader) as connection:
        assert connection.execute("SELECT n FROM before.t").fetchone() == (1,)
        assert connection.execute("SELECT n FROM after.t").fetchone() == (2,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO before.t VALUES (3)",
        "UPDATE after.t SET n = 3",
        "DELETE FROM before.t",
        "TRUNCATE before.t",
        "DROP TABLE before.t",
        "CREATE TABLE before.u (n int)",
        "CREATE TABLE public.u (n int)",
        "CREATE SCHEMA u",
        "CREATE TEMPORARY TABLE u (n int)",
    ],
)
def test_a_reader_writes_nothing_even_in_a_transaction_that_may(
    statement: str, reader: PostgresAddress
) -> None:
    with connect(reader) as connection:
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_a_reader_enters_no_other_database(postgres: PostgresAddress, reader: PostgresAddress) -> None:
    ensure_database(postgres, "one_of_two")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(reader.with_database("one_of_two", READER))


def test_each_role_has_a_password_of_its_own_that_is_the_same_in_every_process(
    postgres: PostgresAddress,
) -> None:
    from dataclasses import replace

    with_password = replace(postgres, password=Secret("of-the-superuser"))
    catalog = derived_password(with_password, "catalog")
    assert catalog == derived_password(with_password, "catalog")
    assert catalog != derived_password(with_password, "mainstem")
    assert catalog != derived_password(replace(postgres, password=Secret("another")), "catalog")
    assert derived_password(postgres, "catalog") is None
