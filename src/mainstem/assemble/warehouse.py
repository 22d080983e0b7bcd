"""The project's warehouse, connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.postgres import catalog_address
from mainstem.warehouse.ducklake import Bucket, DuckLake, LakeLocation, WarehouseSettings, extension_folder

if TYPE_CHECKING:
    from mainstem.assemble.project import Project


def lake_location(project: Project) -> LakeLocation:
    """Where the project's lake is; makes the catalog database where it is missing."""
    settings = project.config.section("warehouse", WarehouseSettings)
    data_path = settings.data_path or str(project.data_dir / "lake")
    if "://" not in data_path:
        data_path = str(project.config.path(data_path))
    data_path = data_path.rstrip("/") + "/"
    return LakeLocation(
        catalog=catalog_address(project),
        metadata_schema=settings.metadata_schema,
        data_path=data_path,
        extensions=extension_folder(project.data_dir / "extensions"),
        memory_limit=settings.memory_limit,
        threads=settings.threads,
        bucket=Bucket.of(settings, data_path),
    )


def open_warehouse(project: Project, *, read_only: bool) -> DuckLake:
    return DuckLake(lake_location(project), read_only=read_only)
