"""How far a backfill has come, in a file: so that one that was stopped or killed goes on where it was.

The file is written after the events it counts are durable, so it may be behind the log by one group; who goes
on looks the log up from `log_end` on.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mainstem.load.backfill.reading import Format


class Position(msgspec.Struct, frozen=True):
    """Of one backfill: the same files of the same source."""

    files: tuple[str, ...]
    source_id: str
    partition: str
    done: dict[str, int] = {}
    """How many events of each file were dealt with."""
    finished: tuple[str, ...] = ()
    log_end: int = 0
    """Of the partition, when this was written."""


class Positions:
    """Kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key_of(self, files: Sequence[Path], source_id: str, kind: Format | None) -> str:
        """The same for the same files, by path and size: a file that has grown is another."""
        parts = [source_id, kind or ""] + [
            f"{file.resolve()}\0{file.stat().st_size}" for file in sorted(files)
        ]
        return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def read(self, key: str) -> Position | None:
        """Raises EnvironmentFailure for a file that is no position."""
        path = self._path(key)
        try:
            return msgspec.json.decode(path.read_bytes(), type=Position)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as e:
            raise EnvironmentFailure(f"{path} cannot be read; delete it to begin anew: {e}") from e

    def write(self, key: str, position: Position) -> None:
        path = self._path(key)
        unfinished = path.with_suffix(".unfinished")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(msgspec.json.encode(position))
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except OSError as e:
            raise EnvironmentFailure(f"cannot write {path}: {e.strerror}") from e

    def forget(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"
