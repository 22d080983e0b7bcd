"""Roles on the server: made with their limits, and with a password where the server asks for one.

On a server with passwords, the password of a role is derived from the one in the settings: every process
that was given the URL knows it, and it is kept nowhere. No statement carries a password in clear.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.config import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.config import PostgresAddress

_LOCK = 0x6D61696E7374656D + 3  # "mainstem" in ASCII, after the lake's two numbers and the migrations'


@dataclass(frozen=True)
class Limits:
    """What a role may take of the server that all share."""

    connections: int = -1
    """At once; -1 is any number."""
    statement_s: int = 0
    """Seconds a statement may run; 0 is for ever."""
    read_only: bool = False
    """Its transactions write nothing unless they ask to, whatever its rights are."""

    def settings(self) -> dict[str, str]:
        found = {"statement_timeout": f"{self.statement_s}s"} if self.statement_s else {}
        return {**found, "default_transaction_read_only": "on"} if self.read_only else found


def connect(address: PostgresAddress) -> psycopg.Connection:
    """A connection in which each statement is a transaction."""
    return psycopg.connect(**address.libpq(), autocommit=True)


@contextmanager
def one_at_a_time(superuser: PostgresAddress) -> Iterator[psycopg.Connection]:
    """A connection of `superuser`, with a lock that processes which make the same things wait for."""
    with connect(superuser) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield connection


def ensure_role(connection: psycopg.Connection, role: str, limits: Limits) -> bool:
    """Make the role where it is missing, and hold it to `limits`; whether it was missing."""
    missing = not exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    if missing:
        connection.execute(named("CREATE ROLE {} LOGIN", role))
        if not exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper"):
            connection.execute(named("GRANT {} TO CURRENT_USER", role))  # or no database could be given to it
    question = "SELECT rolconnlimit, coalesce(rolconfig, '{}') FROM pg_roles WHERE rolname = %s"
    [(connections, settings)] = connection.execute(question, (role,)).fetchall()
    if connections != limits.connections:
        statement = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(limits.connections)))
    for name, value in limits.settings().items():
        if f"{name}={value}" not in settings:
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            values = sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
            connection.execute(statement.format(*values))
    return missing


def set_password(connection: psycopg.Connection, role: str, password: Secret) -> None:
    """Send the server only what it keeps, a SCRAM verifier: statements end in logs."""
    verifier = connection.pgconn.encrypt_password(
        password.reveal().encode(), role.encode(), b"scram-sha-256"
    ).decode()
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(verifier)))


def derived_password(superuser: PostgresAddress, role: str) -> Secret | None:
    """None on a server that asks for no password. A guess costs scrypt's 30 ms, so that a role's password
    gives no hint of the one it is made from."""
    if superuser.password is None:
        return None
    salt = f"mainstem role {role}".encode()
    known = superuser.password.reveal().encode()
    return Secret(hashlib.scrypt(known, salt=salt, n=2**14, r=8, p=1, dklen=24).hex())


def exists(connection: psycopg.Connection, question: str, *names: str) -> bool:
    return connection.execute(question.encode(), names).fetchone() is not None


def named(statement: str, *names: str) -> sql.Composed:
    """A statement about what is called `names`, which take its `{}` in order."""
    return sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
