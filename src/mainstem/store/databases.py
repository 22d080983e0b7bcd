"""The databases on the one server, each with a role that owns it and that alone may enter it.

Promise: made once, found there ever after; processes that start at once make them once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg

from mainstem.store.roles import (
    Limits,
    connect,
    derived_password,
    ensure_role,
    exists,
    named,
    one_at_a_time,
    set_password,
)

if TYPE_CHECKING:
    from mainstem.config import PostgresAddress

CATALOG = "catalog"
"""Database, and role, of the lake's catalog."""
MAINSTEM = "mainstem"
"""Database, and role, of users, content, runs and ledgers."""
CRM = "crm"
"""Database, and role, of the CRM mirror, which other people's programs write to."""

DATABASES = {
    CATALOG: Limits(),
    MAINSTEM: Limits(),
    # A mirror that runs wild must not take the connections that the lake and the pages live on.
    CRM: Limits(connections=20, statement_s=60),
}


def ensure_database(superuser: PostgresAddress, name: str) -> PostgresAddress:
    """Make the database `name` and a role of that name who owns it, where they are missing.

    Returns the database's address as that role. Other roles may not connect to it.
    """
    address = replace(superuser, database=name, user=name, password=derived_password(superuser, name))
    with one_at_a_time(superuser) as connection:
        made = ensure_role(connection, name, DATABASES.get(name, Limits()))
        if made and address.password is not None:
            set_password(connection, name, address.password)
        if not exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            connection.execute(named("CREATE DATABASE {} OWNER {}", name, name))
        if exists(connection, _OPEN_TO_ALL, name):
            connection.execute(named("REVOKE ALL ON DATABASE {} FROM PUBLIC", name))
        if address.password is not None and not _may_enter(address):
            set_password(connection, name, address.password)  # the one it is derived from has changed
    return address


_OPEN_TO_ALL = (
    "SELECT 1 FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS right_ "
    "WHERE datname = %s AND right_.grantee = 0"
)


def _may_enter(address: PostgresAddress) -> bool:
    try:
        connect(address).close()
    except psycopg.OperationalError:
        return False
    return True
