"""What a backup holds: every file with its checksum. It is written last: a backup with a manifest is whole.

`backups/<time>/manifest.json` and what is that backup's alone stand in one folder; `lake/` and `log/` hold
what backups share, under names that are never given to other contents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure, UsageError

if TYPE_CHECKING:
    from mainstem.log.archive import Storage

FORMAT = 1
FOLDER = "backups"
_NAME = "manifest.json"


class Kept(msgspec.Struct, frozen=True):
    """One file."""

    name: str
    """In the backup's storage."""
    place: str
    """Where it belongs: below the lake's data path, the log's folder, the project, the data folder."""
    size: int
    crc: int
    mode: int = 0o644


class KeptPartition(msgspec.Struct, frozen=True):
    """A partition of the log; its segments are among the files."""

    stream: str
    partition: str
    durable: int
    consumed: int | None
    archived: int | None


class Manifest(msgspec.Struct, frozen=True):
    """One backup."""

    id: str
    format: int
    version: str
    """Of Mainstem, which made it."""
    made_at: str
    snapshot: int
    """The lake's newest."""
    metadata_schema: str
    databases: dict[str, Kept]
    """The dump of each database, by its name."""
    lake: tuple[Kept, ...]
    log: tuple[Kept, ...]
    partitions: tuple[KeptPartition, ...]
    project: tuple[Kept, ...]
    data: tuple[Kept, ...]
    left_out: tuple[str, ...]
    """Files that hold secrets, and were not asked for."""

    @property
    def files(self) -> tuple[Kept, ...]:
        return (*self.databases.values(), *self.lake, *self.log, *self.project, *self.data)


def backups(storage: Storage) -> list[str]:
    """Ids of the whole ones, oldest first."""
    names = [stored.name.split("/") for stored in storage.list(FOLDER)]
    return sorted(parts[1] for parts in names if len(parts) == 3 and parts[2] == _NAME)


def read_manifest(storage: Storage, backup_id: str | None = None) -> Manifest:
    """Of a backup, the newest where none is named. Raises UsageError where there is none such."""
    known = backups(storage)
    if not known:
        raise UsageError(f"there is no backup in {storage}")
    if backup_id is not None and backup_id not in known:
        raise UsageError(f"there is no backup {backup_id} in {storage}; there are: {', '.join(known)}")
    chosen = backup_id or known[-1]
    name = f"{FOLDER}/{chosen}/{_NAME}"
    try:
        found = msgspec.json.decode(b"".join(storage.pieces(name)), type=Manifest)
    except msgspec.DecodeError as e:
        raise EnvironmentFailure(f"{storage}/{name} cannot be read: {e}") from e
    if found.format != FORMAT:
        raise EnvironmentFailure(
            f"backup {chosen} has format {found.format}, made by Mainstem {found.version};"
            f" this one reads format {FORMAT}"
        )
    return found


def write_manifest(storage: Storage, manifest: Manifest) -> None:
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    storage.write(f"{FOLDER}/{manifest.id}/{_NAME}", [content])
