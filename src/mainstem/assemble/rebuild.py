"""`mainstem rebuild`: the project's event tables, made anew from its log and archive."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mainstem.assemble.erased import LedgerWatch
from mainstem.assemble.log import project_log
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import LogUnavailable, UsageError
from mainstem.load.erased import WithoutErased
from mainstem.load.rebuild import Rebuilder
from mainstem.load.settings import LoadSettings
from mainstem.warehouse.ducklake.rewriting import RewritingLake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.load.rebuild import RebuildReport, Scope


def rebuild_project(
    folder: Path, scope: Scope, tell: Callable[[int, int], None], *, dry_run: bool, lose_rows: bool
) -> RebuildReport:
    """Make the tables in `scope` anew; raises as `Rebuilder.run`, and UsageError for an unknown source or
    while another rebuild is at work, LogUnavailable when a gateway does not answer."""
    project = open_project(folder)
    _check_sources(project, scope)
    log = project_log(project, "events")
    with only_one_rebuild(project):
        lake = RewritingLake(lake_location(project))
        try:
            log.partitions()
            if log.unreached:
                raise LogUnavailable(f"not every event can be read: {'; '.join(log.unreached)}")
            settings = project.config.section("load", LoadSettings)
            kept = WithoutErased(log, LedgerWatch(project).judge)
            rebuilder = Rebuilder(kept, lake, project.sources(), settings, scope, tell=tell)
            return rebuilder.run(dry_run=dry_run, lose_rows=lose_rows)
        finally:
            lake.close()
            log.close()


def _check_sources(project: Project, scope: Scope) -> None:
    known = {source.id for source in project.sources()}
    for source_id in sorted((scope.source_ids or frozenset()) - known):
        there = ", ".join(sorted(known)) or "none"
        raise UsageError(f"there is no source {source_id!r} in {project.config.file} (there are: {there})")


@contextmanager
def only_one_rebuild(project: Project) -> Iterator[None]:
    """Two would sweep each other's tables away. Raises UsageError while another is at work."""
    project.data_dir.mkdir(parents=True, exist_ok=True)
    with (project.data_dir / "rebuild.lock").open("a", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise UsageError("another rebuild of this project is at work; wait for it") from e
        yield
