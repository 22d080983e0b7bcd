from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pyarrow as pa
import pytest

from mainstem.config import PostgresAddress, Secret
from mainstem.errors import EnvironmentFailure, FatalError, QueryError, WarehouseBusy
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import (
    CatalogCheck,
    DuckLake,
    LakeLocation,
    LoaderFence,
    StructureLock,
    extension_folder,
)
from mainstem.warehouse.ducklake.connection import open_lake

if TYPE_CHECKING:
    from pathlib import Path

T = TableName("web", "t")


def test_the_lock_goes_to_whoever_asked_first(catalog: PostgresAddress) -> None:
    order: list[str] = []
    holder = StructureLock(catalog)
    holder.acquire()
    waiting = []
    for number, name in enumerate("abc", start=1):
        thread = threading.Thread(target=_hold, args=(catalog, name, order))
        thread.start()
        waiting.append(thread)
        _until_waiting(catalog, number)
    holder.release()
    for thread in waiting:
        thread.join()
    holder.close()
    assert order == ["a", "b", "c"]


def _hold(catalog: PostgresAddress, name: str, order: list[str]) -> None:
    lock = StructureLock(catalog)
    with lock:
        order.append(name)
    lock.close()


def _until_waiting(catalog: PostgresAddress, number: int) -> None:
    question = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:
        while connection.execute(question).fetchone() != (number,):
            pass


def test_the_lock_of_a_killed_process_is_free_again(catalog: PostgresAddress) -> None:
    code = (
        "import os, sys, signal\n"
        "from mainstem.config import PostgresAddress\n"
        "from mainstem.warehouse.ducklake import StructureLock\n"
        f"StructureLock(PostgresAddress({catalog.host!r}, {catalog.port}, {catalog.user!r},"
        f" {catalog.database!r})).acquire()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ})
    assert killed.returncode == -9
    lock = StructureLock(catalog)
    with lock:
        pass
    lock.close()


def test_one_loader_at_a_time_may_write(lake_location: LakeLocation) -> None:
    first, second = LoaderFence(lake_location.catalog), LoaderFence(lake_location.catalog)
    assert first.ensure()
    assert not first.ensure()
    with pytest.raises(EnvironmentFailure, match="another loader"):
        second.ensure()
    first.close()
    assert second.ensure()
    lake = DuckLake(lake_location, fence=second)
    with lake.transaction("load"):
        pass
    second.close()
    lake.close()


def test_a_loader_that_lost_its_fence_must_read_back_before_it_writes(lake_location: LakeLocation) -> None:
    fence = LoaderFence(lake_location.catalog)
    fence.ensure()
    lake = DuckLake(lake_location, fence=fence)
    cut_off(lake_location.catalog, "WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')")
    with pytest.raises(WarehouseBusy, match="fence was lost"), lake.transaction("load"):
        pass
    with lake.transaction("load"):
        pass
    with pytest.raises(EnvironmentFailure, match="another loader"):
        LoaderFence(lake_location.catalog).ensure()
    fence.close()
    lake.close()


def cut_off(catalog: PostgresAddress, which: str = "WHERE pid <> pg_backend_pid()") -> None:
    """End connections to the catalog, as a restart of Postgres does, and wait until they are gone."""
    question = (
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity {which}"
        " AND datname = current_database()"
    )
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:
        connection.execute(question.encode())


def test_a_lost_catalog_is_never_the_askers_mistake(lake_location: LakeLocation) -> None:
    lake = DuckLake(lake_location)
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, {"id": ColumnType.STRING})
    answered = 0
    for _ in range(30):
        cut_off(lake_location.catalog)
        try:
            lake.query("SELECT count(*) FROM web.t")
            answered += 1
        except WarehouseBusy:
            continue
    assert lake.query("SELECT count(*) AS n FROM web.t")["n"].to_pylist() == [0]
    lake.close()


def test_days_are_utc_days_whatever_the_machines_zone(lake_location: LakeLocation) -> None:
    c = lake_location.catalog
    code = (
        "from pathlib import Path\n"
        "from mainstem.config import PostgresAddress\n"
        "from mainstem.warehouse.ducklake import DuckLake, LakeLocation\n"
        f"a = PostgresAddress({c.host!r}, {c.port}, {c.user!r}, {c.database!r})\n"
        f"l = LakeLocation(a, 'lake', {lake_location.data_path!r}, Path({str(lake_location.extensions)!r}))\n"
        "d = DuckLake(l)\n"
        "q = \"SELECT CAST(TIMESTAMPTZ '2026-01-01 03:00:00+00' AS DATE)::VARCHAR AS day\"\n"
        "print(d.query(q)['day'].to_pylist()); d.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "TZ": "America/New_York"},
    )
    assert done.stdout == "['2026-01-01']\n"


