"""A type of connector as it is registered: cheap to load, and opened only when it is used.

An entry point of the group `mainstem.connectors` names a `ConnectorKind`:

    [project.entry-points."mainstem.connectors"]
    billing = "acme_billing:KIND"

The module it stands in imports neither dlt nor a client: plans are made by processes that read nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.connectors.settings import is_read
from mainstem.saas import Opening as ServiceOpening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mainstem.config import Config
    from mainstem.connectors.contract import Connector
    from mainstem.connectors.settings import ConnectorSettings
    from mainstem.connectors.streams import Stream


@dataclass(frozen=True)
class Opening(ServiceOpening):
    """What a connector is given."""

    project: Path
    """The project's folder, that paths in settings are relative to."""


@dataclass(frozen=True)
class ConnectorKind:
    name: str
    """What `type` in the settings says."""
    title: str
    """What people call the service."""
    settings: type[ConnectorSettings]
    open: Callable[[Opening], Connector]
    """Imports what it needs, opens no connection yet. Raises ConfigError for settings that contradict."""
    tables: Callable[[Any], tuple[str, ...]] = lambda settings: ()
    """Names of the tables with these settings, without asking anybody: what models wait for. Empty where
    only the source knows."""
    placed: Callable[[Any, Config, str], Any] = lambda settings, config, section: settings
    """Settings as they stand in a project, once files that they name were looked at; of the settings, all
    that is written, and the name of their section. Raises ConfigError."""


def tables_of(streams: Iterable[Stream], settings: ConnectorSettings) -> tuple[str, ...]:
    """Of the `streams` that are read, where a source has the same for everybody."""
    return tuple(table.name for one in streams if is_read(one.name, settings) for table in one.tables)
