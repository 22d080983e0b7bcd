"""Write one backup: what is there already is not copied again, and the manifest comes last.

The order is what makes it consistent: the product's records name snapshots of the lake, the lake's offsets
name addresses of the log; each is copied before what it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from isal.isal_zlib import crc32

from mainstem.errors import EnvironmentFailure
from mainstem.log.archive.storage import PIECE_BYTES, checksum_of
from mainstem.log.reader import parts_of
from mainstem.operate.backup.manifest import (
    FOLDER,
    FORMAT,
    Kept,
    KeptPartition,
    Manifest,
    backups,
    read_manifest,
    write_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from mainstem.log.archive import Storage
    from mainstem.log.reader import FileLogReader, Part
    from mainstem.operate.backup.lake_files import LakeFile


class BackupReport(msgspec.Struct, frozen=True):
    """What one backup came to."""

    id: str
    files: int
    bytes: int
    """All that it needs."""
    copied_files: int
    copied_bytes: int
    """What was not there yet."""
    snapshot: int
    left_out: tuple[str, ...]


class BackupWriter:
    """One backup in the making. Every method raises EnvironmentFailure when a side cannot be used."""

    def __init__(
        self, storage: Storage, backup_id: str, tell: Callable[[int], None] = lambda _: None
    ) -> None:
        """`tell` is called with the bytes that were copied so far."""
        self._storage = storage
        self._id = backup_id
        self._tell = tell
        self._copied_files = self._copied_bytes = 0
        self._known = self._of_before()

    def file(self, path: Path, part: str, place: str) -> Kept:
        """A file of this backup's own, in its folder `part`."""
        return self._copy(
            f"{FOLDER}/{self._id}/{part}/{place}".replace("//", "/"),
            place,
            _pieces_of(path),
            path.stat().st_mode & 0o777,
        )

    def lake(self, files: Iterable[LakeFile], source: Storage) -> tuple[Kept, ...]:
        """The lake's files, each under its own name: no other is ever written under that."""
        kept = []
        for file in files:
            name = f"lake/{file.path}"
            known = self._known.get(name)
            if known is None or known.size != file.size or self._storage.size(name) != file.size:
                try:
                    known = self._copy(name, file.path, source.pieces(file.path))
                except FileNotFoundError as e:
                    raise EnvironmentFailure(
                        f"the lake's catalog names {source}/{file.path}, which is gone"
                    ) from e
            kept.append(known)
        return tuple(kept)

    def log(self, reader: FileLogReader, stream: str) -> tuple[list[KeptPartition], list[Kept]]:
        """A stream as far as it is durable now."""
        partitions: list[KeptPartition] = []
        kept: list[Kept] = []
        for name in reader.partitions():
            state = reader.state(name)
            marks = reader.consumed(name), reader.archived(name)
            partitions.append(KeptPartition(stream, name, state.mark, *marks))
            parts = parts_of(state.segments, state.mark)
            for part in parts:
                try:
                    kept.append(self._segment(part, f"{stream}/{name}", part is not parts[-1]))
                except FileNotFoundError:  # the oldest may be deleted meanwhile: they are loaded
                    if part is parts[-1]:
                        raise
        return partitions, kept

    def finish(
        self,
        *,
        version: str,
        made_at: str,
        snapshot: int,
        metadata_schema: str,
        databases: Mapping[str, Kept],
        lake: tuple[Kept, ...],
        log: Iterable[tuple[list[KeptPartition], list[Kept]]],
        project: tuple[Kept, ...],
        data: tuple[Kept, ...],
        left_out: tuple[str, ...],
    ) -> BackupReport:
        """Write the manifest: from now on there is a backup."""
        streams = list(log)
        manifest = Manifest(
            id=self._id,
            format=FORMAT,
            version=version,
            made_at=made_at,
            snapshot=snapshot,
            metadata_schema=metadata_schema,
            databases=dict(databases),
            lake=lake,
            log=tuple(file for _, files in streams for file in files),
            partitions=tuple(one for partitions, _ in streams for one in partitions),
            project=project,
            data=data,
            left_out=left_out,
        )
        write_manifest(self._storage, manifest)
        return BackupReport(
            self._id,
            len(manifest.files),
            sum(file.size for file in manifest.files),
            self._copied_files,
            self._copied_bytes,
            snapshot,
            left_out,
        )

    def _segment(self, part: Part, folder: str, is_closed: bool) -> Kept:
        """A closed one stands under its base and checksum, for all backups: erasure may rewrite it."""
        size = part.end - part.segment.base
        place = f"{folder}/{part.segment.base:020d}.segment"
        if not is_closed:
            return self._copy(f"{FOLDER}/{self._id}/log/{place}", place, _pieces_of(part.segment.path, size))
        crc, _ = checksum_of(_pieces_of(part.segment.path, size))
        name = f"log/{folder}/{part.segment.base:020d}.{crc:08x}.segment"
        if self._storage.size(name) == size:
            return Kept(name, place, size, crc, 0o640)
        return self._copy(name, place, _pieces_of(part.segment.path, size), 0o640)

    def _copy(self, name: str, place: str, pieces: Iterable[bytes], mode: int = 0o644) -> Kept:
        counted = Counted(pieces)
        self._storage.write(name, counted)
        self._copied_files += 1
        self._copied_bytes += counted.size
        self._tell(self._copied_bytes)
        return Kept(name, place, counted.size, counted.crc, mode)

    def _of_before(self) -> dict[str, Kept]:
        """The lake's files that the newest backup names, with their checksums."""
        if not backups(self._storage):
            return {}
        return {file.name: file for file in read_manifest(self._storage).lake}


class Counted:
    """Pieces of a file, and their size and checksum once they have been gone through."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.size = 0
        self.crc = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.crc = crc32(piece, self.crc)
            self.size += len(piece)
            yield piece


def _pieces_of(path: Path, size: int | None = None) -> Iterator[bytes]:
    """The file, or its first `size` bytes."""
    left = size
    with path.open("rb") as file:
        while left is None or left > 0:
            piece = file.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece
