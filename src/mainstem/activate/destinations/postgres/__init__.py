"""Postgres: rows of a table as records, matched by a column.

A table needs a primary key of one column: it is what a record is known by. No table is made or changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.destinations.postgres.settings import PostgresDestinationSettings
from mainstem.activate.kind import DestinationKind, Opening

if TYPE_CHECKING:
    from mainstem.activate.contract import Destination

__all__ = ["KIND"]


def _open(opening: Opening) -> Destination:
    from mainstem.activate.destinations.postgres.destination import open_postgres  # brings psycopg

    return open_postgres(opening)


KIND = DestinationKind("postgres", "Postgres", PostgresDestinationSettings, _open)
