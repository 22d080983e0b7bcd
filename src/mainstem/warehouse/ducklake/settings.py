"""Settings of the lake."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from mainstem.config import Secret

MEMORY = r"^\d+(\.\d+)? ?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$"


class WarehouseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[warehouse]` of `mainstem.toml`."""

    data_path: str | None = None
    """Folder of the Parquet files, or `s3://bucket/prefix`. Left out: `lake` in the data folder."""
    s3_endpoint: str | None = None
    """Where the bucket is served, such as `https://storage.example.com`. Left out: Amazon S3."""
    s3_region: str = "us-east-1"
    """The bucket's region."""
    s3_key_id: Secret | None = None
    """Id of the key that reads and writes the bucket, best as `env:NAME`. Left out, with `s3_secret`: the
    bucket is reached as by anybody."""
    s3_secret: Secret | None = None
    """Its secret, best as `env:NAME`."""
    s3_url_style: Literal["path", "vhost"] | None = None
    """Whether the bucket's name stands in the path or in the host name. Left out: as Amazon wants it
    (`vhost`) without `s3_endpoint`, else `path`."""
    metadata_schema: str = "lake"
    """Schema of the catalog database that holds DuckLake's own tables."""
    memory_limit: Annotated[str, msgspec.Meta(pattern=MEMORY)] = "1GB"
    """DuckDB's memory in each process, such as `300MB`."""
    readers_see: Literal["published", "live"] = "published"
    """What dashboards and `mainstem query` read. `published`: the lake as it was when all models were last
    built and all tests passed. `live`: the lake as it is, tested or not."""
    readers_memory_limit: Annotated[str, msgspec.Meta(pattern=MEMORY)] = "300MB"
    """DuckDB's memory in the web server; twice as much for the moments in which one publication gives way
    to the next."""
    threads: Annotated[int, msgspec.Meta(ge=1)] = 2
    """DuckDB's threads in each process."""
