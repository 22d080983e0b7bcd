"""DuckLake's own upkeep functions, each called so that nobody who reads or writes meanwhile is hurt.

What was found by trying (DuckDB 1.5.5):

- A merge makes a file that knows the snapshot of each of its rows, so every kept snapshot reads as before;
  the files it replaces are set down for removal at once, not when a snapshot expires.
- `ducklake_rewrite_data_files` narrows what the catalog says of a whole table's smallest and greatest
  values; older snapshots are then read by bounds that are not theirs, and give other numbers than before (1
  came back as 257). So files with deleted rows are written anew by a plain DELETE and INSERT, which narrows
  nothing.
- A reader keeps a transaction open in Postgres from its first to its last byte. What it may still read was
  set down for removal after that began; so the oldest open transaction bounds what is removed, however
  long it takes.
- A delete loses against a merge of its table that is committed meanwhile, and the merge against the delete.
  dbt deletes under the structure lock; the loader takes turns (`LoaderFence.turn`), or it would wait
  seconds for its next try.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
from psycopg import sql

from mainstem.errors import FatalError, WarehouseBusy
from mainstem.warehouse.contract import TableName
from mainstem.warehouse.ducklake.catalog import CatalogCheck
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, open_lake
from mainstem.warehouse.ducklake.failures import is_passing
from mainstem.warehouse.ducklake.lock import StructureLock, UpkeepTurn
from mainstem.warehouse.upkeep import DataFile, Leftovers, Snapshot, TableFiles, Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import timedelta

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake.connection import LakeLocation

PATIENCE_SECONDS = 20.0
"""How long to wait for the structure lock. Who has it builds a model; the next round is as good."""

_FILES = sql.SQL(
    """
    SELECT s.schema_name, t.table_name, f.data_file_id, f.file_size_bytes, f.record_count,
        coalesce((SELECT sum(d.delete_count) FROM {lake}.ducklake_delete_file AS d
            WHERE d.data_file_id = f.data_file_id AND d.end_snapshot IS NULL), 0)::bigint,
        concat_ws(' ', f.partition_id,
            (SELECT string_agg(p.partition_value, ' ' ORDER BY p.partition_key_index)
                FROM {lake}.ducklake_file_partition_value AS p WHERE p.data_file_id = f.data_file_id),
            (SELECT max(v.begin_snapshot) FROM {lake}.ducklake_schema_versions AS v
                WHERE v.table_id = t.table_id AND v.begin_snapshot <= f.begin_snapshot)),
        coalesce(f.partial_max, f.begin_snapshot)
    FROM {lake}.ducklake_table AS t
    JOIN {lake}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
    LEFT JOIN {lake}.ducklake_data_file AS f ON f.table_id = t.table_id AND f.end_snapshot IS NULL
    WHERE t.end_snapshot IS NULL
    ORDER BY s.schema_name, t.table_name, f.data_file_id
    """
)
_SNAPSHOTS = sql.SQL("SELECT snapshot_id, snapshot_time FROM {lake}.ducklake_snapshot ORDER BY snapshot_id")
_SCHEDULED = sql.SQL("SELECT count(*), min(schedule_start) FROM {lake}.ducklake_files_scheduled_for_deletion")
_READERS = sql.SQL(
    "SELECT min(xact_start) FROM pg_stat_activity WHERE backend_type = 'client backend' "
    "AND datname = {database} AND pid <> pg_backend_pid()"
)
_PATHS = sql.SQL(
    """
    SELECT f.path FROM {lake}.ducklake_data_file AS f
    JOIN {lake}.ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
    JOIN {lake}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
    WHERE f.end_snapshot IS NULL AND s.schema_name = {schema} AND t.table_name = {table}
        AND f.data_file_id = ANY({files})
    """
)
_DELETED_FROM = sql.SQL(
    """
    SELECT EXISTS (SELECT 1 FROM {lake}.ducklake_delete_file AS d WHERE d.table_id = t.table_id)
        OR EXISTS (SELECT 1 FROM {lake}.ducklake_data_file AS f
            WHERE f.table_id = t.table_id AND f.end_snapshot IS NOT NULL)
    FROM {lake}.ducklake_table AS t
    JOIN {lake}.ducklake_schema AS s ON s.schema_id = t.schema_id AND s.end_snapshot IS NULL
    WHERE t.end_snapshot IS NULL AND s.schema_name = {schema} AND t.table_name = {table}
    """
)


class DuckLakeUpkeep(Upkeep):
    """A DuckDB is open only between the first change and `close`: one that stays open keeps every version of
    the structure it has seen, about 1.3 MB each."""

    def __init__(
        self, location: LakeLocation, onlooker: PostgresAddress, *, patience_s: float = PATIENCE_SECONDS
    ) -> None:
        """`onlooker` is a role that sees when the transactions of all others began."""
        self._location = location
        self._onlooker = onlooker
        self._lock = StructureLock(location.catalog, patience_s=patience_s)
        self._turn = UpkeepTurn(location.catalog, patience_s=patience_s)
        self._check = CatalogCheck(location.catalog, location.metadata_schema)
        self._connection: duckdb.DuckDBPyConnection | None = None

    def tables(self) -> Sequence[TableFiles]:
        rows = self._ask(_FILES)
        return [
            TableFiles(TableName(*name), tuple(DataFile(*row[2:]) for row in files if row[2] is not None))
            for name, files in groupby(rows, key=itemgetter(0, 1))
        ]

    def snapshots(self) -> Sequence[Snapshot]:
        return [Snapshot(*row) for row in self._ask(_SNAPSHOTS)]

    def leftovers(self) -> Leftovers:
        [(files, oldest)] = self._ask(_SCHEDULED)
        return Leftovers(files, oldest, self._oldest_reader())

    def merge(self, name: TableName, *, smallest: int, largest: int) -> None:
        options = {"min_file_size": smallest, "max_file_size": largest}
        if not smallest:
            del options["min_file_size"]
        # What is small takes milliseconds; what is large the loader waits for only where it must.
        is_shared = not smallest or self._is_deleted_from(name)
        self._change_files(name, "ducklake_merge_adjacent_files", options, in_turn=is_shared)

    def rewrite(self, name: TableName, files: Sequence[int]) -> None:
        self._engine()
        with self._lock, self._turn:
            schema, table = sql.Literal(name.namespace), sql.Literal(name.table)
            rows = self._ask(_PATHS, schema=schema, table=table, files=sql.Literal(list(files)))
            if rows:
                self._write_anew(name, [path.rpartition("/")[2] for (path,) in rows])

    def expire(self, snapshots: Sequence[int], protected: Callable[[], AbstractSet[int]]) -> int:
        self._engine()
        with self._lock:
            standing = [snapshot.id for snapshot in self.snapshots()]
            keep = protected() | {standing[-1]}
            versions = sorted(set(snapshots).intersection(standing) - keep)
            if not versions:
                return 0
            gone = self._call("ducklake_expire_snapshots", {"versions": versions})
            self._check.check()
        return len(gone)

    def clean_up(self, unused_for: timedelta, as_of: datetime) -> int:
        # Without the lock: what is removed is out of everybody's sight, and a bucket may take its time.
        reader = self._oldest_reader()
        before = (min(as_of, reader) if reader else as_of) - unused_for
        return len(self._call("ducklake_cleanup_old_files", {"older_than": before}))

    def sweep(self, before: datetime) -> int:
        return len(self._call("ducklake_delete_orphaned_files", {"older_than": before}))

    def close(self) -> None:
        self._lock.close()
        self._turn.close()
        self._close_engine()

    def _change_files(
        self, name: TableName, function: str, options: Mapping[str, object], *, in_turn: bool
    ) -> None:
        self._engine()
        with self._lock, self._turn if in_turn else nullcontext():
            self._call(function, options, name)
            self._check.check()

    def _write_anew(self, name: TableName, files: Sequence[str]) -> None:
        """The rows of `files`, by their names; of all the table where a column of its own hides the name."""
        table = f"{CATALOG_NAME}.{_quoted(name.namespace)}.{_quoted(name.table)}"
        columns = {row[0].lower() for row in self._execute(f"DESCRIBE {table}")}
        names = ", ".join(map(_literal, files))
        which = "TRUE" if "filename" in columns else f"parse_filename(filename) IN ({names})"
        # In one transaction; what fails in it ends the engine, and with it the transaction.
        self._execute("BEGIN")
        self._execute(f"CALL {CATALOG_NAME}.set_commit_message('mainstem', 'write files anew')")
        self._execute(f"CREATE OR REPLACE TEMP TABLE moved AS SELECT * FROM {table} WHERE {which}")  # noqa: S608 # names are quoted
        self._execute(f"DELETE FROM {table} WHERE {which}")  # noqa: S608 # names are quoted
        self._execute(f"INSERT INTO {table} BY NAME SELECT * FROM temp.main.moved")  # noqa: S608 # names are quoted
        self._execute("COMMIT")
        self._execute("DROP TABLE temp.main.moved")

    def _is_deleted_from(self, name: TableName) -> bool:
        schema, table = sql.Literal(name.namespace), sql.Literal(name.table)
        return self._ask(_DELETED_FROM, schema=schema, table=table) == [(True,)]

    def _oldest_reader(self) -> datetime | None:
        database = sql.Literal(self._location.catalog.database)
        with _answering(self._onlooker) as connection:
            row = connection.execute(_READERS.format(database=database)).fetchone()
        return row[0] if row else None

    def _ask(self, question: sql.SQL, **names: sql.Composable) -> list[tuple[Any, ...]]:
        lake = sql.Identifier(self._location.metadata_schema)
        with _answering(self._location.catalog) as connection:
            return connection.execute(question.format(lake=lake, **names)).fetchall()

    def _call(
        self, function: str, options: Mapping[str, object], name: TableName | None = None
    ) -> list[tuple[Any, ...]]:
        arguments = [_literal(CATALOG_NAME)]
        if name is not None:
            arguments += [_literal(name.table), f"schema => {_literal(name.namespace)}"]
        arguments += [f"{option} => {_literal(value)}" for option, value in options.items()]
        return self._execute(f"CALL {function}({', '.join(arguments)})")

    def _execute(self, statement: str) -> list[tuple[Any, ...]]:
        engine = self._engine()
        try:
            return engine.execute(statement).fetchall()
        except duckdb.Error as e:
            self._close_engine()
            if is_passing(e, self._location.catalog):
                raise WarehouseBusy(f"{statement}: {e}") from e
            raise FatalError(f"{statement}: {e}") from e

    def _engine(self) -> duckdb.DuckDBPyConnection:
        """Called before a lock is taken: opening takes half a second."""
        if self._connection is None:
            self._connection = open_lake(self._location, read_only=False)
        return self._connection

    def _close_engine(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def _answering(address: PostgresAddress) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(**address.libpq(), autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as e:
        raise WarehouseBusy(f"the lake's catalog does not answer: {e}") from e


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    match value:
        case datetime():
            return f"TIMESTAMPTZ '{value.astimezone(UTC).isoformat()}'"
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case int() | float():
            return str(value)
        case _:
            return "'" + str(value).replace("'", "''") + "'"
