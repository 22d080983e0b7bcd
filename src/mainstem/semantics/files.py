"""The files of a LookML project, and of the projects it imports.

Every file has a name: its path from the project's folder, with `/`. Imported projects stand under
`imported_projects/<name>/`, or in a folder `<name>` beside the project when the manifest names them. No
other file outside the project's folder is ever read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import UsageError

MODELS = (".model.lkml", ".model.lookml")
DASHBOARDS = (".dashboard.lookml", ".dashboard.lkml")
MANIFESTS = ("manifest.lkml", "manifest.lookml")
IMPORTED = "imported_projects"
_SKIPPED = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True)
class Root:
    """A project among the files: this one, with an empty prefix, or an imported one."""

    name: str
    prefix: str
    """Ends with `/`, or is empty."""
    folder: Path
    files: tuple[str, ...]
    """Relative to the prefix, sorted."""


def project_files(folder: Path) -> tuple[str, ...]:
    """Every LookML file under a folder, sorted, without imported projects and folders with a dot.

    Raises UsageError when the folder is none or holds no LookML.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the folder that holds the *.model.lkml files")
    found = lookml_files(folder)
    if not found:
        raise UsageError(
            f"{folder}: no LookML in this folder (*.model.lkml, *.view.lkml, *.dashboard.lookml)"
        )
    return tuple(file for file in found if not file.startswith(f"{IMPORTED}/"))


def imported_roots(folder: Path, dependencies: tuple[str, ...]) -> tuple[Root, ...]:
    """The projects imported by name: all that were put under the project, and those of `dependencies` that
    stand beside it."""
    inside = folder / IMPORTED
    names = sorted(path.name for path in inside.iterdir() if path.is_dir()) if inside.is_dir() else []
    roots = [Root(name, f"{IMPORTED}/{name}/", inside / name, lookml_files(inside / name)) for name in names]
    for name in dependencies:
        beside = folder.absolute().parent / name
        if name not in names and _is_plain(name) and beside.is_dir():
            roots.append(Root(name, f"../{name}/", beside, lookml_files(beside)))
    return tuple(roots)


def model_name(file: str) -> str:
    """`models/shop.model.lkml` → `shop`."""
    return file.rsplit("/", 1)[-1].rsplit(".model.", 1)[0]


def lookml_files(folder: Path) -> tuple[str, ...]:
    """Every LookML file under a folder, relative to it, sorted; none where there is no such folder."""
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED]
        within = Path(parent).relative_to(folder).as_posix()
        prefix = "" if within == "." else f"{within}/"
        found += [
            prefix + name
            for name in names
            if name.endswith((".lkml", ".lookml")) and not name.startswith(".")
        ]
    return tuple(sorted(found))


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and "/" not in name and "\\" not in name
