"""Every section of `mainstem.toml` with the Struct that its package owns: to document, and to check whole.

Importing it imports every stage: only what runs them all does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.activate.settings import read_destination, read_destinations
from mainstem.assemble.privacy import check_privacy
from mainstem.assemble.project import ProjectSettings
from mainstem.assemble.retention import retention_rules
from mainstem.assemble.sources import label_of
from mainstem.collect.settings import CollectSettings
from mainstem.connectors.settings import read_connector, read_connectors, schema_of
from mainstem.errors import ConfigError
from mainstem.events import Source
from mainstem.load.placement import BOOKKEEPING, namespace_of
from mainstem.load.schema import PROVIDERS
from mainstem.load.settings import LoadSettings
from mainstem.log import LogSettings
from mainstem.operate.catalogue.settings import CatalogueSettings
from mainstem.operate.erase.settings import ErasureSettings
from mainstem.operate.retention import RetentionRule
from mainstem.operate.settings import BackupSettings
from mainstem.operate.upkeep import UpkeepSettings
from mainstem.orchestrate.alerts.settings import AlertSettings
from mainstem.orchestrate.podman import PodmanSettings
from mainstem.orchestrate.runner import RunnerSettings
from mainstem.orchestrate.settings import OrchestrateSettings
from mainstem.privacy import PrivacySettings
from mainstem.semantics.settings import SemanticsSettings
from mainstem.shadow import ShadowSettings
from mainstem.store import PostgresSettings
from mainstem.store.queries.settings import QueryLogSettings
from mainstem.supervise import LoggingSettings
from mainstem.tracking import TrackingSettings
from mainstem.transform.settings import TransformSettings
from mainstem.warehouse.ducklake import DuckLake, WarehouseSettings
from mainstem.web.settings import WebSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    "privacy": PrivacySettings,
    "erasure": ErasureSettings,
    "retention": RetentionRule,
    "load": LoadSettings,
    "shadow": ShadowSettings,
    "upkeep": UpkeepSettings,
    "catalogue": CatalogueSettings,
    "queries": QueryLogSettings,
    "transform": TransformSettings,
    "semantics": SemanticsSettings,
    "tracking": TrackingSettings,
    "web": WebSettings,
    "orchestrate": OrchestrateSettings,
    "runner": RunnerSettings,
    "podman": PodmanSettings,
    "alerts": AlertSettings,
    "backup": BackupSettings,
}

REPEATED = ("sources", "retention")
"""Written as `[[name]]`, any number of times."""


def check_settings(project: Project) -> None:
    """Read every section once, so that a mistake in one is told before anything has been started. Secrets of
    connectors and destinations are not looked up: `without_secrets` tells of those.

    Raises ConfigError for the first that is not valid, with file and line.
    """
    _check_namespaces(project)
    check_privacy(project)
    retention_rules(project)
    _check_connectors(project)
    read_destinations(project.config, secrets=False)
    for name, struct in SETTINGS.items():
        if name not in REPEATED:
            project.config.section(name, struct)


def without_secrets(project: Project) -> Iterator[str]:
    """What keeps a connector or a destination from being used here, and keeps nothing else from running: a
    secret of its own that is not there. Of settings that check."""
    config = project.config
    for names, read in (
        (read_connectors(config, secrets=False), read_connector),
        (read_destinations(config, secrets=False), read_destination),
    ):
        for name in names:
            try:
                read(config, name)
            except ConfigError as e:
                yield str(e)


def _check_namespaces(project: Project) -> None:
    """A source's schema is not the models', or events would land in a model's table; and no two sources
    share one, however this warehouse spells it, unless both name it."""
    models = project.config.section("transform", TransformSettings).schema
    taken: dict[str, Source] = {}
    for number, source in enumerate(project.sources()):
        schema = namespace_of(source, PROVIDERS[DuckLake.capabilities.provider])
        where = project.config.place("sources", "name" if source.namespace is None else "namespace", number)
        if schema == models:
            raise ConfigError(
                where, f"{label_of(source)} has the schema {schema!r}, which is that of [transform] schema"
            )
        first = taken.setdefault(schema, source)
        if first is not source and (first.namespace is None or source.namespace is None):
            raise ConfigError(
                where, f"{label_of(source)} has the schema {schema!r}, which is that of {label_of(first)}"
            )


def _check_connectors(project: Project) -> None:
    """A connector's schema is nobody else's."""
    models = project.config.section("transform", TransformSettings).schema
    provider = PROVIDERS[DuckLake.capabilities.provider]
    taken = {namespace_of(source, provider): label_of(source) for source in project.sources()}
    taken |= {models: "[transform] schema", BOOKKEEPING: "the loader's own tables"}
    for name, settings in read_connectors(project.config, secrets=False).items():
        schema = schema_of(name, settings)
        if schema in taken:
            raise ConfigError(
                project.config.place(f"connectors.{name}"),
                f"the connector {name!r} has the schema {schema!r}, which is that of {taken[schema]}",
                "another: schema = …",
            )
