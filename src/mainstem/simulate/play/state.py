"""Up to which day a company has been played, in a file, so that it can go on where it stopped.

Events and rows are told apart: rows may be written some days at a time. The file belongs to one company and
is refused for another.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from mainstem.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Playing(msgspec.Struct, frozen=True):
    """Which company it is; the same values give the same days."""

    seed: int
    accounts: int
    first_day: date


class _Kept(msgspec.Struct, frozen=True):
    company: Playing
    events_through: date | None = None
    """The last day whose events have all been acknowledged."""
    rows_through: date | None = None
    """The last day whose rows have been committed."""


class PlayState:
    """What is written is on the disk when a call returns."""

    def __init__(self, file: Path, company: Playing) -> None:
        """Raises UsageError when the file holds the state of another company, or nothing readable."""
        self._file = file
        self._kept = _read(file) or _Kept(company)
        if self._kept.company != company:
            kept = self._kept.company
            raise UsageError(
                f"{file} belongs to the company seed={kept.seed} size={kept.accounts} from "
                f"{kept.first_day:%Y-%m}; give these, or name another file"
            )

    @property
    def events_through(self) -> date | None:
        return self._kept.events_through

    @property
    def rows_through(self) -> date | None:
        return self._kept.rows_through

    def events_played(self, day: date) -> None:
        self._write(msgspec.structs.replace(self._kept, events_through=day))

    def rows_written(self, day: date) -> None:
        self._write(msgspec.structs.replace(self._kept, rows_through=day))

    def _write(self, kept: _Kept) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_name(f"{self._file.name}.unfinished")
        with unfinished.open("wb") as out:
            out.write(msgspec.json.encode(kept) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(self._file)
        self._kept = kept


def _read(file: Path) -> _Kept | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as e:
        raise UsageError(f"{file} is no state of a played company: {e}") from e
