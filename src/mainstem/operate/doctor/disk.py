"""The disk under the data folder: room, and whether it keeps what it says it keeps.

A gateway answers when fdatasync returns, so how long that takes is how long senders wait.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "disk"

FULL_BYTES = 512 * 1024 * 1024
LOW_BYTES = 5 * 1024 * 1024 * 1024
SLOW_SECONDS = 0.05
_TRIES = 5
_WRITE_BYTES = 4096


def check_disk(
    folder: Path,
    free_bytes: Callable[[Path], int] | None = None,
    sync_seconds: Callable[[Path], float] | None = None,
) -> Iterator[Finding]:
    """`folder` is the data folder; one that is not there yet is looked at where it would be made."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    yield _room(there, (free_bytes or _free_bytes)(there))
    try:
        seconds = (sync_seconds or measure_sync)(there)
    except OSError as e:
        yield fail(NAME, f"{there} does not take a synced write: {e.strerror}", "use another disk or folder")
        return
    text = f"a synced write to {there} takes {seconds * 1000:.1f} ms"
    if seconds > SLOW_SECONDS:
        yield warn(NAME, f"{text}, which senders wait for", "put project.data_dir on a faster disk")
    else:
        yield ok(NAME, text)


def measure_sync(folder: Path) -> float:
    """Seconds that a write of 4 kB with fdatasync takes there, the median of five. Leaves nothing."""
    seconds = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_TRIES):
            started = time.perf_counter()
            os.write(file.fileno(), bytes(_WRITE_BYTES))
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _room(folder: Path, free: int) -> Finding:
    text = f"{free / 1024**3:.1f} GB free at {folder}"
    if free < FULL_BYTES:
        return fail(
            NAME, f"{text}: events are about to be refused", "make room, or set project.data_dir elsewhere"
        )
    if free < LOW_BYTES:
        return warn(NAME, text, "make room before events are refused")
    return ok(NAME, text)
