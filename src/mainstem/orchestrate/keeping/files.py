"""What a keeper leaves in a try's folder, read back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from mainstem.errors import RuntimeUnavailable
from mainstem.orchestrate.runtime import Ended, Outcome

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


class Claim(msgspec.Struct, frozen=True):
    """Who keeps a try."""

    pid: int
    born: int
    machine: str
    at: float


class Program(msgspec.Struct, frozen=True):
    """What process a try's program is. It leads a session of its own."""

    pid: int
    born: int


class Ending(msgspec.Struct, frozen=True):
    """How a try ended."""

    ended: Ended | Literal["not_started"]
    exit_code: int | None
    reason: str
    at: float | None = None
    """Seconds since 1970."""

    def outcome(self) -> Outcome:
        at = None if self.at is None else datetime.fromtimestamp(self.at, UTC)
        if self.ended == "not_started":
            return Outcome("exited", None, self.reason, at)
        return Outcome(self.ended, self.exit_code, self.reason, at)


def read_claim(folder: Path) -> Claim | None:
    return _read(folder / "claim", Claim)


def read_program(folder: Path) -> Program | None:
    return _read(folder / "program", Program)


def read_ending(folder: Path) -> Ending | None:
    return _read(folder / "outcome", Ending)


def write_ending(folder: Path, ending: Ending) -> None:
    """Only for a try whose keeper is dead."""
    fresh = folder / "outcome.new"
    fresh.write_bytes(msgspec.json.encode(ending))
    fresh.replace(folder / "outcome")


def _read(path: Path, kind: type[T]) -> T | None:
    """None where there is none; also for one that a machine that lost power left empty. Raises
    RuntimeUnavailable where it cannot be read now: that is not taken for a try that has none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    except OSError as e:
        raise RuntimeUnavailable(f"cannot read {path}: {e.strerror}") from e
