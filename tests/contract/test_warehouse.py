"""Every warehouse keeps the contract: the lake in a folder and in a bucket, as written and as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.testing.warehouse_contract import WarehouseContract
from mainstem.warehouse import Transaction, Warehouse
from mainstem.warehouse.ducklake import DuckLake, PublishedLake, Snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from mainstem.warehouse import ColumnType
    from mainstem.warehouse.ducklake import LakeLocation


class PublishingLake(Warehouse):
    """Writes to a lake and reads it as published, each commit being published at once."""

    capabilities = DuckLake.capabilities

    def __init__(self, location: LakeLocation) -> None:
        self._lake = DuckLake(location)
        snapshots = Snapshots(location.catalog, location.metadata_schema)
        self._published = PublishedLake(location, snapshots.newest)

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        return self._published.columns(namespace)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        return self._published.query(sql, parameters)

    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        return self._lake.transaction(message, ddl=ddl)

    def close(self) -> None:
        self._published.close()
        self._lake.close()


class TestMemory(WarehouseContract):
    def open_warehouse(self) -> Warehouse:
        return MemoryWarehouse()


class TestLakeInAFolder(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _place(self, lake_location: LakeLocation) -> None:
        self.location = lake_location

    def open_warehouse(self) -> Warehouse:
        return DuckLake(self.location)


class TestLakeByFiles(TestLakeInAFolder):
    """Whatever is appended becomes a file that DuckDB did not write."""

    def open_warehouse(self) -> Warehouse:
        return DuckLake(self.location, least_rows=1)


@pytest.mark.long
class TestLakeInABucket(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _place(self, bucket_location: LakeLocation) -> None:
        self.location = bucket_location

    def open_warehouse(self) -> Warehouse:
        return DuckLake(self.location)


class TestPublishedLake(TestLakeInAFolder):
    def open_warehouse(self) -> Warehouse:
        return PublishingLake(self.location)


class TestPublishedLakeInABucket(TestLakeInABucket):
    def open_warehouse(self) -> Warehouse:
        return PublishingLake(self.location)
