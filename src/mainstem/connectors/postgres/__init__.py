"""PostgreSQL: tables as they are, by a column that grows, by `xmin`, or whole; deletes by asking for keys.

It reads alone: sessions are read-only, each table in one snapshot. It changes nothing in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.kind import ConnectorKind, Opening
from mainstem.connectors.postgres.plans import named_tables
from mainstem.connectors.postgres.settings import PostgresSettings

if TYPE_CHECKING:
    from mainstem.connectors.contract import Connector

__all__ = ["KIND"]


def _open(opening: Opening) -> Connector:
    from mainstem.connectors.postgres.source import open_postgres  # brings psycopg

    return open_postgres(opening)


KIND = ConnectorKind("postgres", "PostgreSQL", PostgresSettings, _open, named_tables)
