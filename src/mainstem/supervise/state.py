"""What runs, as a small file beside the data: for `doctor`, for pages, and for the next `mainstem up`.

The supervisor writes it whole at every change and removes it when it stops. One that was killed leaves it
behind, so a reader asks `supervisor_runs` before it believes it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

Phase = Literal["starting", "ready", "waiting", "stopped"]


class ProcessState(msgspec.Struct, frozen=True):
    """One supervised process."""

    name: str
    phase: Phase
    """`waiting` is between an end and the next start; `starting` is running, and not ready yet."""
    pid: int | None
    """None while it does not run."""
    born: int | None
    """When that process began, in clock ticks since the machine started: tells it from a later one that
    was given the same id."""
    since: str
    """When it entered the phase; RFC 3339, UTC."""
    restarts: int
    last_exit: int | None
    """Exit status of its last end, a signal's number negated; None if it never ended."""
    status: str
    """What it said when it was ready, such as its URL."""
    log: str
    stop_signal: int
    """What ends it in good order."""

    @property
    def ready(self) -> bool:
        return self.phase == "ready"


class UpState(msgspec.Struct, frozen=True):
    """A supervisor and its processes in the order they were started."""

    pid: int
    born: int | None
    since: str
    processes: tuple[ProcessState, ...]


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_state(path: Path, state: UpState) -> None:
    """Replace the file whole; a reader sees the old one or the new."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=1) + b"\n")
    fresh.replace(path)


def read_state(path: Path) -> UpState | None:
    """None where there is none. Raises ValueError for a file that is not such a state."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=UpState)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as e:
        raise ValueError(f"{path} is not what `mainstem up` writes: {e}") from e


def supervisor_runs(state: UpState) -> bool:
    """Whether the supervisor that wrote it is the process of that id now."""
    return is_alive(state.pid, state.born)


def is_alive(pid: int, born: int | None) -> bool:
    """Whether process `pid` is the one that was born then, and has not ended. Without a birth, nobody is."""
    found = _stat(pid)
    return found is not None and found[0] != "Z" and born == found[1]


def born_at(pid: int) -> int | None:
    """When a running process began, in clock ticks since the machine started; None when there is none."""
    found = _stat(pid)
    return found[1] if found else None


def _stat(pid: int) -> tuple[str, int] | None:
    """State and start time, fields 3 and 22 of proc(5)'s `stat`; the name in field 2 may hold anything."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])
