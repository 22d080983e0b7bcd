"""Which processes run on this machine, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path


def all_pids() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]


def session_of(pid: int) -> int:
    """Of a process that is alive; 0 for one that is gone or only waits to be collected."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = status.rpartition(")")[2].split()
    return 0 if fields[0] in "ZX" else int(fields[3])


def parent_of(pid: int) -> int:
    """0 for a process that is gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def environment_of(pid: int) -> list[bytes]:
    """As `NAME=value`; empty where it is gone, or has written its title over it."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def title_of(pid: int) -> str:
    """Its arguments, or what it says instead."""
    try:
        content = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return content.decode(errors="replace").replace("\0", " ").strip()
