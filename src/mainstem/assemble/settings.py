"""Every section of `mainstem.toml` with the Struct that its package owns: to document, and to check whole.

Importing it imports every stage: only what runs them all does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.project import ProjectSettings
from mainstem.collect.settings import CollectSettings
from mainstem.errors import ConfigError
from mainstem.events import Source
from mainstem.load.placement import namespace_of
from mainstem.load.schema import PROVIDERS
from mainstem.load.settings import LoadSettings
from mainstem.log import LogSettings
from mainstem.semantics.settings import SemanticsSettings
from mainstem.store import PostgresSettings
from mainstem.supervise import LoggingSettings
from mainstem.transform.settings import TransformSettings
from mainstem.warehouse.ducklake import DuckLake, WarehouseSettings
from mainstem.web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import msgspec

    from mainstem.assemble.project import Project

SETTINGS: Mapping[str, type[msgspec.Struct]] = {
    "project": ProjectSettings,
    "sources": Source,
    "collect": CollectSettings,
    "log": LogSettings,
    "logging": LoggingSettings,
    "postgres": PostgresSettings,
    "warehouse": WarehouseSettings,
    "load": LoadSettings,
    "transform": TransformSettings,
    "semantics": SemanticsSettings,
    "web": WebSettings,
}


def check_settings(project: Project) -> None:
    """Read every section once, so that a mistake in one is told before anything has been started.

    Raises ConfigError for the first that is not valid, with file and line.
    """
    _check_namespaces(project)
    for name, struct in SETTINGS.items():
        if name != "sources":
            project.config.section(name, struct)


def _check_namespaces(project: Project) -> None:
    """A source's schema is nobody else's: not the models', or events would land in a model's table."""
    taken = {project.config.section("transform", TransformSettings).schema: "[transform] schema"}
    for number, source in enumerate(project.sources()):
        schema = namespace_of(source, PROVIDERS[DuckLake.capabilities.provider])
        where = project.config.place("sources", "name", number)
        if schema in taken:
            raise ConfigError(
                where,
                f"the name {source.name!r} gives the schema {schema!r}, which is that of {taken[schema]}",
            )
        taken[schema] = f"source {source.id!r}"
