"""What a dbt run went through, and whether that was the whole project: told from what it did and not from how
it was asked.

A selection that happens to name everything is the whole; a default selector that leaves a test out is not.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

_NEEDED = frozenset({"model", "seed", "snapshot", "test"})
_THIN = {"empty": "--empty builds tables without rows", "sample": "--sample builds a part of the rows"}


class _Config(msgspec.Struct, frozen=True):
    materialized: str | None = None


class _DependsOn(msgspec.Struct, frozen=True):
    nodes: tuple[str, ...] = ()


class _Node(msgspec.Struct, frozen=True):
    name: str
    resource_type: str
    config: _Config = _Config()
    version: int | float | str | None = None
    depends_on: _DependsOn = _DependsOn()

    @property
    def selector(self) -> str:
        """What `--select` takes for it."""
        return self.name if self.version is None else f"{self.name}.v{self.version}"


class CoveredNode(msgspec.Struct, frozen=True):
    """Something that a run of the whole project goes through."""

    selector: str
    """For dbt's `--select`."""
    parents: tuple[str, ...] = ()
    """Unique ids of what must have been built before."""


class Coverage(msgspec.Struct, frozen=True):
    """What one run of dbt went through, by dbt's unique ids."""

    project: str
    """Digest of all that the project's files say; two runs of one digest built the same things."""
    nodes: dict[str, CoveredNode]
    """All that a run of the whole project goes through."""
    good: tuple[str, ...]
    bad: tuple[str, ...]
    """What failed, or was built without all of its rows."""


class Manifest(msgspec.Struct, frozen=True):
    """What is needed of dbt's `manifest.json`; disabled nodes are not in these."""

    nodes: dict[str, _Node]
    unit_tests: dict[str, _Node] = {}

    def needed(self) -> dict[str, _Node]:
        """What a run of the whole project goes through, by dbt's unique id."""
        nodes = {
            name: node
            for name, node in self.nodes.items()
            if node.resource_type in _NEEDED and node.config.materialized != "ephemeral"
        }
        return nodes | self.unit_tests

    def covered_nodes(self) -> dict[str, CoveredNode]:
        """The same, with what must be built before each; ephemeral models stand for what they read."""
        needed = self.needed()
        return {
            name: CoveredNode(node.selector, tuple(sorted(self._parents(node, needed))))
            for name, node in sorted(needed.items())
        }

    def _parents(self, node: _Node, needed: Mapping[str, _Node]) -> set[str]:
        found: set[str] = set()
        for parent in node.depends_on.nodes:
            if parent in needed:
                found.add(parent)
            elif parent in self.nodes:
                found |= self._parents(self.nodes[parent], needed)
        return found


def coverage_of(
    content: bytes, settings: bytes, flags: Mapping[str, Any], good: Set[str], bad: Set[str]
) -> Coverage:
    """Of a run that left dbt's manifest `content`; `settings` is the project's `dbt_project.yml`.

    What --empty or --sample built counts as bad, for tests say nothing about a table without its rows, and so
    does what --vars made something else of.
    """
    nodes = read_manifest(content).covered_nodes()
    if any(flags.get(flag) for flag in (*_THIN, "vars")):
        good, bad = set(), good | bad
    return Coverage(
        _digest(content, settings),
        nodes,
        tuple(sorted(good & nodes.keys())),
        tuple(sorted(bad & nodes.keys())),
    )


class _Source(msgspec.Struct):
    """What is the project's own of a node, and not of the moment it was read."""

    raw_code: str = ""
    checksum: Any = None
    unrendered_config: Any = None
    depends_on: _DependsOn = _DependsOn()
    """Without macros: dbt adds to those as it compiles."""
    given: Any = None
    expect: Any = None
    test_metadata: Any = None
    columns: Any = None
    macro_sql: str = ""


class _Sources(msgspec.Struct):
    nodes: dict[str, _Source]
    unit_tests: dict[str, _Source] = {}
    macros: dict[str, _Source] = {}
    sources: dict[str, _Source] = {}


def _digest(content: bytes, settings: bytes) -> str:
    sources = msgspec.json.decode(content, type=_Sources)
    return hashlib.sha256(msgspec.json.encode(sources, order="deterministic") + settings).hexdigest()


def read_manifest(content: bytes) -> Manifest:
    """Raises msgspec.DecodeError."""
    return msgspec.json.decode(content, type=Manifest)


def why_partial(command: str, flags: Mapping[str, Any], done: Set[str], manifest: Manifest) -> str:
    """Empty for a run of the whole project, else a reason. `done` holds the unique ids it went through,
    failed and skipped ones too; `flags` are dbt's own, as it read them."""
    if command != "build":
        return f"only `dbt build` both builds and tests, and this was `dbt {command}`"
    for flag, what in _THIN.items():
        if flags.get(flag):
            return what
    needed = manifest.needed()
    missing = sorted(needed.keys() - done)
    if not missing:
        return ""
    first = needed[missing[0]]
    return (
        f"{len(missing)} of {len(needed)} models and tests were not selected, "
        f"such as {first.resource_type.replace('_', ' ')} {first.name}"
    )
