"""The files of a LookML project, and which of them an `include` means.

A pattern that begins with `/` is read from the project's folder, any other from the folder of the file
that includes. `*` stays within a folder, `**` crosses folders; the ending `.lkml` or `.lookml` may be left
out. A project needs no manifest. Nothing outside the project's folder is ever read.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

LKML = ".lkml"
MODEL = ".model.lkml"
DASHBOARDS = (".dashboard.lookml", ".dashboard.lkml")
_ENDINGS = ("", ".lkml", ".lookml")


def project_files(folder: Path) -> tuple[str, ...]:
    """Every LookML file under a folder, relative to it, with `/`, sorted. Folders with a dot are skipped.

    Raises UsageError when the folder is none or holds no LookML.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the folder that holds the *.model.lkml files")
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in (".lkml", ".lookml") and path.is_file() and not _is_hidden(path.relative_to(folder))
    )
    if not found:
        raise UsageError(
            f"{folder}: no LookML in this folder (*.model.lkml, *.view.lkml, *.dashboard.lookml)"
        )
    return tuple(found)


def included(pattern: str, by: str, files: Iterable[str]) -> tuple[str, ...]:
    """The files a pattern means in the file `by`, which itself is never among them."""
    whole = pattern[1:] if pattern.startswith("/") else (PurePosixPath(by).parent / pattern).as_posix()
    wanted = [_regex(_normal(whole) + ending) for ending in _ENDINGS]
    return tuple(file for file in files if file != by and any(regex.fullmatch(file) for regex in wanted))


def is_glob(pattern: str) -> bool:
    return "*" in pattern


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _normal(path: str) -> str:
    """Without `.` and `..`; one that leaves the project matches nothing, as no file has `..` in it."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _regex(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*/|\*\*|\*)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(meaning.get(piece, re.escape(piece)) for piece in pieces))
