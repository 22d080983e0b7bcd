"""The disk without us: write, fdatasync, again. The limit of everything that is durable."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from mainstem.log import LogSettings


def bare_syncs(folder: Path, size: int, seconds: float) -> float:
    """fdatasyncs a second in `folder`, each after `size` new bytes at the end of a growing file.

    A file is given up for a new one at the size of a segment of the log, as the log does it.
    """
    data = os.urandom(size)
    done = 0
    with tempfile.TemporaryDirectory(dir=folder) as name:
        began = time.perf_counter()
        until = began + seconds
        while time.perf_counter() < until:
            done += _fill(Path(name) / f"{done:020d}", data, until)
        elapsed = time.perf_counter() - began
    return done / elapsed


def _fill(path: Path, data: bytes, until: float) -> int:
    """Write one file until it is full or time is up; how many syncs that took."""
    limit = LogSettings().segment_bytes
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    done = position = 0
    try:
        while position < limit and time.perf_counter() < until:
            position += os.pwrite(fd, data, position)
            os.fdatasync(fd)
            done += 1
    finally:
        os.close(fd)
        path.unlink()
    return done
