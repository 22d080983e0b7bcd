"""What reads an asset beside tasks: dbt models over a source's table, explores over tables and models.

Told from what dbt wrote last and from LookML, as far as both are there; what cannot be told is left out.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from mainstem.operate.catalogue.usage import Usage, read_dbt_manifest
from mainstem.web.explore_fields import explore_path
from mainstem.web.orchestration import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from mainstem.semantics.project import Project as LookmlProject

logger = logging.getLogger(__name__)


class _Node(msgspec.Struct, frozen=True):
    name: str
    resource_type: str
    schema: str = ""
    alias: str = ""
    fqn: tuple[str, ...] = ()
    """Package, folders, name."""


class _Nodes(msgspec.Struct, frozen=True):
    nodes: dict[str, _Node]


class AssetUses:
    """By an asset's name: `source/<schema>/<table>`, or `models/<folder>` for what is built of a folder."""

    def __init__(self, manifest: Path, lookml: Callable[[], LookmlProject]) -> None:
        """`manifest`: dbt's `manifest.json`, which need not be there."""
        self._file = manifest
        self._lookml = lookml
        self._made_of: tuple[int, LookmlProject] | None = None
        self._usage: Usage | None = None
        self._nodes: tuple[_Node, ...] = ()

    def __call__(self, asset: str) -> Sequence[Use]:
        self._refresh()
        if self._usage is None:
            return ()
        kind, *parts = asset.split("/")
        if kind == "source" and len(parts) >= 2:
            return _uses(self._usage.of_event(f"{parts[-2]}.{parts[-1]}") or ())
        if kind == "models" and parts:
            tables = (f"{n.schema}.{n.alias or n.name}" for n in self._nodes if _is_in(n, tuple(parts)))
            found = {who for table in tables for who in self._usage.of_event(table) or ()}
            return _uses(sorted(who for who in found if who.startswith("explore ")))
        return ()

    def _refresh(self) -> None:
        """Made anew when dbt has written, or LookML has changed."""
        try:
            made_of = self._file.stat().st_mtime_ns, self._lookml()
        except FileNotFoundError:
            self._usage = None
            return
        if self._made_of is not None and self._made_of[0] == made_of[0] and self._made_of[1] is made_of[1]:
            return
        self._made_of = made_of
        try:
            content = self._file.read_bytes()
            self._nodes = tuple(msgspec.json.decode(content, type=_Nodes).nodes.values())
            self._usage = Usage(read_dbt_manifest(content), made_of[1])
        except msgspec.MsgspecError as e:
            logger.warning("it is not known what reads assets: %s: %s", self._file, e)
            self._usage = None


def _is_in(node: _Node, folder: tuple[str, ...]) -> bool:
    """A folder of a package's is named with the package, one of the project's own without."""
    return node.resource_type == "model" and folder in (
        node.fqn[: len(folder)],
        node.fqn[1 : 1 + len(folder)],
    )


def _uses(found: Iterable[str]) -> list[Use]:
    """Of `model fct_x` and `explore company.visits`."""
    uses = []
    for who in found:
        kind, _, name = who.partition(" ")
        if kind == "explore":
            model, _, explore = name.partition(".")
            uses.append(Use("explore", name, explore_path(model, explore)))
        else:
            uses.append(Use("model", name))
    return uses
