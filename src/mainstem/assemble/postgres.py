"""The Postgres process: an embedded server as a child, or a URL."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psycopg

from mainstem.config import PostgresAddress
from mainstem.errors import ConfigError, EnvironmentFailure
from mainstem.store import CATALOG, EmbeddedServer, PostgresSettings, ensure_database, find_programs
from mainstem.supervise import ChildSpec, Readiness

if TYPE_CHECKING:
    from mainstem.assemble.project import Project


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
        psycopg.connect(**address.libpq(), connect_timeout=2).close()  # type: ignore[arg-type] # libpq's keywords are text and numbers
    except psycopg.OperationalError:
        return False
    return True


def embedded_server(project: Project) -> EmbeddedServer | None:
    """The project's embedded server, its data folder made; None where settings name a server."""
    settings = project.config.section("postgres", PostgresSettings)
    if settings.url is not None:
        return None
    return EmbeddedServer.prepare(project.data_dir, find_programs(settings.programs))


def catalog_address(project: Project) -> PostgresAddress:
    """The catalog database of the project, made where it is missing.

    Raises EnvironmentFailure when the server does not answer, ConfigError for a URL that is none.
    """
    server = embedded_server(project)
    superuser = server.address if server else _written_address(project)
    try:
        return ensure_database(superuser, CATALOG)
    except psycopg.OperationalError as e:
        mend = "start it with `mainstem up`" if server else "check postgres.url"
        raise EnvironmentFailure(f"Postgres at {superuser.host} does not answer; {mend}: {e}") from e


def _written_address(project: Project) -> PostgresAddress:
    url = project.config.section("postgres", PostgresSettings).url
    try:
        return PostgresAddress.parse(url.reveal() if url else "")
    except ValueError as e:
        raise ConfigError(project.config.place("postgres", "url"), str(e)) from e
