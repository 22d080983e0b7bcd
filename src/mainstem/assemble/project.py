"""A user's project: its folder, its settings, and where its processes keep and find things."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mainstem.assemble.sources import sources_of
from mainstem.config import Config, read_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mainstem.events import Source

T = TypeVar("T")

SECTIONS = {
    "project", "postgres", "warehouse", "sources", "collect", "log", "logging", "load", "transform",
    "semantics", "tracking", "privacy", "erasure", "retention", "shadow", "upkeep", "catalogue", "queries",
    "web", "orchestrate", "runner", "podman", "alerts", "backup", "connectors", "destinations",
}  # fmt: skip


class ProjectSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[project]` of `mainstem.toml`."""

    name: str = "mainstem"
    """Shown on pages."""
    data_dir: str = ".mainstem"
    """Where everything is kept: the log, the lake's Parquet files, the embedded Postgres."""


@dataclass(frozen=True)
class Project:
    """One project, its settings read once."""

    config: Config
    settings: ProjectSettings
    _found: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        return self.config.folder

    @property
    def data_dir(self) -> Path:
        return self.config.path(self.settings.data_dir)

    def once(self, what: str, read: Callable[[], T]) -> T:
        """What `read` gives of a file, asked for by several: read once where this is one `reading`."""
        if self._found is None:
            return read()
        if what not in self._found:
            self._found[what] = read()
        found: T = self._found[what]
        return found

    def reading(self) -> Project:
        """The same, for as long as its files are to be read but once."""
        return replace(self, _found={})

    def sources(self) -> tuple[Source, ...]:
        """Every `[[sources]]`; raises ConfigError as `sources_of`."""
        return sources_of(self.config)


def open_project(folder: Path, flags: Mapping[str, str] | None = None) -> Project:
    """Read the project in `folder`; `flags` are named as variables of the environment and win over it.

    Raises ConfigError when there is none, or for the first setting that is not valid, with file and line.
    """
    config = read_config(folder, {**os.environ, **flags} if flags else os.environ)
    config.unknown_sections(SECTIONS)
    return Project(config, config.section("project", ProjectSettings))
