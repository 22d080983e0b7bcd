"""The one Postgres server: where it comes from, and the databases and roles in it.

It serves the lake's catalog and, later, the product's own records. Nothing here knows what those hold.
"""

from __future__ import annotations

from mainstem.store.databases import CATALOG, ensure_database
from mainstem.store.embedded import EmbeddedServer
from mainstem.store.programs import PostgresPrograms, find_programs
from mainstem.store.settings import PostgresSettings

__all__ = [
    "CATALOG",
    "EmbeddedServer",
    "PostgresPrograms",
    "PostgresSettings",
    "ensure_database",
    "find_programs",
]
