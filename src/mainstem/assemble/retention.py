"""`mainstem retention`: delete the rows that settings no longer keep."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.assemble.postgres import server_address
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import ConfigError
from mainstem.load.placement import namespace_of
from mainstem.load.schema import PROVIDERS
from mainstem.operate.retention import RetentionRule, plan_retention
from mainstem.transform import TransformSettings
from mainstem.warehouse.ducklake import DuckLake
from mainstem.warehouse.ducklake.erasing import DuckLakeErasing

if TYPE_CHECKING:
    from mainstem.assemble.project import Project

SECTION = "retention"


def retention_rules(project: Project) -> tuple[RetentionRule, ...]:
    """Raises ConfigError for a source that there is not."""
    rules = project.config.tables(SECTION, RetentionRule)
    known = {source.id for source in project.sources()}
    for number, rule in enumerate(rules):
        if rule.source is not None and rule.source not in known:
            where = project.config.place(SECTION, "source", number)
            raise ConfigError(where, f"there is no source {rule.source!r}", ", ".join(sorted(known)))
    return rules


def apply_retention(
    project: Project, now: datetime | None = None, *, dry_run: bool = False
) -> dict[str, int]:
    """Rows deleted, or with `dry_run` to be deleted, by table; tables without any are left out.

    Their files go as old snapshots go, by upkeep. Raises ConfigError, WarehouseBusy.
    """
    rules = retention_rules(project)
    if not rules:
        return {}
    provider = PROVIDERS[DuckLake.capabilities.provider]
    namespaces = {source.id: namespace_of(source, provider) for source in project.sources()}
    models = project.config.section("transform", TransformSettings).schema
    with closing(DuckLakeErasing(lake_location(project), server_address(project))) as erasing:
        planned = plan_retention(rules, erasing.tables(), namespaces, {models}, now or datetime.now(UTC))
        if dry_run:
            counts = {name: erasing.count(name, some) for name, some in planned.items()}
        else:
            counts = dict(erasing.delete(planned, "retention"))
    return {str(name): count for name, count in counts.items() if count}