def test_a_reader_sees_what_another_process_committed_and_cannot_write(lake_location: LakeLocation) -> None:
    writer, reader = DuckLake(lake_location), None
    with writer.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, {"id": ColumnType.STRING})
    reader = DuckLake(lake_location, read_only=True)
    with writer.transaction("add") as transaction:
        transaction.append(T, pa.table({"id": ["a"]}))
    assert reader.query('SELECT id FROM lake."web"."t"')["id"].to_pylist() == ["a"]
    with pytest.raises(QueryError, match="read-only"):
        reader.query("DROP TABLE lake.web.t")
    writer.close()
    reader.close()


def test_an_unreachable_catalog_is_busy_and_its_password_stays_unsaid(tmp_path: Path) -> None:
    address = PostgresAddress(str(tmp_path), 5432, "me", "lake", Secret("hunter2"))
    location = LakeLocation(address, "lake", f"{tmp_path}/", extension_folder(tmp_path / "extensions"))
    with pytest.raises(WarehouseBusy) as caught:
        DuckLake(location)
    assert "hunter2" not in str(caught.value) + repr(location)


def test_a_damaged_catalog_is_fatal(lake_location: LakeLocation) -> None:
    lake = DuckLake(lake_location)
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, {"id": ColumnType.STRING})
    check = CatalogCheck(lake_location.catalog, "lake")
    check.check()
    with psycopg.connect(**lake_location.catalog.libpq()) as connection:
        connection.execute("UPDATE lake.ducklake_table SET schema_id = 424242")
    with pytest.raises(FatalError, match="catalog is damaged"):
        check.check()
    lake.close()


def test_a_missing_extension_wheel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EnvironmentFailure, match=r"install duckdb-extension-json=="):
        extension_folder(tmp_path)


def test_an_open_lake_loads_no_extension_that_duckdb_did_not_sign(
    lake_location: LakeLocation, tmp_path: Path
) -> None:
    signed = next(lake_location.extensions.rglob("icu.duckdb_extension")).read_bytes()
    forged = tmp_path / "forged.duckdb_extension"
    forged.write_bytes(signed[:-256] + bytes(256))
    with open_lake(lake_location, read_only=False) as connection:
        for session in (connection, connection.cursor()):
            with pytest.raises(duckdb.IOException, match="signature is either missing or invalid"):
                session.execute(f"LOAD '{forged}'")
            with pytest.raises(duckdb.InvalidInputException, match="while database is running"):
                session.execute("SET GLOBAL allow_unsigned_extensions = true")


def test_nothing_is_written_to_the_users_home(lake_location: LakeLocation, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    c = lake_location.catalog
    code = (
        "from pathlib import Path\n"
        "from mainstem.config import PostgresAddress\n"
        "from mainstem.warehouse.ducklake import DuckLake, LakeLocation\n"
        f"a = PostgresAddress({c.host!r}, {c.port}, {c.user!r}, {c.database!r})\n"
        f"l = LakeLocation(a, 'lake', {lake_location.data_path!r}, Path({str(lake_location.extensions)!r}))\n"
        "d = DuckLake(l); d.query('SELECT 1'); d.close()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "HOME": str(home)})
    assert list(home.iterdir()) == []


def test_a_catalog_found_damaged_after_a_change_of_structure_is_told_at_once(
    lake_location: LakeLocation,
) -> None:
    lake = DuckLake(lake_location)
    with lake.transaction("make", ddl=True) as transaction:
        transaction.create_table(T, {"id": ColumnType.STRING})
    try:
        with (
            pytest.raises(FatalError, match="catalog is damaged"),
            lake.transaction("make another", ddl=True) as transaction,
        ):
            transaction.create_table(TableName("app", "t"), {"id": ColumnType.STRING})
            with psycopg.connect(**lake_location.catalog.libpq()) as connection:
                connection.execute("UPDATE lake.ducklake_table SET schema_id = 424242")
    finally:
        lake.close()


def test_a_lake_whose_folder_was_moved_says_where_it_was_and_what_to_do(
    lake_location: LakeLocation, tmp_path: Path
) -> None:
    open_lake(lake_location, read_only=False).close()
    elsewhere = replace(lake_location, data_path=f"{tmp_path}/moved/")
    with pytest.raises(EnvironmentFailure) as told:
        open_lake(elsewhere, read_only=False)
    assert f"files are in {lake_location.data_path}" in str(told.value)
    assert f"SET value = '{tmp_path}/moved/' WHERE key = 'data_path'" in str(told.value)
