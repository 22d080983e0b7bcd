"""The Postgres process, an embedded server as a child or a URL, and the project's databases on it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg

from mainstem.config import PostgresAddress
from mainstem.errors import ConfigError, EnvironmentFailure
from mainstem.store import (
    ANALYST,
    CATALOG,
    CRM,
    MAINSTEM,
    Database,
    EmbeddedServer,
    PostgresSettings,
    check_schema,
    ensure_database,
    ensure_reader,
    find_programs,
    upgrade,
)
from mainstem.supervise import ChildSpec, Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.assemble.project import Project

_LEFT_OVER_SECONDS = 60.0


def postgres_child(server: EmbeddedServer) -> ChildSpec:
    """How to run an embedded server: ready when it answers; SIGINT is Postgres's fast shutdown."""
    return ChildSpec(
        name="postgres",
        command=tuple(server.command),
        user=server.user,
        readiness=Readiness(lambda: answers(server.address)),
        stop_signal=signal.SIGINT,
        stop_within=60.0,
    )


def answers(address: PostgresAddress) -> bool:
    """Whether a connection can be made now."""
    try:
        psycopg.connect(**address.libpq(), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def is_embedded(project: Project) -> bool:
    """Whether the project runs a server of its own. Writes nothing."""
    return project.config.section("postgres", PostgresSettings).url is None


def embedded_server(project: Project) -> EmbeddedServer | None:
    """The project's embedded server, its data folder made; None where settings name a server."""
    if not is_embedded(project):
        return None
    settings = project.config.section("postgres", PostgresSettings)
    return EmbeddedServer.prepare(project.data_dir, find_programs(settings.programs))


def end_left_over(server: EmbeddedServer) -> None:
    """Let a Postgres that was left running on the server's folder end; it is found by its own pid file.

    Raises EnvironmentFailure when it goes on for a minute.
    """
    until = time.monotonic() + _LEFT_OVER_SECONDS
    while (pid := server.running_pid()) is not None:
        if time.monotonic() > until:
            raise EnvironmentFailure(
                f"a Postgres left running on {server.folder} (process {pid}) does not stop"
            )
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        time.sleep(0.1)


def catalog_address(project: Project) -> PostgresAddress:
    """The catalog database of the project, made where it is missing, with the role that analysts read it by.

    Raises EnvironmentFailure when the server does not answer, ConfigError for a URL that is none.
    """
    password = project.config.section("postgres", PostgresSettings).analyst_password
    with _superuser(project) as superuser:
        address = ensure_database(superuser, CATALOG)
        ensure_reader(superuser, address, ANALYST, password)
    return address


def prepare_databases(project: Project) -> None:
    """Make every database there is to be, and bring the product's own records to this version's schema.

    Raises as `catalog_address`, and EnvironmentFailure when a newer version has been here.
    """
    catalog_address(project)
    with _superuser(project) as superuser:
        ensure_database(superuser, CRM)
        upgrade(ensure_database(superuser, MAINSTEM))


def mainstem_address(project: Project) -> PostgresAddress:
    """The database of the product's own records. Raises as `catalog_address`."""
    with _superuser(project) as superuser:
        return ensure_database(superuser, MAINSTEM)


@contextmanager
def open_records(project: Project, process: str) -> Iterator[Database]:
    """The product's own records, for `process` (a name to find its connections by).

    Raises as `catalog_address`, and EnvironmentFailure for a schema of another version.
    """
    database = Database(mainstem_address(project), name=f"mainstem-{process}")
    try:
        with database.transaction() as connection:
            check_schema(connection)
        yield database
    finally:
        database.close()


def server_address(project: Project) -> PostgresAddress:
    """The way in of the role that makes databases and roles. Raises ConfigError for a URL that is none."""
    server = embedded_server(project)
    return server.address if server else _written_address(project)


@contextmanager
def _superuser(project: Project) -> Iterator[PostgresAddress]:
    server = embedded_server(project)
    address = server.address if server else _written_address(project)
    try:
        yield address
    except psycopg.OperationalError as e:
        mend = "start it with `mainstem up`" if server else "check postgres.url"
        raise EnvironmentFailure(f"Postgres at {address.host} does not answer; {mend}: {e}") from e


def _written_address(project: Project) -> PostgresAddress:
    url = project.config.section("postgres", PostgresSettings).url
    try:
        return PostgresAddress.parse(url.reveal() if url else "")
    except ValueError as e:
        raise ConfigError(project.config.place("postgres", "url"), str(e)) from e
