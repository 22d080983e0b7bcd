"""`manifest.lkml`: the project's name, its constants, and the projects it imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.semantics.syntax import Block, Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.semantics.model import Origin
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node


@dataclass(frozen=True)
class Constant:
    value: str
    origin: Origin
    export: str = "none"


@dataclass(frozen=True)
class Dependency:
    name: str
    origin: Origin
    overrides: Mapping[str, Constant] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    project_name: str | None = None
    constants: Mapping[str, Constant] = field(default_factory=dict)
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)


def read_manifest(nodes: Iterable[Node], problems: Problems) -> Manifest:
    name: str | None = None
    constants: dict[str, Constant] = {}
    dependencies: dict[str, Dependency] = {}
    for node in nodes:
        if node.key == "project_name" and isinstance(node, Pair):
            name = node.value
        elif node.key == "constant" and isinstance(node, Block):
            constants[node.name] = _constant(node, problems)
        elif node.key in ("local_dependency", "remote_dependency") and isinstance(node, Block):
            dependency = _dependency(node, problems)
            if dependency:
                dependencies[dependency.name] = dependency
    return Manifest(name, constants, dependencies)


def _constant(block: Block, problems: Problems) -> Constant:
    given = {node.key: node.value for node in block.nodes if isinstance(node, Pair)}
    if "value" not in given:
        problems.error(block.origin, f"constant {block.name} has no value")
    export = given.get("export", "none")
    if export not in ("none", "override_optional", "override_required"):
        valid = "none, override_optional and override_required"
        problems.error(block.origin, f"constant {block.name} has export {export!r}; valid are {valid}")
    return Constant(given.get("value", ""), block.origin, export)


def _dependency(block: Block, problems: Problems) -> Dependency | None:
    """A remote one is named in its head, a local one by `project`."""
    named = next((n.value for n in block.nodes if isinstance(n, Pair) and n.key == "project"), block.name)
    if not named:
        problems.error(block.origin, f'{block.key} names no project: `{block.key}: {{ project: "name" }}`')
        return None
    overrides = {
        node.name: _constant(node, problems)
        for node in block.nodes
        if isinstance(node, Block) and node.key == "override_constant"
    }
    return Dependency(named, block.origin, overrides)
