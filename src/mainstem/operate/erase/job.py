"""An erasure that is under way, kept in a file until it is complete.

What links a person's ids is among the first things to be erased, so the ids are kept until all of them were
looked for everywhere. The file names the person: only its owner may read it, and the last step removes it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from mainstem.operate.erase.sought import Sought

if TYPE_CHECKING:
    from pathlib import Path


class Job(msgspec.Struct, frozen=True):
    asked: tuple[str, ...]
    """As they were given, sorted."""
    sought: Sought
    began_at: str
    """RFC 3339."""


class JobFile:
    """The job of one set of ids; `name` is told by their keyed hash, so that the same ids find it again."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"erasing-{name}.json"

    def read(self) -> Job | None:
        """None where none is under way."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Job)
        except FileNotFoundError:
            return None

    def write(self, job: Job) -> None:
        """Durably, or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".unfinished")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(job))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
