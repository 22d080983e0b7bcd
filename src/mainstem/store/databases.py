"""Databases and the role that owns each: made once, found there ever after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

CATALOG = "catalog"
"""Database, and role, of the lake's catalog."""


def ensure_database(superuser: PostgresAddress, name: str) -> PostgresAddress:
    """Make the database `name` and a role of that name who owns it, where they are missing.

    Returns the new database's address, as its own role where the server trusts it (an embedded one), or
    as the role of `superuser` where a password is in use. Other roles may not connect to it.
    """
    own_role = superuser.password is None
    with psycopg.connect(**superuser.libpq(), autocommit=True) as connection:  # type: ignore[arg-type] # libpq's keywords are text and numbers
        if own_role and not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        if own_role:
            for statement in (
                "ALTER DATABASE {0} OWNER TO {0}",
                "REVOKE CONNECT ON DATABASE {0} FROM PUBLIC",
            ):
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    return superuser.with_database(name, name if own_role else superuser.user)


def _exists(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question.encode(), (name,)).fetchone() is not None
