"""Which files an `include` means.

A pattern that begins with `//name/` is read in the imported project `name`, one with `/` from the folder of
its own project, any other from the folder of the file that includes. `*` stays within a folder, `**` crosses
folders; the ending may be left out. A pattern never leaves its project.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mainstem.semantics.files import Root

_ENDINGS = ("", ".lkml", ".lookml")


class Files:
    """All files by the project they belong to; answers what a pattern means in one of them."""

    def __init__(self, roots: Sequence[Root]) -> None:
        self._roots = {root.name: root for root in roots}
        self._main = roots[0]
        self._sets = {root.prefix: frozenset(root.files) for root in roots}
        self._folders = {root.prefix: {file.partition("/")[0] for file in root.files} for root in roots}
        self._imported = sorted((root for root in roots[1:]), key=lambda root: -len(root.prefix))
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def imported(self) -> tuple[str, ...]:
        return tuple(root.name for root in self._imported)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(root.prefix + file for root in self._roots.values() for file in root.files)

    def root_of(self, file: str) -> Root:
        return next((root for root in self._imported if file.startswith(root.prefix)), self._main)

    def project_of(self, pattern: str) -> str | None:
        """The project a pattern names, None for its own."""
        return pattern[2:].partition("/")[0] if pattern.startswith("//") else None

    def included(self, pattern: str, by: str) -> tuple[str, ...]:
        """The files a pattern means in the file `by`, sorted; `by` itself is never among them."""
        root = self.root_of(by)
        name = self.project_of(pattern)
        if name is not None:
            root, whole = self._roots.get(name, root), pattern[2:].partition("/")[2]
            if root.name != name:
                return ()
        elif pattern.startswith("/"):
            root, whole = self._in_root(root, pattern[1:])
        else:
            whole = by[len(root.prefix) :].rpartition("/")[0] + "/" + pattern
        return tuple(file for file in self._matching(root, _normal(whole)) if file != by)

    def _in_root(self, root: Root, path: str) -> tuple[Root, str]:
        """`/name/…` may name the project itself, as generated files do, or an imported one: then this
        project has no such folder."""
        first, _, rest = path.partition("/")
        if not rest or "*" in first or first in self._folders[root.prefix]:
            return root, path
        return self._roots.get(first, root), rest

    def _matching(self, root: Root, pattern: str) -> tuple[str, ...]:
        known = self._found.get((root.prefix, pattern))
        if known is None:
            known = self._found[root.prefix, pattern] = tuple(self._match(root, pattern))
        return known

    def _match(self, root: Root, pattern: str) -> list[str]:
        if "*" not in pattern:
            present = self._sets[root.prefix]
            return [root.prefix + pattern + ending for ending in _ENDINGS if pattern + ending in present]
        regex = _regex(pattern)
        return [root.prefix + file for file in root.files if regex.fullmatch(file)]


def is_glob(pattern: str) -> bool:
    return "*" in pattern


def _normal(path: str) -> str:
    """Without `.` and `..`; one that leaves the project matches nothing, as no file has `..` in it."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile(
        "".join(meaning.get(piece, re.escape(piece)) for piece in pieces) + r"(?:\.lkml|\.lookml)?"
    )
