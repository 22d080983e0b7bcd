"""Where assets come from and what they are for: the tasks that make them, and what reads them.

Its arrows go from what makes to what is made: asset → task that reads it → asset that it makes → DAG that
waits for it, models and explores beyond. It knows only what manifests and artifacts say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mainstem.manifest import AssetSchedule
from mainstem.web.orchestration.desk import SeenAsset
from mainstem.web.orchestration.graph import lay_out
from mainstem.web.orchestration.paths import asset_path, dag_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mainstem.web.orchestration.desk import KnownDag
    from mainstem.web.orchestration.graph import Graph

Kind = Literal["asset", "task", "dag", "model", "explore"]


@dataclass(frozen=True)
class Node:
    key: str
    """Unique in the drawing."""
    kind: Kind
    label: str
    href: str = ""


@dataclass(frozen=True)
class AssetRow:
    """One asset, with everything around it."""

    asset: SeenAsset
    made_by: tuple[tuple[str, str], ...]
    """(DAG, task)."""
    read_by: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    """DAGs whose schedule waits for it."""

    @property
    def name(self) -> str:
        return self.asset.name

    @property
    def searched(self) -> str:
        tasks = (part for pair in (*self.made_by, *self.read_by) for part in pair)
        return " ".join((self.name, *tasks, *self.starts, *(use.name for use in self.asset.uses))).casefold()


@dataclass(frozen=True)
class Lineage:
    nodes: dict[str, Node] = field(repr=False)
    graph: Graph = field(repr=False)


def asset_rows(dags: Sequence[KnownDag], assets: Sequence[SeenAsset]) -> list[AssetRow]:
    """Every asset that is named anywhere, by name."""
    seen = {asset.name: asset for asset in assets}
    made: dict[str, list[tuple[str, str]]] = {}
    read: dict[str, list[tuple[str, str]]] = {}
    starts: dict[str, list[str]] = {}
    for known in (known for known in dags if not known.is_stale):
        for task in known.dag.tasks:
            for name in task.outlets:
                made.setdefault(name, []).append((known.dag_id, task.task_id))
            for name in task.inlets:
                read.setdefault(name, []).append((known.dag_id, task.task_id))
        if isinstance(known.dag.schedule, AssetSchedule):
            for name in known.dag.schedule.assets:
                starts.setdefault(name, []).append(known.dag_id)
    return [
        AssetRow(
            seen.get(name, SeenAsset(name)),
            tuple(made.get(name, ())),
            tuple(read.get(name, ())),
            tuple(starts.get(name, ())),
        )
        for name in sorted({*seen, *made, *read, *starts})
    ]


def around(rows: Sequence[AssetRow], name: str) -> list[AssetRow]:
    """The rows that `name` comes from or goes into, near and far, itself among them."""
    before = _reached(rows, name, upstream=True)
    after = _reached(rows, name, upstream=False)
    return [row for row in rows if row.name in before | after]


def drawn(rows: Iterable[AssetRow], dags: Sequence[KnownDag]) -> Lineage:
    """Boxes and arrows of `rows`, ready to be drawn."""
    nodes: dict[str, Node] = {}
    arrows: list[tuple[str, str]] = []
    outlets = {(known.dag_id, task.task_id): set(task.outlets) for known in dags for task in known.dag.tasks}

    def node(kind: Kind, key: str, label: str, href: str) -> str:
        nodes.setdefault(f"{kind} {key}", Node(f"{kind} {key}", kind, label, href))
        return f"{kind} {key}"

    for row in rows:
        here = node("asset", row.name, row.name, asset_path(row.name))
        for dag_id, task_id in row.made_by:
            maker = node("task", f"{dag_id} {task_id}", f"{dag_id} · {task_id}", dag_path(dag_id, "graph"))
            arrows.append((maker, here))
        for dag_id, task_id in row.read_by:
            if row.name in outlets.get((dag_id, task_id), ()):
                continue  # what is read and made anew by one task would go in a circle
            reader = node("task", f"{dag_id} {task_id}", f"{dag_id} · {task_id}", dag_path(dag_id, "graph"))
            arrows.append((here, reader))
        arrows += [(here, node("dag", dag_id, dag_id, dag_path(dag_id))) for dag_id in row.starts]
        arrows += [(here, node(use.kind, use.name, use.name, use.href)) for use in row.asset.uses]
    return Lineage(nodes, lay_out(tuple(nodes), tuple(arrows)))


def _reached(rows: Sequence[AssetRow], name: str, *, upstream: bool) -> set[str]:
    """Names of assets that are reached through tasks."""
    made_by: dict[tuple[str, str], set[str]] = {}
    read_by: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for pair in row.made_by:
            made_by.setdefault(pair, set()).add(row.name)
        for pair in row.read_by:
            read_by.setdefault(pair, set()).add(row.name)
    by_name = {row.name: row for row in rows}
    found, open_ = {name}, [name]
    while open_:
        here = by_name[open_.pop()]
        tasks = here.made_by if upstream else here.read_by
        beyond = read_by if upstream else made_by
        for pair in tasks:
            for other in beyond.get(pair, set()) - found:
                found.add(other)
                open_.append(other)
    return found
