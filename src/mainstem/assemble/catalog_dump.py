"""Bring the lake's catalog back from one of upkeep's dumps, after it was damaged.

The lake is then as it was when the dump began: its files are kept for that. Events come again from the log,
models from the next build. No snapshot's number is given twice, so nothing that was published before is
taken for something else. It refuses while anything writes to the lake.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.assemble.backup import client_program, running_postgres
from mainstem.assemble.postgres import open_records, prepare_databases
from mainstem.assemble.project import open_project
from mainstem.assemble.up import only_one
from mainstem.assemble.upkeep import DUMPS_FOLDER
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import UsageError
from mainstem.store.dump import restore_dump
from mainstem.store.publications import Publications
from mainstem.warehouse.ducklake import CatalogCheck, LoaderFence, Snapshots, StructureLock, UpkeepFence

if TYPE_CHECKING:
    from pathlib import Path

    from mainstem.assemble.project import Project
    from mainstem.warehouse.ducklake import LakeLocation

_RETURNABLE = 1000
_SNAPSHOT = sql.SQL(
    "INSERT INTO {lake}.ducklake_snapshot"
    " (snapshot_id, snapshot_time, schema_version, next_catalog_id, next_file_id)"
    " SELECT {number}, now(), schema_version, next_catalog_id, next_file_id FROM {lake}.ducklake_snapshot"
    " ORDER BY snapshot_id DESC LIMIT 1"
)
_CHANGES = sql.SQL(
    "INSERT INTO {lake}.ducklake_snapshot_changes (snapshot_id, changes_made, author, commit_message)"
    " VALUES ({number}, '', 'mainstem', 'catalog brought back from a dump')"
)


@dataclass(frozen=True)
class Restored:
    """What a dump brought back."""

    dump: Path
    snapshot: int
    """The lake's newest in the dump."""
    lost: int
    """Snapshots that came after it, and are no more."""
    published_build: int | None
    """That readers are shown from now on; None where no build that was ever published is in the dump."""


def restore_catalog(folder: Path, dump: Path | None = None) -> Restored:
    """Put the catalog of `dump`, the newest where none is named, in the place of the one that stands.

    Raises UsageError while the project runs or where there is no dump, EnvironmentFailure while another
    loader or upkeep is at work, StoreUnavailable with what `pg_restore` says; nothing has changed then.
    """
    project = open_project(folder)
    chosen = dump or _newest(project)
    if not chosen.is_file():
        raise UsageError(f"there is no dump {chosen}; {project.data_dir / DUMPS_FOLDER} holds upkeep's")
    with only_one(project), running_postgres(project), ExitStack() as stack:
        location = lake_location(project)
        for fence in (LoaderFence(location.catalog), UpkeepFence(location.catalog)):
            stack.callback(fence.close)
            fence.ensure()
        with closing(StructureLock(location.catalog)) as lock, lock:
            snapshots = Snapshots(location.catalog, location.metadata_schema)
            before = snapshots.newest()
            restore_dump(
                location.catalog,
                client_program(project).with_name("pg_restore"),
                chosen,
                in_place_of_what_stands=True,
            )
            newest = snapshots.newest()
            if before > newest:
                _go_on_after(location, before)
            CatalogCheck(location.catalog, location.metadata_schema).check()
        prepare_databases(project)
        return Restored(chosen, newest, max(0, before - newest), _shown(project, snapshots))


def _newest(project: Project) -> Path:
    dumps = sorted((project.data_dir / DUMPS_FOLDER).glob("*.dump"))
    if not dumps:
        raise UsageError(
            f"there are no dumps in {project.data_dir / DUMPS_FOLDER}: `mainstem restore` takes a backup"
        )
    return dumps[-1]


def _go_on_after(location: LakeLocation, newest: int) -> None:
    """Let the next snapshot get a number that none has had."""
    names = {"lake": sql.Identifier(location.metadata_schema), "number": sql.Literal(newest + 1)}
    with psycopg.connect(**location.catalog.libpq()) as connection:
        connection.execute(_SNAPSHOT.format(**names))
        connection.execute(_CHANGES.format(**names))


def _shown(project: Project, snapshots: Snapshots) -> int | None:
    """The build that readers are shown: the one they were, or else the last before it that is still there."""
    with open_records(project, "upkeep") as database:
        publications = Publications(database)
        current = publications.current()
        if current is None:
            return None
        if snapshots.exists(current.snapshot):
            return current.build_id
        for build in publications.published_builds(_RETURNABLE):
            if build.snapshot is not None and snapshots.exists(build.snapshot):
                publications.publish(build.id, datetime.now(UTC), "upkeep", "rollback", hold=False)
                return build.id
    return None
