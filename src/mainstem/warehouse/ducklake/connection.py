"""Open DuckDB with the lake attached: no download, nothing in anybody's home, no password in any text.

The extensions come as Python wheels pinned to DuckDB's own version. DuckDB wants them in a folder
`<version>/<platform>/`, which is made of links into the environment.

The retry settings are what made concurrent writers lose nothing (dbt, four appenders, three readers);
without them dbt nodes were lost. `pg_pool_health_check_query` lets a connection outlive a restart of
Postgres.
"""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from mainstem.errors import EnvironmentFailure, WarehouseBusy
from mainstem.warehouse.ducklake.bucket import BUCKET_EXTENSION, Bucket
from mainstem.warehouse.ducklake.failures import is_passing
from mainstem.warehouse.ducklake.spill import spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.config import PostgresAddress

CATALOG_NAME = "lake"
"""Name the lake is attached under, in every process."""
EXTENSIONS = ("json", "icu", "postgres_scanner", "ducklake")
SECRET_NAME = "mainstem_catalog"  # noqa: S105 # the name DuckDB keeps the secret under
RETRY_SETTINGS = {
    "ducklake_max_retry_count": 500,
    "ducklake_retry_wait_ms": 20,
    "ducklake_retry_backoff": 1.1,
    "pg_pool_health_check_query": "SELECT 1",
}
_ELSEWHERE = re.compile(r'does not match existing data path in the catalog "([^"]*)"')
UNSIGNED = "allow_unsigned_extensions"
"""On while our own extensions load, and off before the first statement of anybody. They are files of this
environment, as DuckDB itself is; to check their signatures is 0.25 s of CPU an opening. The doctor does."""


@dataclass(frozen=True)
class LakeLocation:
    """All that a process needs to reach one lake."""

    catalog: PostgresAddress
    metadata_schema: str
    data_path: str
    """Folder or bucket URL, ending in a slash."""
    extensions: Path
    """What `extension_folder` made."""
    memory_limit: str = "1GB"
    threads: int = 2
    bucket: Bucket | None = None
    """The way to `data_path` where that is a bucket."""

    @property
    def needed_extensions(self) -> tuple[str, ...]:
        return EXTENSIONS if self.bucket is None else (*EXTENSIONS, BUCKET_EXTENSION)

    def for_appends(self) -> LakeLocation:
        """The same lake for what mostly appends: with one thread a row costs 3.5 µs, with two 5.6."""
        return replace(self, threads=1)

    def secret_sql(self) -> str:
        """The statement that gives DuckDB the catalog's address. It holds the password: never log it."""
        values = {
            "HOST": self.catalog.host,
            "PORT": str(self.catalog.port),
            "DATABASE": self.catalog.database,
            "USER": self.catalog.user,
        }
        if self.catalog.password is not None:
            values["PASSWORD"] = self.catalog.password.reveal()
        fields = ", ".join(f"{name} {_literal(value)}" for name, value in values.items())
        return f"CREATE OR REPLACE SECRET {SECRET_NAME} (TYPE postgres, {fields})"

    def attach_sql(self, *, read_only: bool, snapshot: int | None = None, name: str = CATALOG_NAME) -> str:
        options = [
            f"META_SECRET {SECRET_NAME}",
            f"METADATA_SCHEMA {_literal(self.metadata_schema)}",
            f"DATA_PATH {_literal(self.data_path)}",
            # Inlining costs seconds a commit on wide event tables (748 ms for 2,000 rows against 96 ms).
            "DATA_INLINING_ROW_LIMIT 0",
        ]
        if read_only:
            options.append("READ_ONLY")
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {snapshot}")
        return f"ATTACH 'ducklake:postgres:' AS {_named(name)} ({', '.join(options)})"


def extension_folder(folder: Path) -> Path:
    """Make `folder` hold links to the installed extension wheels; returns it.

    Raises EnvironmentFailure when a wheel is missing or is of another version than DuckDB.
    """
    version = f"v{duckdb.__version__}"
    platform = _platform()
    links = folder / version / platform
    links.mkdir(parents=True, exist_ok=True)
    for name in (*EXTENSIONS, BUCKET_EXTENSION):
        spec = importlib.util.find_spec(f"duckdb_extension_{name}")
        places = spec.submodule_search_locations if spec else None
        binary = Path(places[0]) / "extensions" / version / f"{name}.duckdb_extension" if places else None
        if binary is None or not binary.is_file():
            raise EnvironmentFailure(
                f"the DuckDB extension {name} for DuckDB {duckdb.__version__} is not installed: "
                f"install duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
            )
        _link(links / binary.name, binary)
    return folder


