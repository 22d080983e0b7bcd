"""Processes of this machine, as proc(5) tells of them: which live, which belong to a try."""

from __future__ import annotations

import contextlib
import os
import signal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.orchestrate.keeping.files import Program

TRY_VARIABLE = "MAINSTEM_TRY"
"""In the environment of every process of a try: its folder. By it one is known whose keeper was killed."""


@cache
def this_machine() -> str:
    """Boot and process namespace: two processes with the same can see each other by process id."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"


def born_at(pid: int) -> int | None:
    """When a process began, in clock ticks since the boot; None for one that is not there, or a zombie."""
    fields = _stat(pid)
    return None if fields is None else int(fields[19])


def processes_of(folder: str, program: Program | None) -> list[int]:
    """Every living process of a try: by its folder in their environment, or by its program's session."""
    mark = f"{TRY_VARIABLE}={folder}".encode()
    return [pid for pid in _pids() if mark in _environment(pid) or _is_in_session(pid, program)]


def _is_in_session(pid: int, program: Program | None) -> bool:
    """The number of a session may have been given to a later one, whose leader was born later."""
    if program is None or born_at(program.pid) not in (None, program.born):
        return False
    fields = _stat(pid)
    return fields is not None and int(fields[3]) == program.pid and int(fields[19]) >= program.born


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[bytes] | None:
    """Of proc(5)'s `stat`, from field 3 on; None for one that is not there, or has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else fields


def _environment(pid: int) -> list[bytes]:
    """Empty also for one that has ended and was not taken away yet."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
