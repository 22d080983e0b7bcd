"""Write an object into a lake's bucket and read it back, without its catalog.

The object stays, under one name: DuckDB deletes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from mainstem.config import redact
from mainstem.warehouse.ducklake.bucket import BUCKET_EXTENSION

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.warehouse.ducklake.bucket import Bucket

PROBE = "mainstem-probe.parquet"


def write_and_read(bucket: Bucket, extensions: Path) -> None:
    """Raises OSError with DuckDB's reason. `extensions` is what `extension_folder` made."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "extension_directory": str(extensions),
        "autoinstall_known_extensions": "false",
    }
    quoted = (bucket.scope + PROBE).replace("'", "''")
    place = f"'{quoted}'"
    try:
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute(f"LOAD {BUCKET_EXTENSION}")
            connection.execute(bucket.secret_sql())
            connection.execute(f"COPY (SELECT 1 AS n) TO {place} (FORMAT parquet)")
            connection.execute(f"SELECT n FROM read_parquet({place})").fetchall()  # noqa: S608 # a literal
    except duckdb.Error as e:
        raise OSError(redact(str(e))) from None
