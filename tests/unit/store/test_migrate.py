from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mainstem.errors import EnvironmentFailure
from mainstem.store.migrate import check_schema, current_revision, revisions, upgrade

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

ROWS = Path(__file__).with_name("revision_rows")
VERSIONS = "mainstem.store.migrations.versions"

Rows = dict[str, tuple[list[str], list[Any]]]


def connect(address: PostgresAddress) -> psycopg.Connection:
    return psycopg.connect(**address.libpq(), autocommit=True)


def columns(connection: psycopg.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name <> 'alembic_version' ORDER BY table_name, ordinal_position"
    )
    for table, column in connection.execute(query).fetchall():
        found.setdefault(table, []).append(column)
    return found


def rows(connection: psycopg.Connection, tables: dict[str, list[str]]) -> Rows:
    return {
        table: (
            names,
            connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2".encode()).fetchall(),
        )
        for table, names in tables.items()
    }


def test_rows_of_every_revision_survive_every_later_one(catalog: PostgresAddress) -> None:
    kept: Rows = {}
    for revision in revisions():
        upgrade(catalog, revision)
        with connect(catalog) as connection:
            assert current_revision(connection) == revision
            before = {table: names for table, (names, _) in kept.items()}
            assert rows(connection, before) == kept
            connection.execute((ROWS / f"{revision}.sql").read_bytes())
            kept = rows(connection, columns(connection))
            assert all(found for _, found in kept.values()), "every table has a row that could be lost"


def test_revisions_are_numbered_without_gaps_and_only_go_forward() -> None:
    assert revisions() == [f"{number:04}" for number in range(1, len(revisions()) + 1)]
    files = sorted(Path(importlib.import_module(VERSIONS).__path__[0]).glob("v*.py"))
    previous = None
    for file, revision in zip(files, revisions(), strict=True):
        module = importlib.import_module(f"{VERSIONS}.{file.stem}")
        assert (module.revision, module.down_revision) == (revision, previous)
        assert not hasattr(module, "downgrade")
        previous = revision


def test_upgrades_that_start_at_once_are_applied_once(catalog: PostgresAddress) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            upgrade(catalog)
        except BaseException as e:  # noqa: BLE001 # told by the main thread
            failures.append(e)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with connect(catalog) as connection:
        check_schema(connection)


def test_an_older_schema_names_the_command_that_upgrades_it(catalog: PostgresAddress) -> None:
    with connect(catalog) as connection, pytest.raises(EnvironmentFailure, match="run `mainstem up`"):
        check_schema(connection)


def test_a_newer_schema_is_refused_and_left_alone(catalog: PostgresAddress) -> None:
    upgrade(catalog)
    with connect(catalog) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
        with pytest.raises(EnvironmentFailure, match=r"revision 9001.*newer Mainstem"):
            check_schema(connection)
        with pytest.raises(EnvironmentFailure, match="newer Mainstem"):
            upgrade(catalog)
        assert current_revision(connection) == "9001"
