"""Sources that no HTTP service stands behind: a database, files, a program that prints."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
from psycopg.conninfo import make_conninfo

from benchmarks.processes import running
from mainstem.assemble.postgres import postgres_child
from mainstem.store import EmbeddedServer, ensure_database, find_programs
from mainstem.testing.connectors import NOON, StillClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mainstem.testing.saas import SaasHost

_ROWS = 20_000
_CURSOR_ROWS = 5_000


@dataclass(frozen=True)
class Place:
    """A source that stands."""

    settings: Mapping[str, Any]
    """The table `[connectors.NAME]`, without `type`."""
    clock: StillClock
    read_bare: Callable[[], None]
    """What the last sync read, without a connector."""
    synced: Callable[[], AbstractContextManager[None]] = nullcontext
    """Within it ours is read."""


@contextmanager
def parquet(host: SaasHost, scratch: Path) -> Iterator[Place]:
    with _files(scratch, "parquet", "parquet") as place:
        yield place


@contextmanager
def ndjson(host: SaasHost, scratch: Path) -> Iterator[Place]:
    with _files(scratch, "ndjson", "json") as place:
        yield place


@contextmanager
def _files(scratch: Path, form: str, duckdb_form: str) -> Iterator[Place]:
    folder = scratch / form
    folder.mkdir()
    file = folder / f"visits.{form}"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM range({_ROWS}) AS r(i) SELECT i AS id, 'page ' || i % 97 AS page,"
            " i * 0.25 AS amount, i % 2 = 0 AS is_new, 'visitor ' || i % 5003 AS visitor)"
            f" TO '{file}' (FORMAT {duckdb_form})"
        )
    settings = {"location": str(folder), "tables": {"visits": {"files": file.name, "format": form}}}

    def bare() -> None:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE visits AS SELECT * FROM read_{duckdb_form}('{file}')")  # noqa: S608 # its own file

    yield Place(settings, StillClock(NOON), bare)


@contextmanager
def postgres(host: SaasHost, scratch: Path) -> Iterator[Place]:
    folder = scratch / "postgres"
    folder.mkdir()
    folder.chmod(0o755)
    server = EmbeddedServer.prepare(folder, find_programs(None))
    with running(postgres_child(server), folder):
        url = make_conninfo(**ensure_database(server.address, "shop").libpq())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, status text, amount numeric(12, 2),"
                " is_paid boolean, placed_at timestamptz)"
            )
            connection.execute(
                "INSERT INTO orders SELECT n, 'status ' || n %% 7, n * 0.25, n %% 2 = 0,"
                " TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 second' FROM generate_series(1, %s) AS n",
                [_ROWS],
            )

        def bare() -> None:
            with psycopg.connect(url) as connection, connection.cursor(name="bare") as cursor:
                cursor.execute("SELECT * FROM orders")
                while cursor.fetchmany(_CURSOR_ROWS):
                    pass

        yield Place({"url": url, "batch_rows": _CURSOR_ROWS}, StillClock(NOON), bare)


_TAP = f"""#!{sys.executable} -IS
import json, sys
PROPERTIES = {{"id": {{"type": "integer"}}, "page": {{"type": "string"}}, "amount": {{"type": "number"}},
               "is_new": {{"type": "boolean"}}}}
SCHEMA = {{"type": "object", "properties": PROPERTIES}}
if "--discover" in sys.argv:
    whole = {{"inclusion": "available", "table-key-properties": ["id"]}}
    metadata = [{{"breadcrumb": [], "metadata": whole}}]
    json.dump({{"streams": [{{"tap_stream_id": "visits", "stream": "visits", "schema": SCHEMA,
                            "key_properties": ["id"], "metadata": metadata}}]}}, sys.stdout)
elif "--help" in sys.argv:
    print("usage: tap [--config CONFIG] [--state STATE] [--catalog CATALOG]")
else:
    say = lambda message: sys.stdout.write(json.dumps(message) + "\\n")
    say({{"type": "SCHEMA", "stream": "visits", "schema": SCHEMA, "key_properties": ["id"]}})
    for n in range({_ROWS}):
        row = {{"id": n, "page": f"page {{n % 97}}", "amount": n * 0.25, "is_new": n % 2 == 0}}
        say({{"type": "RECORD", "stream": "visits", "record": row}})
    say({{"type": "STATE", "value": {{"visits": {_ROWS}}}}})
"""


@contextmanager
def tap(host: SaasHost, scratch: Path) -> Iterator[Place]:
    program = scratch / "tap"
    program.write_text(_TAP, encoding="utf-8")
    program.chmod(0o755)

    def bare() -> None:
        subprocess.run([str(program)], stdout=subprocess.DEVNULL, check=True)

    yield Place({"executable": str(program)}, StillClock(NOON), bare)
