"""Which models a dbt project has and which of them they name, read from its files without dbt.

dbt alone knows for certain, and takes seconds to say. Here every text in quotes that is a model's name counts
as a reference, in a model and in the macros it calls: too many are found rather than too few. What is built
in a wrong order for all that, publishing notices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from mainstem.errors import ConfigError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)(.*?)\{%-?\s*endmacro", re.DOTALL)
_QUOTED = re.compile(r"""["']([\w.]+)["']""")
_CALLED = re.compile(r"\b(\w+)\s*\(")
_SOURCE = re.compile(r"""\bsource\(\s*["']([^"']+)["']\s*,\s*["']([^"']+)["']""")
_VERSION = re.compile(r"[._]v\d+$")
_SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_ENV_VAR = re.compile(r"""\{\{\s*env_var\(\s*["'](\w+)["']\s*(?:,\s*["']([^"']*)["']\s*)?\)\s*\}\}""")
_LISTS = ("packages.yml", "dependencies.yml")


@dataclass(frozen=True)
class DbtNode:
    """A file of a model, a seed or snapshots."""

    file: str
    """Its name, without folders."""
    package: str
    kind: str
    """model, seed or snapshot."""
    folder: tuple[str, ...]
    """Below the folder of models, seeds or snapshots."""
    known_as: frozenset[str] = frozenset()
    """What others may call it."""
    names: frozenset[str] = frozenset()
    """That it may read, of other nodes."""
    sources: frozenset[str] = frozenset()
    """`schema.table` of dbt sources that it may read."""


@dataclass(frozen=True)
class DbtFiles:
    """What a project and its local packages hold."""

    name: str
    nodes: tuple[DbtNode, ...]
    packages: tuple[str, ...]
    """Of the nodes, this project's own the first."""
    has_installed_packages: bool
    """Whether packages come from elsewhere, whose nodes are not among these."""


def read_project(folder: Path, environment: Mapping[str, str]) -> DbtFiles:
    """`environment` is what `env_var` reads in lists of packages.

    Raises ConfigError for a `dbt_project.yml` or list of packages that does not read.
    """
    roots: list[tuple[Path, dict[str, Any]]] = [(folder, _yaml(folder / "dbt_project.yml"))]
    from_elsewhere = False
    for local in _packages(folder, environment):
        if local is None:
            from_elsewhere = True
        elif (local / "dbt_project.yml").is_file():
            roots.append((local, _yaml(local / "dbt_project.yml")))
    macros: dict[str, str] = {}
    written: list[tuple[DbtNode, str]] = []
    for root, settings in roots:
        macros |= _macros(root, settings)
        written += _files(root, settings)
    names = frozenset(name for node, _ in written for name in node.known_as)
    nodes = [_with_what_it_reads(node, _with_macros(text, macros), names) for node, text in written]
    packages = tuple(str(settings.get("name", root.name)) for root, settings in roots)
    nodes.sort(key=lambda node: (packages.index(node.package), node.kind, node.folder, node.file))
    return DbtFiles(packages[0], tuple(nodes), packages, from_elsewhere)


def _with_what_it_reads(node: DbtNode, text: str, names: frozenset[str]) -> DbtNode:
    return replace(
        node,
        names=(names & frozenset(_QUOTED.findall(text))) - node.known_as,
        sources=frozenset(".".join(found) for found in _SOURCE.findall(text)),
    )


def _packages(folder: Path, environment: Mapping[str, str]) -> list[Path | None]:
    """Folders of local packages, None for one from elsewhere."""
    found: list[Path | None] = []
    for file in (folder / name for name in _LISTS):
        if not file.is_file():
            continue
        for entry in _yaml(file).get("packages") or []:
            local = entry.get("local") if isinstance(entry, dict) else None
            found.append(
                None if local is None else (folder / _with_variables(str(local), environment)).resolve()
            )
    return found


def _with_variables(text: str, environment: Mapping[str, str]) -> str:
    return _ENV_VAR.sub(lambda found: environment.get(found[1], found[2] or ""), text)


def _files(root: Path, settings: dict[str, Any]) -> Iterator[tuple[DbtNode, str]]:
    """Each file with its text."""
    package = str(settings.get("name", root.name))
    for kind, key, default, suffixes in (
        ("model", "model-paths", "models", (".sql", ".py")),
        ("seed", "seed-paths", "seeds", (".csv",)),
        ("snapshot", "snapshot-paths", "snapshots", (".sql",)),
    ):
        for path in settings.get(key) or [default]:
            base = root / str(path)
            for file in sorted(base.rglob("*")) if base.is_dir() else ():
                if file.suffix in suffixes and file.is_file():
                    text = "" if kind == "seed" else _COMMENT.sub("", _text(file))
                    folder = file.relative_to(base).parts[:-1]
                    yield DbtNode(file.name, package, kind, folder, _known_as(file.stem, text)), text


def _known_as(stem: str, text: str) -> frozenset[str]:
    """`orders_v2` may be version 2 of `orders`; a file of snapshots names them itself."""
    return frozenset({stem, _VERSION.sub("", stem), *_SNAPSHOT.findall(text)})


def _macros(root: Path, settings: dict[str, Any]) -> dict[str, str]:
    found = {}
    for path in settings.get("macro-paths") or ["macros"]:
        base = root / str(path)
        for file in sorted(base.rglob("*.sql")) if base.is_dir() else ():
            found.update({macro[1]: macro[0] for macro in _MACRO.finditer(_COMMENT.sub("", _text(file)))})
    return found


def _with_macros(text: str, macros: Mapping[str, str]) -> str:
    """`text` and all macros that it calls, and that they call."""
    seen: set[str] = set()
    parts, pending = [text], [text]
    while pending:
        for name in sorted(set(_CALLED.findall(pending.pop())) & macros.keys() - seen):
            seen.add(name)
            parts.append(macros[name])
            pending.append(macros[name])
    return "\n".join(parts)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as e:
        raise ConfigError(Place(file), f"not UTF-8 text: {e.reason} at byte {e.start}") from e


def _yaml(file: Path) -> dict[str, Any]:
    try:
        read = yaml.safe_load(_text(file))
    except FileNotFoundError as e:
        raise ConfigError(
            Place(file), "there is no such file; [transform] project_dir names its folder"
        ) from e
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        raise ConfigError(Place(file, mark.line + 1 if mark else None), f"not YAML: {e}") from e
    return read if isinstance(read, dict) else {}
