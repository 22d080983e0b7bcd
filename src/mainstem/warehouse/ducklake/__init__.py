"""DuckLake: tables as Parquet in a folder or bucket, their catalog in Postgres, computed by DuckDB.

Storage, catalog and compute are apart: any number of processes may read and write at once.
"""

from __future__ import annotations

from mainstem.warehouse.ducklake.bucket import Bucket
from mainstem.warehouse.ducklake.bucket_probe import write_and_read
from mainstem.warehouse.ducklake.catalog import CatalogCheck
from mainstem.warehouse.ducklake.connection import CATALOG_NAME, LakeLocation, extension_folder
from mainstem.warehouse.ducklake.lake import DuckLake
from mainstem.warehouse.ducklake.lock import BuildTurn, LoaderFence, StructureLock, UpkeepFence
from mainstem.warehouse.ducklake.moments import DuckMoments, open_moments
from mainstem.warehouse.ducklake.published import PublishedLake
from mainstem.warehouse.ducklake.settings import WarehouseSettings
from mainstem.warehouse.ducklake.snapshots import Snapshots
from mainstem.warehouse.ducklake.upkeep import DuckLakeUpkeep

__all__ = [
    "CATALOG_NAME",
    "Bucket",
    "BuildTurn",
    "CatalogCheck",
    "DuckLake",
    "DuckLakeUpkeep",
    "DuckMoments",
    "LakeLocation",
    "LoaderFence",
    "PublishedLake",
    "Snapshots",
    "StructureLock",
    "UpkeepFence",
    "WarehouseSettings",
    "extension_folder",
    "open_moments",
    "write_and_read",
]
