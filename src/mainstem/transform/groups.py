"""Groups of dbt models, each built by one task: a task a model would pay dbt's start for each of them.

A group is a folder of models, down to some depth; folders whose models need one another in a circle are one
group. Pure: files were read before.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.manifest.graph import groups_of_cycles

if TYPE_CHECKING:
    from mainstem.transform.models import DbtFiles, DbtNode

INSTALLED = "packages"
"""The group of all models that come from packages installed from elsewhere."""


@dataclass(frozen=True)
class Group:
    """Some models that are built together."""

    name: str
    arguments: tuple[str, ...]
    """For `dbt build`."""
    needs: tuple[str, ...]
    """Names of groups that must have been built before."""
    sources: tuple[str, ...]
    """`schema.table` of dbt sources that its models read."""
    nodes: int


def model_groups(files: DbtFiles, depth: int) -> list[Group]:
    """Every model, seed and snapshot of `files` in one group; what is needed comes first."""
    members: dict[str, list[DbtNode]] = defaultdict(list)
    for node in files.nodes:
        members[_folder(node, files, depth)].append(node)
    homes: dict[str, set[str]] = defaultdict(set)
    for folder, nodes in members.items():
        for node in nodes:
            for name in node.known_as:
                homes[name].add(folder)
    needs = {
        folder: sorted({home for node in nodes for name in node.names for home in homes[name]} - {folder})
        for folder, nodes in members.items()
    }
    if files.has_installed_packages:
        needs = {INSTALLED: [], **{folder: [INSTALLED, *found] for folder, found in needs.items()}}
    groups = groups_of_cycles(needs)
    name_of = {folder: "_".join(_shortened(group)) for group in groups for folder in group}
    return [
        Group(
            name_of[group[0]],
            _arguments(group, members, files),
            tuple(
                dict.fromkeys(name_of[one] for folder in group for one in needs[folder] if one not in group)
            ),
            tuple(
                sorted({source for folder in group for node in members[folder] for source in node.sources})
            ),
            sum(len(members[folder]) for folder in group),
        )
        for group in groups
    ]


def _folder(node: DbtNode, files: DbtFiles, depth: int) -> str:
    """`staging`, in a package `company.staging`; seeds and snapshots by their kind, whatever their folder."""
    if node.kind != "model":
        return f"{node.kind}s"
    inside = ".".join(node.folder[:depth]) or "models"
    return inside if node.package == files.name else f"{node.package}.{inside}"


def _shortened(group: tuple[str, ...]) -> list[str]:
    """Names of a group's folders; a package is named once."""
    first, _, _ = group[0].rpartition(".")
    prefix = f"{first}."
    return [group[0], *(name.removeprefix(prefix) if first else name for name in group[1:])]


def _arguments(group: tuple[str, ...], members: dict[str, list[DbtNode]], files: DbtFiles) -> tuple[str, ...]:
    if group == (INSTALLED,):
        return ("--exclude", *(f"package:{name}" for name in files.packages))
    selected = (_selector(node) for folder in group for node in members[folder])
    # A test between groups runs with the one that is built last, when all that it reads is there. Selected by
    # folder it would run with the group in whose folder it is written.
    return ("--indirect-selection", "buildable", "--select", *dict.fromkeys(selected))


def _selector(node: DbtNode) -> str:
    """By file: a model of several versions has names that no file tells."""
    return f"resource_type:seed,package:{node.package}" if node.kind == "seed" else f"file:{node.file}"
