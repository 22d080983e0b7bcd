from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest

from mainstem.assemble.postgres import postgres_child
from mainstem.errors import StoreUnavailable
from mainstem.store import Database, EmbeddedServer, ensure_database, find_programs
from mainstem.supervise import Supervisor

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.config import PostgresAddress


@dataclass(frozen=True)
class Number:
    n: int


def test_what_is_done_in_a_transaction_is_done_together_or_not_at_all(database: Database) -> None:
    database.run("CREATE TABLE t (n int)", {})

    def fails_late() -> None:
        with database.transaction():
            database.run("INSERT INTO t VALUES (1)", {})
            with database.transaction():
                database.run("INSERT INTO t VALUES (2)", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_late()
    assert database.all(Number, "SELECT n FROM t", {}) == []
    database.run("INSERT INTO t VALUES (3)", {})
    assert database.one(Number, "SELECT n FROM t", {}) == Number(3)


def test_threads_do_not_share_a_transaction(database: Database) -> None:
    database.run("CREATE TABLE t (n int)", {})
    seen: list[Number] = []
    with database.transaction():
        database.run("INSERT INTO t VALUES (1)", {})
        other = threading.Thread(target=lambda: seen.extend(database.all(Number, "SELECT n FROM t", {})))
        other.start()
        other.join(30)
    assert seen == []
    assert database.all(Number, "SELECT n FROM t", {}) == [Number(1)]


def test_connections_survive_a_restart_of_postgres(open_folder: Path) -> None:
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    with Supervisor(open_folder / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        database = Database(ensure_database(server.address, "mainstem"), name="test", wait_s=60.0)
        database.run("CREATE TABLE t (n int)", {})
    with Supervisor(open_folder / "logs") as supervisor:
        supervisor.start(postgres_child(server))
        database.run("INSERT INTO t VALUES (1)", {})
        assert database.all(Number, "SELECT n FROM t", {}) == [Number(1)]
        database.close()


def test_a_connection_lost_in_a_transaction_changes_nothing_and_the_next_one_works(
    database: Database, postgres: PostgresAddress
) -> None:
    database.run("CREATE TABLE t (n int)", {})
    with pytest.raises(StoreUnavailable, match="does not answer"), database.transaction() as connection:
        database.run("INSERT INTO t VALUES (1)", {})
        with psycopg.connect(**postgres.libpq()) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
        database.run("INSERT INTO t VALUES (2)", {})
    assert database.all(Number, "SELECT n FROM t", {}) == []


def test_a_server_that_is_away_is_said_to_be(open_folder: Path) -> None:
    server = EmbeddedServer.prepare(open_folder, find_programs(None))
    database = Database(server.address, name="test", wait_s=0.2)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        database.run("SELECT 1", {})
    database.close()
