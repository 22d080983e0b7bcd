"""Which snapshots the lake has: read from its catalog, without a DuckDB.

A snapshot is everything committed up to one moment, for as long as nobody expires it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.errors import WarehouseBusy

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

_NEWEST = sql.SQL("SELECT max(snapshot_id) FROM {schema}.ducklake_snapshot")
_EXISTS = sql.SQL("SELECT 1 FROM {schema}.ducklake_snapshot WHERE snapshot_id = {snapshot}")


class Snapshots:
    """Of one lake. Both methods raise WarehouseBusy when the catalog does not answer."""

    def __init__(self, catalog: PostgresAddress, metadata_schema: str) -> None:
        self._catalog = catalog
        self._schema = sql.Identifier(metadata_schema)

    def newest(self) -> int:
        """The last that was committed."""
        [snapshot] = self._row(_NEWEST.format(schema=self._schema)) or (0,)
        return int(snapshot)

    def exists(self, snapshot: int) -> bool:
        """Whether it can still be read."""
        return self._row(_EXISTS.format(schema=self._schema, snapshot=sql.Literal(snapshot))) is not None

    def _row(self, question: sql.Composed) -> tuple[int, ...] | None:
        try:
            with psycopg.connect(**self._catalog.libpq()) as connection:
                return connection.execute(question).fetchone()
        except psycopg.OperationalError as e:
            raise WarehouseBusy(f"the lake's snapshots cannot be listed: {e}") from e
