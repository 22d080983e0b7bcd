"""`mainstem backup`: what a project keeps, copied while it runs. `assemble.restore` brings it back."""

from __future__ import annotations

import fnmatch
import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mainstem import __version__
from mainstem.assemble.logs import logs_folder
from mainstem.assemble.postgres import (
    embedded_server,
    end_left_over,
    postgres_child,
    server_address,
)
from mainstem.assemble.project import open_project
from mainstem.assemble.settings import SETTINGS
from mainstem.assemble.warehouse import lake_location
from mainstem.errors import ConfigError, EnvironmentFailure, UsageError
from mainstem.events import format_time
from mainstem.log import STREAMS, open_reader
from mainstem.log.archive import BucketAccess, FolderStorage, open_storage
from mainstem.operate.backup import (
    BackupWriter,
    backups,
    check_backup,
    held_lake,
    read_manifest,
)
from mainstem.store import CATALOG, CRM, MAINSTEM, PostgresSettings, ensure_database
from mainstem.store.dump import dump_schema, find_pg_dump
from mainstem.supervise import Supervisor
from mainstem.warehouse.ducklake import WarehouseSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mainstem.assemble.project import Project
    from mainstem.config import PostgresAddress
    from mainstem.log.archive import Storage
    from mainstem.operate.backup import BackupReport, Kept, Manifest

_DATA = ("privacy", "backfill")
"""Folders of the data folder that are neither log, lake, database nor made again by themselves."""
_SECRET_FILES = ("*.key", "*.pem", ".env", ".env.*")
_NOT_KEPT = (".git", ".venv", "venv", "node_modules", "__pycache__", "target", "dbt_packages", "logs")
_ID = "%Y%m%dT%H%M%S%f"
"""To the millisecond, of which one backup is made at most."""


def make_backup(
    folder: Path, place: str, tell: Callable[[int], None], *, with_secrets: bool = False
) -> BackupReport:
    """Back the project in `folder` up to `place`, a folder or bucket that may hold earlier backups.

    Raises UsageError where settings hold a secret and secrets are not asked for, EnvironmentFailure when
    Postgres, the lake or the place cannot be used.
    """
    project = open_project(folder)
    if not with_secrets:
        _check_no_secret_is_written(project)
    storage = storage_at(place)
    _check_apart(project, storage)
    pg_dump = client_program(project)
    location = lake_location(project)
    backup_id = datetime.now(UTC).strftime(_ID)[:-3] + "Z"
    if backup_id in backups(storage):
        raise UsageError(f"a backup of this moment ({backup_id}) is there already; call it again")
    writer = BackupWriter(storage, backup_id, tell)
    with tempfile.TemporaryDirectory(prefix="mainstem-backup-") as scratch:
        databases: dict[str, Kept] = {}
        for name in (CRM, MAINSTEM):
            address = ensure_database(server_address(project), name)
            databases[name] = _dumped(writer, address, name, pg_dump, Path(scratch), None)
        with held_lake(location.catalog, location.metadata_schema) as lake:
            databases[CATALOG] = _dumped(
                writer, location.catalog, CATALOG, pg_dump, Path(scratch), lake.exported
            )
            files = writer.lake(lake.files, lake_storage(project))
    streams = [writer.log(open_reader(project.data_dir, stream), stream) for stream in STREAMS]
    project_files, left_out = _project_files(project, with_secrets)
    data_files, more_left_out = _data_files(project, with_secrets)
    return writer.finish(
        version=__version__,
        made_at=format_time(datetime.now(UTC)),
        snapshot=lake.newest,
        metadata_schema=location.metadata_schema,
        databases=databases,
        lake=files,
        log=streams,
        project=tuple(writer.file(project.folder / name, "project", name) for name in project_files),
        data=tuple(writer.file(project.data_dir / name, "data", name) for name in data_files),
        left_out=(*left_out, *more_left_out),
    )


def list_backups(place: str) -> list[Manifest]:
    """Oldest first."""
    storage = storage_at(place)
    return [read_manifest(storage, one) for one in backups(storage)]


def check_backups(
    place: str, backup_id: str | None, tell: Callable[[int, int], None]
) -> tuple[Manifest, list[str]]:
    """The backup, the newest where none is named, and what is wrong with it."""
    storage = storage_at(place)
    manifest = read_manifest(storage, backup_id)
    return manifest, check_backup(storage, manifest, tell)


def lake_storage(project: Project) -> Storage:
    """The lake's files, a folder or a bucket by the settings of the warehouse."""
    settings = project.config.section("warehouse", WarehouseSettings)
    access = BucketAccess(
        settings.s3_region,
        settings.s3_endpoint,
        settings.s3_key_id,
        settings.s3_secret,
        is_path_style=(settings.s3_url_style or ("path" if settings.s3_endpoint else "vhost")) == "path",
    )
    return open_storage(settings.data_path or str(project.data_dir / "lake"), project.folder, access)


