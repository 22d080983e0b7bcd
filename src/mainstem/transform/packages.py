"""Know when a dbt project's packages must be installed again.

Installing is `dbt deps`; a local package becomes a link, so its later changes need no new install.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LISTS = ("packages.yml", "dependencies.yml", "package-lock.yml")


class Packages:
    """The packages of one dbt project; `stamp` is a file that remembers what was installed last."""

    def __init__(self, project: Path, installed: tuple[Path, ...], stamp: Path) -> None:
        self._project = project
        self._installed = installed
        self._stamp = stamp

    def due(self) -> bool:
        """Whether the lists changed since the last install, or what was installed is gone."""
        if not any((self._project / name).exists() for name in _LISTS[:2]):
            return False
        if not any(folder.is_dir() for folder in self._installed):
            return True
        return not self._stamp.exists() or self._stamp.read_text(encoding="ascii") != self._digest()

    def remember(self) -> None:
        """The install succeeded. dbt may have written its lock file meanwhile, so that counts too."""
        self._stamp.parent.mkdir(parents=True, exist_ok=True)
        self._stamp.write_text(self._digest(), encoding="ascii")

    def _digest(self) -> str:
        content = hashlib.sha256()
        for name in _LISTS:
            file = self._project / name
            content.update(name.encode() + b"\0" + (file.read_bytes() if file.exists() else b"") + b"\0")
        return content.hexdigest()
