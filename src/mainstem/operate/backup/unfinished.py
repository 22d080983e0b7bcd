"""The mark of a restore that is under way: what stands beside it was written by it, and by nobody else.

It is there from before the first file until the last; a restore that was killed goes on by it. Without it,
nothing that stands anywhere is ever written over.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

NAME = "restoring.json"
"""In the data folder."""


class Unfinished(msgspec.Struct, frozen=True):
    """A restore that did not come to its end."""

    backup: str
    """The backup's id."""
    has_found_nothing: bool = False
    """Whether the databases were seen to be empty, so that what is in them now is the restore's."""


class UnfinishedMark:
    """The mark of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / NAME
        self._fresh = self.path.with_suffix(".unfinished")

    def read(self) -> Unfinished | None:
        """None where no restore is under way."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Unfinished)
        except FileNotFoundError:
            return None

    def is_all(self, folder: Path) -> bool:
        """Whether nothing stands in `folder` but what a restore leaves that was killed while it wrote its
        first mark: the mark's beginning and the folders around it."""
        own = {self._fresh, *self._fresh.parents}
        return all(found in own for found in folder.rglob("*"))

    def write(self, unfinished: Unfinished) -> None:
        """Durably, or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._fresh.open("wb") as file:
            file.write(msgspec.json.encode(unfinished))
            file.flush()
            os.fsync(file.fileno())
        self._fresh.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
