"""The one Postgres server: where it comes from, the databases and roles in it, and the product's own records.

The lake's catalog is another package's: here it is a database with a role and nothing more.
"""

from __future__ import annotations

from mainstem.store.database import Database
from mainstem.store.databases import CATALOG, CRM, MAINSTEM, ensure_database
from mainstem.store.embedded import EmbeddedServer
from mainstem.store.migrate import check_schema, upgrade
from mainstem.store.programs import PostgresPrograms, find_programs
from mainstem.store.readers import ANALYST, ensure_reader
from mainstem.store.settings import PostgresSettings

__all__ = [
    "ANALYST",
    "CATALOG",
    "CRM",
    "MAINSTEM",
    "Database",
    "EmbeddedServer",
    "PostgresPrograms",
    "PostgresSettings",
    "check_schema",
    "ensure_database",
    "ensure_reader",
    "find_programs",
    "upgrade",
]
