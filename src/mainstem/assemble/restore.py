"""`mainstem restore`: a backup, brought back into an empty place.

A restore that was killed, or failed, goes on when it is called again: what it has written is marked as its
own until its last file stands. Anything else that stands anywhere is refused, and nothing is written then.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from mainstem.assemble.backup import client_program, lake_storage, running_postgres, storage_at
from mainstem.assemble.postgres import is_embedded, prepare_databases, server_address
from mainstem.assemble.project import open_project
from mainstem.assemble.warehouse import lake_location
from mainstem.config.reader import FILE_NAME
from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.log import log_folder
from mainstem.log.archive import FolderStorage
from mainstem.operate.backup import (
    Unfinished,
    UnfinishedMark,
    copy_log,
    copy_out,
    has_tables,
    read_manifest,
)
from mainstem.store import ensure_database
from mainstem.store.dump import restore_dump
from mainstem.warehouse.ducklake import CatalogCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mainstem.assemble.project import Project
    from mainstem.config import PostgresAddress
    from mainstem.log.archive import Storage
    from mainstem.operate.backup import Kept, Manifest


def restore_backup(place: str, folder: Path, backup_id: str | None, tell: Callable[[int], None]) -> Manifest:
    """Bring a backup back into `folder`, which holds nothing; nor do its data folder, databases and lake.
    Settings may be overridden by the environment, to lead to another server, bucket or data folder. One that
    was broken off goes on; `tell` is given the bytes copied so far.

    Raises UsageError, with nothing written, where something stands; EnvironmentFailure for a backup that is
    not whole, or when Postgres does not answer.
    """
    storage = storage_at(place)
    manifest = read_manifest(storage, backup_id)
    with tempfile.TemporaryDirectory(prefix="mainstem-restore-") as scratch:
        project = _settings_of(storage, manifest, Path(scratch), folder)
        _Restore(storage, manifest, project, folder, Path(scratch), tell).run()
    return manifest


class _Restore:
    """One backup on its way to one place."""

    def __init__(
        self,
        storage: Storage,
        manifest: Manifest,
        project: Project,
        folder: Path,
        scratch: Path,
        tell: Callable[[int], None],
    ) -> None:
        self._storage, self._manifest, self._project = storage, manifest, project
        self._folder, self._scratch, self._tell = folder, scratch, tell
        self._lake = lake_storage(project)
        self._mark = UnfinishedMark(project.data_dir)
        self._copied = 0

    def run(self) -> None:
        before = self._begun()
        with running_postgres(self._project):
            addresses = self._databases(before)
            self._copy_files()
            self._restore_databases(addresses)
        self._copy_project()

    def _begun(self) -> Unfinished:
        """The mark, made where nothing stands anywhere."""
        found = self._mark.read()
        if found is None:
            self._check_empty()
            found = Unfinished(self._manifest.id)
            if not is_embedded(self._project):  # a server of our own is made behind the mark, not before
                self._databases(found)
                found = Unfinished(self._manifest.id, has_found_nothing=True)
            self._mark.write(found)
        elif found.backup != self._manifest.id:
            raise UsageError(
                f"a restore of backup {found.backup} to this place was broken off: go on with --at "
                f"{found.backup}, or remove what it has written, {self._project.data_dir} first"
            )
        elif (self._folder / FILE_NAME).exists():
            self._mark.remove()
            raise UsageError(f"backup {found.backup} stands in {self._folder} already")
        return found

    def _check_empty(self) -> None:
        if self._folder.is_file() or not self._mark.is_all(self._folder):
            raise UsageError(f"{self._folder} is not empty: name a new folder, or one that is")
        data_dir = self._project.data_dir
        if not self._mark.is_all(data_dir):
            raise UsageError(
                f"the data folder {data_dir} is not empty: move it, or set MAINSTEM_PROJECT_DATA_DIR to "
                "another"
            )
        if self._lake.list(""):
            raise UsageError(
                f"the lake's data path {self._lake} holds files: set MAINSTEM_WAREHOUSE_DATA_PATH to an "
                "empty place"
            )

    def _databases(self, before: Unfinished) -> Mapping[str, PostgresAddress]:
        """Each, made where it is missing. Raises UsageError for tables that are not the restore's."""
        addresses = {}
        for name in self._manifest.databases:
            try:
                addresses[name] = ensure_database(server_address(self._project), name)
                if not before.has_found_nothing and has_tables(addresses[name]):
                    raise UsageError(
                        f"the database {name} at {addresses[name].host} holds tables: restore to another "
                        "server, by postgres.url or MAINSTEM_POSTGRES_URL"
                    )
            except psycopg.OperationalError as e:
                raise EnvironmentFailure(f"Postgres does not answer: {e}") from e
        if not before.has_found_nothing and is_embedded(self._project):
            self._mark.write(Unfinished(self._manifest.id, has_found_nothing=True))
        return addresses

    def _copy_files(self) -> None:
        manifest, data_dir = self._manifest, self._project.data_dir
        copy_out(self._storage, manifest.lake, self._lake, self._count)
        logs = log_folder(data_dir)
        with suppress(FileNotFoundError):
            shutil.rmtree(logs)
        copy_log(self._storage, manifest, FolderStorage(logs), logs)
        copy_out(self._storage, manifest.data, FolderStorage(data_dir), self._count)
        _set_modes(data_dir, manifest.data)

    def _restore_databases(self, addresses: Mapping[str, PostgresAddress]) -> None:
        """A dump is restored whole or not at all, so one that has tables was."""
        dumps = FolderStorage(self._scratch / "dumps")
        copy_out(self._storage, self._manifest.databases.values(), dumps)
        pg_restore = client_program(self._project).with_name("pg_restore")
        for name, dump in self._manifest.databases.items():
            if not has_tables(addresses[name]):
                restore_dump(addresses[name], pg_restore, dumps.folder / dump.place)
        prepare_databases(self._project)
        location, schema = lake_location(self._project), self._manifest.metadata_schema
        _lead_to(location.catalog, schema, location.data_path)
        CatalogCheck(location.catalog, schema).check()

    def _copy_project(self) -> None:
        """The settings last: with them the project is whole, and the mark has served."""
        files = sorted(self._manifest.project, key=lambda file: file.place == FILE_NAME)
        copy_out(self._storage, files, FolderStorage(self._folder), self._count)
        _set_modes(self._folder, self._manifest.project)
        self._mark.remove()

    def _count(self, size: int) -> None:
        self._copied += size
        self._tell(self._copied)


def _settings_of(storage: Storage, manifest: Manifest, scratch: Path, folder: Path) -> Project:
    """The project as it will be, read from its settings before any of it stands."""
    written = [file for file in manifest.project if file.place == FILE_NAME]
    if not written:
        raise EnvironmentFailure(f"backup {manifest.id} holds no {FILE_NAME}")
    copy_out(storage, written, FolderStorage(scratch))
    project = open_project(scratch)
    config = project.config
    here = type(config)(folder.absolute() / FILE_NAME, config.values, config.environment, "")
    return type(project)(here, project.settings)


def _lead_to(catalog: PostgresAddress, metadata_schema: str, data_path: str) -> None:
    """Tell the catalog where its files are now; all of them stand below it by relative names."""
    statement = sql.SQL("UPDATE {}.ducklake_metadata SET value = %s WHERE key = 'data_path'")
    with psycopg.connect(**catalog.libpq()) as connection:
        connection.execute(statement.format(sql.Identifier(metadata_schema)), (data_path,))


def _set_modes(folder: Path, files: tuple[Kept, ...]) -> None:
    for file in files:
        (folder / file.place).chmod(file.mode)
