"""Notice that files have changed, by looking at them; and read a project again when its settings have.

Looking is a `stat` for each, which costs microseconds and works on every file system that a container may
mount, where notifications do not.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mainstem.assemble.logs import RECOVERED
from mainstem.assemble.project import open_project
from mainstem.errors import MainstemError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.events import Source

logger = logging.getLogger("mainstem.config")

_Look = tuple[int, int, int] | None


class FileWatch:
    """Remembers how files looked. It is asked *before* they are read: a change between the two is then
    noticed the next time."""

    def __init__(self) -> None:
        self._seen: dict[Path, _Look] = {}

    def changed(self, files: Iterable[Path]) -> list[Path]:
        """Which of `files` look otherwise than when last asked, or were not asked about then."""
        now = {file: _look_of(file) for file in files}
        seen, self._seen = self._seen, now
        return sorted(file for file, look in now.items() if file not in seen or seen[file] != look)


def _look_of(file: Path) -> _Look:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class LiveProject:
    """A project as its `mainstem.toml` says now; while that does not check, as it last did."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._watch = FileWatch()
        self._sources = project.sources()
        self.problem: str | None = None
        """Why the file as it stands is not followed."""

    @property
    def project(self) -> Project:
        """As last read."""
        return self._project

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of `project`."""
        return self._sources

    def look_again(self) -> bool:
        """Read the file if it has changed since the last look, and the first time in any case, for it may
        have changed since `project` was read. Whether it was read; never raises for what stands in it."""
        if not self._watch.changed([self._project.config.file]):
            return False
        try:
            project = open_project(self._project.config.file)
            sources = project.sources()
        except (MainstemError, OSError) as e:
            self.problem = str(e)
            logger.error("going on with the settings as they were: %s", e)
            return False
        if self.problem is not None:
            logger.info("the settings check again", extra={"fields": {RECOVERED: True}})
        self.problem = None
        self._project, self._sources = project, sources
        return True
