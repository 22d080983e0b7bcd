"""How far each source's copies have been forwarded, kept in one small file that survives a kill.

It is replaced as a whole (written beside, synced, renamed), so it holds one state or the next. What it says
was forwarded was; the requests after it may have been too, and are sent again.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "position.json"


class Progress(msgspec.Struct, frozen=True, rename="camel"):
    """One source's in one partition of the shadow log."""

    offset: int
    """Where to go on."""
    forwarded: int = 0
    """Requests that the other data plane took, since the source was first shadowed."""
    skipped: int = 0
    """Requests that had waited for too long."""
    refused: dict[str, int] = {}
    """Requests that the other data plane will not take, by the status it gave."""
    last_at: str | None = None
    """When the request that was forwarded last had arrived."""

    def refused_once_more(self, status: int) -> Progress:
        counts = {**self.refused, str(status): self.refused.get(str(status), 0) + 1}
        return msgspec.structs.replace(self, refused=counts)


class Place(msgspec.Struct, frozen=True):
    """Where a progress belongs."""

    source_id: str
    partition: str


_Kept = dict[str, dict[str, Progress]]


class PositionFile:
    """The file in `folder`. `store` may be called from several threads."""

    def __init__(self, folder: Path) -> None:
        """Reads it. Raises EnvironmentFailure where it cannot be read, or is not what was written."""
        self._folder = folder
        self._guard = threading.Lock()
        self._kept = _read(folder / FILE)

    def progress(self, place: Place) -> Progress | None:
        """None for a place that nothing was ever forwarded from."""
        return self._kept.get(place.source_id, {}).get(place.partition)

    def store(self, place: Place, progress: Progress) -> None:
        """Durable when this returns. Raises EnvironmentFailure when the disk does not take it."""
        with self._guard:
            self._kept.setdefault(place.source_id, {})[place.partition] = progress
            try:
                _replace(self._folder / FILE, msgspec.json.encode(self._kept))
            except OSError as e:
                raise EnvironmentFailure(f"cannot write {self._folder / FILE}: {e.strerror}") from e

    @property
    def is_held(self) -> bool:
        """Whether a process forwards now."""
        try:
            with (self._folder / "lock").open("rb") as opened:
                fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # no process ever made the file
            return False
        return False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the file for this process. Raises EnvironmentFailure when another has it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            opened = (self._folder / "lock").open("a")
        except OSError as e:
            raise EnvironmentFailure(f"cannot use {self._folder}: {e.strerror}") from e
        with opened as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as e:
                raise EnvironmentFailure(
                    f"another process forwards already: it holds {self._folder / 'lock'}"
                ) from e
            self._kept = _read(self._folder / FILE)
            yield


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as e:
        raise EnvironmentFailure(
            f"cannot read {path}: {e}; remove it to forward everything that is kept again"
        ) from e


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
