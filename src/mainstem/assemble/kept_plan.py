"""The manifest that a project's runner goes by, kept beside the logs of its runs.

Promise: a runner that starts while what is written does not check goes on with what last did, and pages and
commands can say so. It keeps one manifest, no history: those of runs are in the records.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from mainstem.assemble.runs_folder import make_private
from mainstem.errors import InputError
from mainstem.manifest import dump, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.manifest import Manifest


logger = logging.getLogger("mainstem.runner")


class KeptPlan:
    def __init__(self, runs: Path) -> None:
        """`runs`: the folder of all runs."""
        self._manifest = runs / "manifest.json"
        self._problem = runs / "manifest.problem"

    def keep(self, manifest: Manifest) -> None:
        """As what is written; there is no problem any more."""
        _write(self._manifest, dump(manifest))
        with suppress(OSError):
            self._problem.unlink()

    def last(self) -> Manifest | None:
        """None where none was kept, or by a version whose manifests this one does not read."""
        try:
            return read_manifest(self._manifest.read_bytes())
        except (OSError, InputError):
            return None

    def refuse(self, problem: str) -> None:
        """Say why what is written is not followed."""
        _write(self._problem, problem.encode())

    def problem(self) -> str:
        """Why what is written is not followed; empty while it is."""
        with suppress(OSError):
            return self._problem.read_text(encoding="utf-8", errors="replace")
        return ""


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; a disk that takes nothing keeps no runner from running."""
    new = path.with_name(f"{path.name}.new")
    try:
        make_private(path.parent)
        new.write_bytes(content)
        new.replace(path)
    except OSError as e:
        logger.warning("%s could not be written: %s", path, e)
