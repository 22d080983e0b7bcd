"""Every file of a project and of those it imports: its bytes, its document, its place among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.semantics.assembly import Files, manifest_of, overridden, settle_constants
from mainstem.semantics.files import DASHBOARDS, Root, imported_roots, project_files
from mainstem.semantics.model import Origin
from mainstem.semantics.reading.model import check_top

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Document, Node
    from mainstem.semantics.syntax.cache import NodeCache


@dataclass(frozen=True)
class Sources:
    main: Root
    files: Files
    documents: Mapping[str, tuple[Node, ...]]
    """By file, constants replaced; those of a dashboard are none, for it is YAML. Without manifests."""
    dashboards: Mapping[str, bytes]
    absent: frozenset[str]
    """Imported projects that are not here."""
    project_name: str | None


def read_sources(folder: Path, cache: NodeCache, problems: Problems) -> Sources:
    """Raises UsageError when the folder holds no LookML."""
    main = Root("", "", folder, project_files(folder))
    contents = _contents(main, problems)
    documents = _documents(contents, cache, problems)
    manifest = manifest_of(main, documents, problems)
    main = Root(manifest.project_name or "", "", folder, main.files)
    imported = imported_roots(folder, tuple(manifest.dependencies))
    nodes: dict[str, tuple[Node, ...]] = settle_constants(documents, main, manifest.constants, problems)
    for root in imported:
        theirs = _documents(_contents(root, problems), cache, problems)
        constants = overridden(manifest_of(root, theirs, problems), manifest, root.name)
        nodes |= settle_constants(theirs, root, constants, problems)
    absent = {name: d for name, d in manifest.dependencies.items() if name not in {r.name for r in imported}}
    for name, dependency in absent.items():
        message = f"project {name} is not here; put it under imported_projects/{name} or beside this folder"
        problems.warning(dependency.origin, message)
    for file, top in nodes.items():
        check_top(file, top, problems)
    dashboards = {file: content for file, content in contents.items() if file.endswith(DASHBOARDS)}
    nodes |= dict.fromkeys(dashboards, ())
    return Sources(
        main=main,
        files=Files((main, *imported)),
        documents=nodes,
        dashboards=dashboards,
        absent=frozenset(absent),
        project_name=manifest.project_name,
    )


def _contents(root: Root, problems: Problems) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for file in root.files:
        try:
            found[root.prefix + file] = (root.folder / file).read_bytes()
        except OSError as e:
            problems.error(Origin(root.prefix + file, 1), f"this file cannot be read: {e.strerror}")
    return found


def _documents(contents: Mapping[str, bytes], cache: NodeCache, problems: Problems) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for file, content in contents.items():
        if file.endswith(DASHBOARDS):
            continue
        document = found[file] = cache.document(file, content)
        for note in document.errors:
            problems.error(Origin(file, note.line), note.message)
        for note in document.warnings:
            problems.warning(Origin(file, note.line), note.message)
    return found
