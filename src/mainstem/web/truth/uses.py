"""A model or source of dbt's → what breaks if it fails: models, explores, fields, tiles and exposures.

Only what the asker may see is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.artifacts.relations import relations_in
from mainstem.errors import QueryError
from mainstem.web.truth.paths import tile_truth_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.artifacts import LineageExposure, LineageNode
    from mainstem.artifacts.truth import Known
    from mainstem.query.explorer import Explorer
    from mainstem.semantics.model import View
    from mainstem.web.truth.desk import TruthDesk


@dataclass(frozen=True)
class UsedTile:
    dashboard: str
    dashboard_title: str
    tile: str
    title: str
    truth: str
    """Address of its truth."""


@dataclass(frozen=True)
class UsedExplore:
    model: str
    explore: str
    label: str
    fields: tuple[tuple[str, str], ...]
    """(`view.field`, label) of those whose view reads one of the tables."""


@dataclass(frozen=True)
class Impact:
    node: LineageNode
    made_from_it: tuple[LineageNode, ...]
    """Nearest first."""
    explores: tuple[UsedExplore, ...]
    tiles: tuple[UsedTile, ...]
    exposures: tuple[LineageExposure, ...]


def impact_of(explorer: Explorer, desk: TruthDesk, known: Known, node: LineageNode) -> Impact:
    below = known.lineage.downstream([node.uid])
    tables = {known.lineage.nodes[uid].relation for uid in below if known.lineage.nodes[uid].has_table}
    nodes = sorted((uid for uid in below if uid != node.uid), key=lambda uid: (below[uid], uid))
    return Impact(
        node=node,
        made_from_it=tuple(known.lineage.nodes[uid] for uid in nodes),
        explores=tuple(_explores(explorer, desk, tables)),
        tiles=tuple(_tiles(explorer, desk, tables)),
        exposures=tuple(one for one in known.lineage.exposures if set(one.parents) & below.keys()),
    )


def _explores(explorer: Explorer, desk: TruthDesk, tables: set[str]) -> Iterator[UsedExplore]:
    for model, explore in explorer.explores():
        if explore.hidden or desk.elsewhere(model.connection):
            continue
        reading = {
            alias
            for alias, name in explore.views().items()
            if name in model.views and _reads(model.views[name]) & tables
        }
        if reading:
            offered = explorer.fields(model.name, explore.name)
            fields = tuple(
                (name, field.label)
                for name, field in offered.items()
                if not field.hidden and name.partition(".")[0] in reading
            )
            yield UsedExplore(model.name, explore.name, explore.label, fields)


def _reads(view: View) -> frozenset[str]:
    """Tables that a view names."""
    return relations_in(f"{view.sql_table_name or ''} {view.derived_sql or ''}")


def _tiles(explorer: Explorer, desk: TruthDesk, tables: set[str]) -> Iterator[UsedTile]:
    project = explorer.project
    for dashboard in sorted(project.dashboards.values(), key=lambda one: one.title.casefold()):
        for element in dashboard.elements:
            model = project.models.get(element.model)
            if not element.asks or desk.elsewhere(model.connection if model is not None else None):
                continue
            try:
                sql = explorer.compile(explorer.element_request(dashboard, element, {})).sql
            except QueryError:
                continue  # it cannot be asked, by this asker or by anybody: the tile says why
            if relations_in(sql) & tables:
                yield UsedTile(
                    dashboard.name,
                    dashboard.title,
                    element.name,
                    element.title,
                    tile_truth_path(dashboard.name, element.name),
                )
