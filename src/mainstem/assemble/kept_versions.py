"""Copies of what numbers are made by: dbt's artifacts at the end of each build, LookML of each reading.

No build fails because a copy could not be kept: that is told in the log, and later questions say what is
missing.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from mainstem.artifacts import Lineage, Outcomes, newest_words, read_lineage, read_outcomes
from mainstem.config import redact
from mainstem.errors import MainstemError, TransientError
from mainstem.semantics import Project, read_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mainstem.store.versions import Versions
    from mainstem.transform.builds import Records
    from mainstem.transform.messages import Finished

logger = logging.getLogger("mainstem.versions")


class KeptBuilds:
    """Records of dbt builds, with a copy of what each was made by and what came of it."""

    def __init__(self, inner: Records, target: Path, projects: Sequence[Path], versions: Versions) -> None:
        """`target` is where dbt writes; `projects` are the folders of the project and its packages, whose
        variables models read, the project's own the last."""
        self._inner = inner
        self._target = target
        self._projects = projects
        self._versions = versions
        self._began = datetime.now(UTC)

    def begin(self, command: Sequence[str], asked_by: str, run: str = "") -> int | None:
        self._began = datetime.now(UTC)
        return self._inner.begin(command, asked_by, run)

    def finish(self, build_id: int, outcome: Finished) -> Finished:
        # Before the publication, so that what is published is known with it.
        try:
            self._keep(build_id)
        except (OSError, MainstemError, msgspec.MsgspecError) as e:
            logger.warning("what build %s was made by is not kept: %s", build_id, e)
        return self._inner.finish(build_id, outcome)

    def _keep(self, build_id: int) -> None:
        lineage = read_lineage((self._target / "manifest.json").read_bytes(), variables_of(self._projects))
        results = self._target / "run_results.json"
        outcomes = read_outcomes(results.read_bytes(), self._began) if results.is_file() else Outcomes()
        if not outcomes.nodes:
            return
        told = {
            uid: msgspec.structs.replace(one, message=redact(one.message))
            for uid, one in outcomes.nodes.items()
        }
        self._versions.keep_build(build_id, lineage.encode(), Outcomes(nodes=told).encode())


def variables_of(projects: Iterable[Path]) -> dict[str, object]:
    """Variables that `dbt_project.yml` of these folders give, by name; the last that gives one wins."""
    found: dict[str, object] = {}
    for folder in projects:
        file = folder / "dbt_project.yml"
        if file.is_file():
            read = yaml.safe_load(file.read_text(encoding="utf-8"))
            found |= _flat(read.get("vars") if isinstance(read, dict) else None)
    return found


def _flat(given: Any) -> dict[str, object]:
    """A package's variables stand under its name."""
    found: dict[str, object] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        found[str(name)] = value
        if isinstance(value, dict):
            found |= {str(inner): one for inner, one in value.items()}
    return found


class KeptArtifacts:
    """What builds left, decoded once a digest. Safe to use from several threads."""

    def __init__(self, versions: Versions, most: int = 8) -> None:
        self._versions = versions
        self._most = most
        self._lineages: dict[str, Lineage] = {}
        self._guard = threading.Lock()

    def of_build(self, build_id: int) -> tuple[Lineage, Outcomes] | None:
        """Of a build, with what earlier builds of its run said; None where nothing was kept."""
        kept = self._versions.artifacts(build_id)
        if not kept:
            return None
        words = [(one.build_id, Outcomes.decode(self._versions.text(one.outcomes))) for one in kept]
        return self.lineage(kept[-1].lineage), newest_words(words)

    def first_of(self, build_id: int) -> int:
        """The first build of its run of which something is kept; 0 where nothing is."""
        return min((one.build_id for one in self._versions.artifacts(build_id)), default=0)

    def lineage(self, digest: str) -> Lineage:
        with self._guard:
            found = self._lineages.get(digest)
        if found is None:
            found = Lineage.decode(self._versions.text(digest))
            with self._guard:
                self._lineages[digest] = found
                while len(self._lineages) > self._most:
                    self._lineages.pop(next(iter(self._lineages)))
        return found


class KeptLookml:
    """LookML as it was read, kept when it changed, and read again as it stood at a moment."""

    def __init__(self, folder: Path, versions: Versions) -> None:
        self._folder = folder.absolute()
        self._versions = versions
        self._read: dict[int, Project] = {}
        self._guard = threading.Lock()

    def keep(self, files: Iterable[Path], at: datetime | None = None) -> None:
        """Write down how they stand; a copy that cannot be kept is told in the log."""
        beside = self._folder.parent
        try:
            contents = {
                os.path.relpath(file, beside): file.read_bytes() for file in sorted(files) if file.is_file()
            }
            if contents and self._versions.keep_lookml(contents, at or datetime.now(UTC)):
                logger.info("LookML is kept as it stands now: %d files", len(contents))
        except (OSError, TransientError) as e:
            logger.warning("LookML as it stands now is not kept: %s", e)

    def at(self, moment: datetime) -> Project | None:
        """As it stood then; None where that is not known."""
        version = self._versions.lookml_at(moment)
        if version is None:
            return None
        with self._guard:
            found = self._read.get(version.id)
        if found is None:
            found = self._project(version.files)
            with self._guard:
                self._read[version.id] = found
                while len(self._read) > 4:
                    self._read.pop(next(iter(self._read)))
        return found

    def _project(self, files: Mapping[str, str]) -> Project:
        with tempfile.TemporaryDirectory(prefix="mainstem-lookml-") as scratch:
            for path, digest in files.items():
                file = Path(scratch) / path
                if not file.resolve().is_relative_to(Path(scratch).resolve()):
                    continue  # kept from beside the folder's own parent: no project of ours reads it
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(self._versions.text(digest))
            return read_project(Path(scratch) / self._folder.name).project
