"""The Postgres server: reachable or startable, its version, room for connections, databases and roles."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from mainstem.operate.doctor.finding import Finding, fail, ok, skipped, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mainstem.config import PostgresAddress

NAME = "postgres"

OLDEST_MAJOR = 14
NEEDED_CONNECTIONS = 20
"""Connections that all processes of one machine may open at once, and some to look with."""


@dataclass(frozen=True)
class ServerFacts:
    """What a server says of itself."""

    version: int
    """As `server_version_num`: 180006."""
    free_connections: int
    databases: frozenset[str]
    roles: frozenset[str]
    ahead: float
    """Seconds its clock is ahead of this machine's."""


def ask_server(address: PostgresAddress) -> ServerFacts:
    """Raises psycopg.OperationalError when it does not answer."""
    with psycopg.connect(**address.libpq(), connect_timeout=5, autocommit=True) as connection:
        before = time.time()
        [[moment]] = _rows(connection, "SELECT extract(epoch FROM clock_timestamp())::float8")
        after = time.time()
        [[version]] = _rows(connection, "SELECT current_setting('server_version_num')::int")
        [[free]] = _rows(
            connection,
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
            " - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int",
        )
        databases = _rows(connection, "SELECT datname::text FROM pg_database")
        roles = _rows(connection, "SELECT rolname::text FROM pg_roles")
    return ServerFacts(
        version=version,
        free_connections=free,
        databases=frozenset(name for (name,) in databases),
        roles=frozenset(name for (name,) in roles),
        ahead=moment - (before + after) / 2,
    )


def _rows(connection: psycopg.Connection, question: str) -> list[tuple[Any, ...]]:
    return connection.execute(question.encode()).fetchall()


def check_server(
    ask: Callable[[], ServerFacts], wanted: Iterable[str], where: str, mend: str
) -> Iterator[Finding]:
    """A server that is to answer now. `wanted` names the databases, each with a role of its name."""
    try:
        facts = ask()
    except psycopg.OperationalError as e:
        yield fail(NAME, f"{where} does not answer: {' '.join(str(e).split())}", mend)
        return
    yield from judge_server(facts, wanted, where)


def judge_server(facts: ServerFacts, wanted: Iterable[str], where: str) -> Iterator[Finding]:
    major = facts.version // 10_000
    if major < OLDEST_MAJOR:
        yield fail(NAME, f"{where} is Postgres {major}", f"use Postgres {OLDEST_MAJOR} or newer")
        return
    yield ok(NAME, f"Postgres {major} answers at {where}")
    free = f"{facts.free_connections} connections are free"
    if facts.free_connections < NEEDED_CONNECTIONS:
        yield warn(
            NAME, f"{free}; {NEEDED_CONNECTIONS} may be needed", "raise max_connections, or end idle ones"
        )
    else:
        yield ok(NAME, free)
    missing = [name for name in wanted if name not in facts.databases or name not in facts.roles]
    if missing:
        yield warn(
            NAME,
            f"no database, or no role, {', '.join(missing)}",
            "`mainstem up` makes them, if postgres.url's role may create databases and roles",
        )
    else:
        yield ok(NAME, f"databases and roles {', '.join(wanted)} are there")


def check_startable(find: Callable[[], str], is_made: bool) -> Iterator[Finding]:
    """An embedded server that does not run now. `find` names the programs, or raises EnvironmentFailure."""
    origin = find()
    state = "its data is there" if is_made else "the first run makes its data"
    yield skipped(NAME, f"the embedded server does not run; {state}; it can be started from {origin}")
