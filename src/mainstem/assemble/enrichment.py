"""Bot flags and places for every source, where `[collect]` asks for them.

A gateway that asks for neither never imports what they need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.assemble.feature import Feature
from mainstem.collect import CollectSettings
from mainstem.errors import ConfigError, EnvironmentFailure

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.feature import FeatureOf
    from mainstem.assemble.project import Project
    from mainstem.config import Config
    from mainstem.events import Step


def enrichment(project: Project) -> FeatureOf:
    """Raises ConfigError for a database that cannot be read."""
    settings = project.config.section("collect", CollectSettings)
    steps: list[Step] = []
    files: tuple[Path, ...] = ()
    if settings.flag_bots:
        from mainstem.collect.enrich.bots import Bots, bot_step  # 3 MB of patterns

        steps.append(bot_step(Bots()))
    if settings.geo_database is not None:
        files = (project.config.path(settings.geo_database),)
        steps.append(_geo_step(project.config, files[0]))
    feature = Feature(steps=tuple(steps), files=files)
    return lambda _: feature


def _geo_step(config: Config, file: Path) -> Step:
    from mainstem.collect.enrich.geo import GeoDatabase, geo_step  # 1 MB, with maxminddb

    try:
        return geo_step(GeoDatabase(file))
    except EnvironmentFailure as e:
        raise ConfigError(config.place("collect", "geo_database"), str(e), "a .mmdb file") from e
