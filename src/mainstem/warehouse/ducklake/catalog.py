"""Check that the lake's catalog hangs together.

Structure changed from several threads of one process has damaged a catalog for good (a view whose
`schema_id` was garbage), and the damage shows only at some later query. So it is looked for after every
dbt run, while a dump from before the run still helps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.errors import FatalError, WarehouseBusy

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

_STRAYS = sql.SQL(
    "SELECT count(*) FROM {schema}.{table} AS entry"
    " WHERE NOT EXISTS (SELECT 1 FROM {schema}.ducklake_schema AS s WHERE s.schema_id = entry.schema_id)"
)


class CatalogCheck:
    """Holds the catalog's address; `check` looks."""

    def __init__(self, catalog: PostgresAddress, metadata_schema: str) -> None:
        self._catalog = catalog
        self._schema = metadata_schema

    def check(self) -> None:
        """Raises FatalError when a table or view belongs to a schema that does not exist."""
        try:
            with psycopg.connect(**self._catalog.libpq()) as connection:
                for table in ("ducklake_table", "ducklake_view"):
                    self._check_table(connection, table)
        except psycopg.OperationalError as e:
            raise WarehouseBusy(f"the lake's catalog cannot be checked: {e}") from e

    def _check_table(self, connection: psycopg.Connection, table: str) -> None:
        question = _STRAYS.format(schema=sql.Identifier(self._schema), table=sql.Identifier(table))
        row = connection.execute(question).fetchone()
        if row is not None and row[0]:
            raise FatalError(
                f"the lake's catalog is damaged: {row[0]} rows of {self._schema}.{table} name a schema that "
                "does not exist; stop the project, then `mainstem upkeep --restore-catalog newest`"
            )
