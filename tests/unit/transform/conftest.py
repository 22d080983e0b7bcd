"""A lake holding events in RudderStack's schema, and a dbt project that depends on the company package."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from mainstem.company import DBT_PACKAGE
from mainstem.warehouse import ColumnType, TableName
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mainstem.warehouse.ducklake import LakeLocation

_TYPES = {
    str: (ColumnType.STRING, pa.string()),
    int: (ColumnType.INT, pa.int64()),
    datetime: (ColumnType.DATETIME, pa.timestamp("us", tz="UTC")),
}


@dataclass
class RecordingLock:
    """Keeps what happened to it, in order; refuses when `refusal` is set."""

    history: list[str] = field(default_factory=list)
    refusal: Exception | None = None

    def acquire(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.history.append("acquire")

    def release(self) -> None:
        self.history.append("release")


@pytest.fixture
def lake(lake_location: LakeLocation) -> Iterator[DuckLake]:
    lake = DuckLake(lake_location)
    yield lake
    lake.close()


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "dbt"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: shop\nversion: '1.0'\nprofile: whatever\n"
        "packages-install-path: \"{{ env_var('DBT_PACKAGES_INSTALL_PATH', 'dbt_packages') }}\"\n",
        encoding="utf-8",
    )
    (folder / "packages.yml").write_text(f"packages:\n  - local: {DBT_PACKAGE}\n", encoding="utf-8")
    return folder


def load_rows(lake: DuckLake, namespace: str, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Make a table of `rows` and fill it; a column exists only if some row has it, as when events come."""
    kinds = {name: type(value) for row in rows for name, value in row.items() if value is not None}
    schema = pa.schema([(name, _TYPES[kind][1]) for name, kind in kinds.items()])
    name = TableName(namespace, table)
    with lake.transaction("events by hand", ddl=True) as transaction:
        transaction.create_table(name, {column: _TYPES[kind][0] for column, kind in kinds.items()})
        transaction.append(name, pa.Table.from_pylist(list(rows), schema=schema))
