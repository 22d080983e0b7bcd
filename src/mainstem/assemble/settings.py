"""Every section of `mainstem.toml` with the Struct that its package owns: to document, and to check whole.

Importing it imports every stage: only what runs them all does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.project import ProjectSettings
from mainstem.collect.settings import CollectSettings
from mainstem.events import Source
from mainstem.load.settings import LoadSettings
from mainstem.log import LogSettings
from mainstem.semantics.settings import SemanticsSettings
from mainstem.store import PostgresSettings
from mainstem.supervise import LoggingSettings
from mainstem.transform.settings import TransformSettings
from mainstem.warehouse.ducklake import WarehouseSettings
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
    project.sources()
    for name, struct in SETTINGS.items():
        if name != "sources":
            project.config.section(name, struct)