@contextmanager
def running_postgres(project: Project) -> Iterator[None]:
    """The project's embedded server while the block runs; a server that settings name runs anyway. One that
    a process left behind that was killed is ended first."""
    server = embedded_server(project)
    if server is None:
        yield
        return
    end_left_over(server)
    with Supervisor(logs_folder(project)) as supervisor:
        supervisor.start(postgres_child(server))
        yield


def _dumped(
    writer: BackupWriter,
    address: PostgresAddress,
    name: str,
    program: Path,
    scratch: Path,
    snapshot: str | None,
) -> Kept:
    target = scratch / f"{name}.dump"
    dump_schema(address, None, program, target, snapshot=snapshot)
    try:
        return writer.file(target, "", target.name)
    finally:
        target.unlink()


def client_program(project: Project) -> Path:
    """`pg_dump`, beside which `pg_restore` lies. Raises EnvironmentFailure where there is none."""
    server = embedded_server(project)
    if server is not None:
        program = find_pg_dump(server.programs.folder)
    else:
        written = project.config.section("postgres", PostgresSettings).programs
        program = find_pg_dump(Path(written) if written else None)
    if program is None:
        raise EnvironmentFailure(
            "there is no pg_dump: install Postgres's client programs, or set postgres.programs"
        )
    return program


def storage_at(place: str) -> Storage:
    return open_storage(place, Path.cwd())


def _check_apart(project: Project, storage: Storage) -> None:
    if isinstance(storage, FolderStorage) and storage.folder.resolve().is_relative_to(
        project.data_dir.resolve()
    ):
        raise UsageError(
            f"{storage} is in the data folder {project.data_dir}: name a place that does not go with it"
        )


def _project_files(project: Project, with_secrets: bool) -> tuple[list[str], list[str]]:
    """Files of the project's folder to keep, and those that are left out for what they hold."""
    named = _files_of_secrets(project)
    found: list[str] = []
    left_out: list[str] = []
    for name in _below(project.folder, project.data_dir):
        is_secret = name in named or any(fnmatch.fnmatch(Path(name).name, one) for one in _SECRET_FILES)
        (left_out if is_secret and not with_secrets else found).append(name)
    return found, left_out


def _data_files(project: Project, with_secrets: bool) -> tuple[list[str], list[str]]:
    found: list[str] = []
    left_out: list[str] = []
    for part in _DATA:
        for name in _below(project.data_dir / part, None):
            is_secret = any(fnmatch.fnmatch(name, one) for one in _SECRET_FILES)
            (left_out if is_secret and not with_secrets else found).append(f"{part}/{name}")
    return found, left_out


def _below(folder: Path, without: Path | None) -> list[str]:
    found = []
    for root, folders, files in os.walk(folder):
        here = Path(root)
        folders[:] = sorted(
            name for name in folders if name not in _NOT_KEPT and (here / name).resolve() != without
        )
        found += [(here / name).relative_to(folder).as_posix() for name in sorted(files)]
    return [name for name in found if (folder / name).is_file() and not name.endswith(".unfinished")]


def _files_of_secrets(project: Project) -> set[str]:
    """Files that settings read secrets from, as names below the project's folder."""
    found = set()
    for _, _, written in _written_secrets(project):
        scheme, _, rest = written.partition(":")
        path = (project.folder / Path(rest).expanduser()).resolve() if scheme == "file" else None
        if path is not None and path.is_relative_to(project.folder.resolve()):
            found.add(path.relative_to(project.folder.resolve()).as_posix())
    return found


def _check_no_secret_is_written(project: Project) -> None:
    for section, key, written in _written_secrets(project):
        if written.partition(":")[0] not in ("env", "file"):
            raise ConfigError(
                project.config.place(section, key),
                f"{section}.{key} is a secret, written out, and would be in the backup",
                '"env:NAME" or "file:PATH" there; or --with-secrets',
            )


def _written_secrets(project: Project) -> Iterator[tuple[str, str, str]]:
    """Section, key and text of every secret in the settings."""
    for section, kind in SETTINGS.items():
        values = project.config.values.get(section)
        for field in msgspec.structs.fields(kind):
            written = values.get(field.encode_name) if isinstance(values, dict) else None
            if "Secret" not in str(field.type):
                continue
            texts = written.values() if isinstance(written, dict) else [written]
            yield from ((section, field.encode_name, text) for text in texts if isinstance(text, str))
