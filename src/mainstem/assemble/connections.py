"""The databases beside the project's warehouse that its LookML names, opened for reading."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from mainstem.config import PostgresAddress
from mainstem.errors import ConfigError
from mainstem.query.connections import OWN
from mainstem.semantics.settings import SemanticsSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mainstem.assemble.project import Project
    from mainstem.semantics.settings import ConnectionSettings
    from mainstem.warehouse import Warehouse


@contextmanager
def open_connections(project: Project) -> Iterator[Mapping[str, Warehouse]]:
    """By name. Raises ConfigError for a URL that is none, and for limits that let nothing through; a database
    that does not answer is told by the queries that need it."""
    settings = project.config.section("semantics", SemanticsSettings).connections
    with ExitStack() as stack:
        opened: dict[str, Warehouse] = {}
        for name, each in settings.items():
            opened[name] = stack.enter_context(closing(_open(project, name, each)))
        yield opened


def _open(project: Project, name: str, settings: ConnectionSettings) -> Warehouse:
    # Deferred: a project without connections, the usual one, need not load this driver's pool here.
    from mainstem.warehouse.postgres import PostgresReader

    where = project.config.place("semantics", f"connections.{name}")
    if name == OWN:
        raise ConfigError(where, f"connection {OWN} is the project's own warehouse; name this one otherwise")
    if settings.statement_timeout_s <= 0 or settings.at_once < 1:
        raise ConfigError(
            where, f"connection {name} lets no query through", "statement_timeout_s above 0, at_once from 1"
        )
    try:
        address = PostgresAddress.parse(settings.url.reveal())
    except ValueError as e:
        raise ConfigError(where, f"connection {name}: {e}") from e
    return PostgresReader(
        name, address, statement_timeout_s=settings.statement_timeout_s, at_once=settings.at_once
    )
