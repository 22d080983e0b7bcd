"""Whether a dbt run built and tested the whole project, told from what it did and not from how it was asked.

A selection that happens to name everything is the whole; a default selector that leaves a test out is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

_NEEDED = frozenset({"model", "seed", "snapshot", "test"})
_THIN = {"empty": "--empty builds tables without rows", "sample": "--sample builds a part of the rows"}


class _Config(msgspec.Struct, frozen=True):
    materialized: str | None = None


class _Node(msgspec.Struct, frozen=True):
    name: str
    resource_type: str
    config: _Config = _Config()


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
