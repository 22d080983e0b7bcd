"""Files by name, in a folder or a bucket: the few operations that an archive and a backup need.

Promise: a name stands for a whole file or for none, whatever is killed while it is written, and what was
written is durable when `write` returns. It renames nothing and knows nothing of what the files hold.
"""

from __future__ import annotations

import os
import secrets
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from isal.isal_zlib import crc32

from mainstem.errors import EnvironmentFailure, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.config import Secret

PIECE_BYTES = 4 * 1024 * 1024
"""What is read at once of a file that is copied."""
_UNFINISHED = ".part"


class Stored(NamedTuple):
    name: str
    """Parts with `/` between them, from the storage's own top."""
    size: int


class Storage(ABC):
    """Every method raises EnvironmentFailure when the folder or bucket cannot be used."""

    @abstractmethod
    def __str__(self) -> str:
        """How a person names the place. Never a secret."""

    @abstractmethod
    def list(self, prefix: str) -> list[Stored]:
        """Every file below `prefix` (whole parts of names), sorted by name; none where there is nothing."""

    @abstractmethod
    def size(self, name: str) -> int | None:
        """None where there is no such file."""

    @abstractmethod
    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Make, or replace, a file; what `pieces` raises leaves the name as it was."""

    @abstractmethod
    def read(self, name: str, position: int, size: int) -> bytes:
        """Up to `size` bytes; fewer at the end of the file only. Raises FileNotFoundError."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """A file that is not there is not missed."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The whole file, in order. Raises FileNotFoundError."""
        position = 0
        while piece := self.read(name, position, PIECE_BYTES):
            yield piece
            position += len(piece)

    def checksum(self, name: str) -> tuple[int, int]:
        """CRC-32 and size of what is stored, read back. Raises FileNotFoundError."""
        return checksum_of(self.pieces(name))


def checksum_of(pieces: Iterable[bytes]) -> tuple[int, int]:
    """CRC-32 and size."""
    crc = size = 0
    for piece in pieces:
        crc = crc32(piece, crc)
        size += len(piece)
    return crc, size


class FolderStorage(Storage):
    """A folder of this machine, or one that is mounted here. It is made when first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def list(self, prefix: str) -> list[Stored]:
        try:
            return sorted(
                Stored(path.relative_to(self.folder).as_posix(), path.stat().st_size)
                for path in (self.folder / prefix).rglob("*")
                if path.is_file() and path.suffix != _UNFINISHED
            )
        except OSError as e:
            raise self._failure("list", e) from e

    def size(self, name: str) -> int | None:
        try:
            return (self.folder / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise self._failure("read", e) from e

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self.folder / name
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_UNFINISHED}")
        with self._told("write to"):
            _make_folder(path.parent)
            file = unfinished.open("xb")
        try:
            with file:
                for piece in pieces:  # what that raises is not about this folder
                    with self._told("write to"):
                        file.write(piece)
                with self._told("write to"):
                    file.flush()
                    os.fsync(file.fileno())
            with self._told("write to"):
                unfinished.rename(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
        with self._told("write to"):
            _sync_folder(path.parent)

    def read(self, name: str, position: int, size: int) -> bytes:
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(position)
                return file.read(size)
        except FileNotFoundError:
            raise
        except OSError as e:
            raise self._failure("read", e) from e

    def delete(self, name: str) -> None:
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as e:
            raise self._failure("delete from", e) from e

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as e:
            raise self._failure(what, e) from e

    def _failure(self, what: str, e: OSError) -> EnvironmentFailure:
        return EnvironmentFailure(f"cannot {what} {e.filename or self.folder}: {e.strerror or e}")


class BucketAccess(NamedTuple):
    """The way into a bucket, where the environment is not to say it."""

    region: str
    endpoint: str | None = None
    """URL; None is Amazon's own."""
    key_id: Secret | None = None
    secret: Secret | None = None
    """Without both the bucket is reached as by anybody."""
    is_path_style: bool = False


def open_storage(place: str, folder: Path, access: BucketAccess | None = None) -> Storage:
    """What `place` names: a folder (a relative one begins at `folder`), or `s3://bucket/prefix`.

    Raises UsageError for a URL of another kind, EnvironmentFailure where the library for buckets is missing.
    """
    if "://" not in place:
        return FolderStorage(folder / Path(place).expanduser())
    if not place.startswith("s3://") or not place.removeprefix("s3://").strip("/"):
        raise UsageError(f"{place!r} is no place for files (valid: a folder, or s3://bucket/prefix)")
    from mainstem.log.archive.bucket import BucketStorage  # 9 MB of memory that a folder does without

    return BucketStorage(place, access=access)


def _make_folder(path: Path) -> None:
    """Durably: the names of new folders too."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
