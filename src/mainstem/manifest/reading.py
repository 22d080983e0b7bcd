"""A manifest from JSON, or every reason why it is none, each with its place."""

from __future__ import annotations

from typing import Any

import msgspec

from mainstem.errors import ManifestError, ManifestProblem
from mainstem.manifest.converting import convert, named
from mainstem.manifest.model import Manifest
from mainstem.manifest.paths import Locate, Path, Problem, error_of, spelled


def read_manifest(content: bytes | str, name: str = "") -> Manifest:
    """Read JSON; `name` is the file's, for messages.

    Raises ManifestError with all that is wrong with its form. Whether it makes sense, `check` tells.
    """
    try:
        plain = msgspec.json.decode(content)
    except msgspec.DecodeError as e:
        raise ManifestError([ManifestProblem(name or "manifest", f"not JSON: {e}")]) from e
    found: list[Problem] = []
    manifest = manifest_of(plain, found)
    if manifest is None:
        raise error_of(found, _in(name))
    return manifest


def manifest_of(plain: Any, found: list[Problem]) -> Manifest | None:
    """The manifest that a JSON value is; None with what is wrong added to `found`."""
    if isinstance(plain, dict) and plain.get("version", 1) != 1:
        version = named(plain["version"])
        found.append(Problem(("version",), f"{version} is not known to this version of Mainstem", "1"))
        return None
    if isinstance(plain, dict) and "version" not in plain:
        found.append(Problem(("version",), "is missing", "1"))
    made = convert(plain, Manifest, (), found)
    return None if found else made


def _in(name: str) -> Locate:
    def locate(path: Path) -> str:
        return f"{name}: {spelled(path)}" if name else spelled(path)

    return locate
