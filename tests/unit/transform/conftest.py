"""A lake holding events in RudderStack's schema, and a dbt project that depends on the company package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from mainstem.company import DBT_PACKAGE
from mainstem.store import Database, upgrade
from mainstem.store.coverage import BuildCoverage
from mainstem.store.publications import Publications
from mainstem.transform.dbt import Dbt
from mainstem.transform.publisher import Publisher
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake, Snapshots, StructureLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.warehouse.ducklake import LakeLocation

LoadRows = Callable[[str, str, Sequence[dict[str, Any]]], None]

_TYPES = {
    str: (ColumnType.STRING, pa.string()),
    int: (ColumnType.INT, pa.int64()),
    datetime: (ColumnType.DATETIME, pa.timestamp("us", tz="UTC")),
}


@dataclass
class RecordingLock:
    """Keeps what happened to it, in order. Refuses the acquisition numbered `refused`, from 1."""

    history: list[str] = field(default_factory=list)
    refused: int = 0
    refusal: Exception | None = None

    def acquire(self) -> None:
        if self.refusal is not None and self.history.count("acquire") + 1 == self.refused:
            raise self.refusal
        self.history.append("acquire")

    def release(self) -> None:
        self.history.append("release")


@pytest.fixture
def lock() -> RecordingLock:
    return RecordingLock()


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    lake = DuckLake(lake_location)
    yield lake
    lake.close()


@pytest.fixture
def load_rows(lake: DuckLake) -> LoadRows:
    """Make a table of rows and fill it; a column exists only if some row has it, as when events come."""

    def load(namespace: str, table: str, rows: Sequence[dict[str, Any]]) -> None:
        kinds = {name: type(value) for row in rows for name, value in row.items() if value is not None}
        schema = pa.schema([(name, _TYPES[kind][1]) for name, kind in kinds.items()])
        name = TableName(namespace, table)
        with lake.transaction("events by hand", ddl=True) as transaction:
            transaction.create_table(name, {column: _TYPES[kind][0] for column, kind in kinds.items()})
            transaction.append(name, pa.Table.from_pylist(list(rows), schema=schema))

    return load


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "dbt"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: shop\nversion: '1.0'\nprofile: whatever\n"
        "packages-install-path: \"{{ env_var('DBT_PACKAGES_INSTALL_PATH') }}\"\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of dbt's own files."""
    return tmp_path / "state"


@pytest.fixture
def dbt(
    dbt_project: Path, state: Path, lake: DuckLake, lake_location: LakeLocation, lock: RecordingLock
) -> Dbt:
    """dbt on `dbt_project`, with the lake's catalog already made, as it is when a worker starts."""
    dbt = Dbt(
        dbt_project,
        state,
        lake_location,
        "analytics",
        lock,
        {"COMPANY": str(DBT_PACKAGE)},
        Snapshots(lake_location.catalog, lake_location.metadata_schema).newest,
    )
    dbt.prepare()
    return dbt


@pytest.fixture
def records(catalog: PostgresAddress) -> Iterator[Database]:
    """The product's own records, beside the lake's catalog."""
    upgrade(catalog)
    database = Database(catalog, name="test")
    yield database
    database.close()


@pytest.fixture
def publications(records: Database) -> Publications:
    return Publications(records)


@pytest.fixture
def coverage(records: Database) -> BuildCoverage:
    return BuildCoverage(records)


@pytest.fixture
def publisher(
    publications: Publications, coverage: BuildCoverage, lake_location: LakeLocation, lake: DuckLake
) -> Iterator[Publisher]:
    lock = StructureLock(lake_location.catalog)
    snapshots = Snapshots(lake_location.catalog, lake_location.metadata_schema)
    yield Publisher(publications, coverage, lock, snapshots, returnable=3)
    lock.close()


@pytest.fixture
def company(dbt: Dbt, dbt_project: Path) -> Dbt:
    """The same, its project depending on the company package."""
    (dbt_project / "packages.yml").write_text(
        "packages:\n  - local: \"{{ env_var('COMPANY') }}\"\n", encoding="utf-8"
    )
    return dbt
