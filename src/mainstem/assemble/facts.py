"""Facts of a project's gateways, where it wants them. A gateway without a project tells none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mainstem.assemble.catalogue import cataloguing
from mainstem.assemble.tracking import tracking_settings
from mainstem.collect.facts import Facts, telling

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.collect import Companion


def facts_and_catalogue(project: Project, data_dir: Path, partition: str) -> list[Companion]:
    """What runs beside a gateway of `project`. The catalogue comes last, so that it ends first and its last
    news are still told.

    Raises ConfigError for settings that are not valid.
    """
    settings = tracking_settings(project)
    facts = Facts(partition, time.time, settings.max_facts_per_minute) if settings.facts else None
    told = [telling(facts)] if facts is not None else []
    return [*told, cataloguing(data_dir, partition, facts, settings.save_interval)]
