from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

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
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:  # type: ignore[arg-type] # text and numbers
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
    lake = DuckLake(lake_location, fence=second)
    first.ensure()
    first.ensure()
    with pytest.raises(EnvironmentFailure, match="another loader"), lake.transaction("load"):
        pass
    first.close()
    with lake.transaction("load"):
        pass
    second.close()
    lake.close()


def test_a_fence_survives_the_loss_of_its_connection(catalog: PostgresAddress) -> None:
    fence = LoaderFence(catalog)
    fence.ensure()
    with psycopg.connect(**catalog.libpq(), autocommit=True) as connection:  # type: ignore[arg-type] # text and numbers
        connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")
    fence.ensure()
    with pytest.raises(EnvironmentFailure, match="another loader"):
        LoaderFence(catalog).ensure()
    fence.close()


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
    with psycopg.connect(**lake_location.catalog.libpq()) as connection:  # type: ignore[arg-type] # text and numbers
        connection.execute("UPDATE lake.ducklake_table SET schema_id = 424242")
    with pytest.raises(FatalError, match="catalog is damaged"):
        check.check()
    lake.close()


def test_a_missing_extension_wheel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EnvironmentFailure, match=r"install duckdb-extension-json=="):
        extension_folder(tmp_path)


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