def open_lake(
    location: LakeLocation, *, read_only: bool, snapshot: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A DuckDB instance of this process with the lake attached: as it is at every moment, or for ever as
    it was at `snapshot`.

    Raises WarehouseBusy when the catalog does not answer, EnvironmentFailure when DuckDB lacks a part.
    """
    return _opened(location, (location.attach_sql(read_only=read_only, snapshot=snapshot),))


def open_at(location: LakeLocation, snapshots: Mapping[str, int]) -> duckdb.DuckDBPyConnection:
    """A DuckDB instance with the lake attached several times, under each name as it was at that snapshot.

    Under the lake's own name is an empty database in memory. Raises as `open_lake`."""
    attached = (
        location.attach_sql(read_only=True, snapshot=snapshot, name=name)
        for name, snapshot in snapshots.items()
    )
    return _opened(location, (*attached, f"ATTACH ':memory:' AS {CATALOG_NAME}"))


def _opened(location: LakeLocation, attaching: Iterable[str]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "extension_directory": str(location.extensions),
            "autoinstall_known_extensions": "false",
            UNSIGNED: "true",
            "memory_limit": location.memory_limit,
            "threads": location.threads,
            "temp_directory": str(spill_folder(location.extensions / "spill")),
        },
    )
    try:
        for name in location.needed_extensions:
            connection.execute(f"LOAD {name}")
        connection.execute(f"SET GLOBAL {UNSIGNED} = false")
        for setting, value in RETRY_SETTINGS.items():
            connection.execute(f"SET {setting} = {_literal(value)}")
        # GLOBAL, because cursors inherit no setting of the session; a day means a day in UTC everywhere.
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        connection.execute(location.secret_sql())
        if location.bucket is not None:
            connection.execute(location.bucket.secret_sql())
        for statement in attaching:
            connection.execute(statement)
    except duckdb.Error as e:
        connection.close()
        raise _opening_failed(location, e) from None  # DuckDB's text may repeat the connection string
    return connection


def _named(name: str) -> str:
    """`then` is a word of SQL's own."""
    return name if name == CATALOG_NAME else f'"{name}"'


def _opening_failed(location: LakeLocation, error: duckdb.Error) -> Exception:
    text = str(error)
    if location.catalog.password is not None:
        text = text.replace(location.catalog.password.reveal(), "***")
    if is_passing(error, location.catalog):
        where = f"{location.catalog.host}:{location.catalog.port}/{location.catalog.database}"
        return WarehouseBusy(f"the lake's catalog at {where} does not answer: {text}")
    moved = _ELSEWHERE.search(text)
    if moved:
        return EnvironmentFailure(_moved(location, moved[1]))
    return EnvironmentFailure(f"the lake could not be opened: {text}")


def _moved(location: LakeLocation, was: str) -> str:
    table = '"' + location.metadata_schema.replace('"', '""') + '".ducklake_metadata'
    mend = f"UPDATE {table} SET value = {_literal(location.data_path)} WHERE key = 'data_path'"  # noqa: S608 # shown, not run
    return (
        f"the lake's catalog says its files are in {was}, and the project says {location.data_path}: "
        "the folder was moved or copied. Move it back; or, if this folder has a catalog of its own (the "
        f"Postgres within it) and the files came along, run there: {mend}"
    )


def _platform() -> str:
    with duckdb.connect(":memory:") as connection:
        [(platform,)] = connection.execute("PRAGMA platform").fetchall()
    return str(platform)


def _link(link: Path, target: Path) -> None:
    """Point `link` at `target`, atomically: several processes start at once."""
    if link.is_symlink() and link.readlink() == target:
        return
    with tempfile.TemporaryDirectory(dir=link.parent) as scratch:
        fresh = Path(scratch) / link.name
        fresh.symlink_to(target)
        os.replace(fresh, link)  # noqa: PTH105 # Path.replace would follow nothing here either; one call, atomic


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"
