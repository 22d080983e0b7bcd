"""Settings of the lake."""

from __future__ import annotations

from typing import Annotated

import msgspec


class WarehouseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[warehouse]` of `mainstem.toml`."""

    data_path: str | None = None
    """Folder of the Parquet files. Left out: `lake` in the data folder."""
    metadata_schema: str = "lake"
    """Schema of the catalog database that holds DuckLake's own tables."""
    memory_limit: Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)? ?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$")] = (
        "1GB"
    )
    """DuckDB's memory in each process, such as `300MB`."""
    threads: Annotated[int, msgspec.Meta(ge=1)] = 2
    """DuckDB's threads in each process."""
