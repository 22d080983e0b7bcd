"""`python -m benchmarks.activating`: one sync of an activation in a process of its own.

Reads a `Sync` from stdin as JSON and writes what it came to, a `Synced`, to stdout. Its rows are made as they
are read, as a warehouse gives them, so that its memory is the engine's and not that of its source.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.processes import peak_rss_bytes
from mainstem.config import PostgresAddress
from mainstem.saas import Patience
from mainstem.store import Database
from mainstem.testing.connectors import NOON, StillClock
from mainstem.testing.org_scene import Ledger, opened
from mainstem.testing.saas import moves_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGED_SHARE = 100
"""One row in so many changes on the second day."""
_PATIENCE_SECONDS = 1800.0


class Sync(msgspec.Struct, frozen=True):
    """What is to be synced, and with what."""

    rows: int
    day: int
    """Days since the first run."""
    base_url: str
    """Of the simulated org."""
    saas: str
    """Address of the simulated services: their clock goes along."""
    ledger: PostgresAddress
    folder: str


class Synced(msgspec.Struct, frozen=True):
    state: str
    counts: dict[str, int]
    problem: str
    seconds: float
    """Planning and applying, without the start of the process."""
    peak_mb: float
    """Resident memory, at its highest."""
    idle_mb: float
    """The same before the first row."""


def users_of(number: int, day: int) -> int:
    """What the row of this number wants on a day."""
    return number % 50 + (100 if day and not number % CHANGED_SHARE else 0)


def rows_of(rows: int, day: int) -> Iterator[dict[str, object]]:
    """The source on a day. A row is as of the day that it changed."""
    for number in range(rows):
        key = f"k{number:07}"
        changed = min(day, 1) if not number % CHANGED_SHARE else 0
        yield {
            "key": key,
            "name": f"Company {key}",
            "users": users_of(number, day),
            "why": None,
            "as_of": NOON + timedelta(days=changed),
        }


def synced(sync: Sync) -> Synced:
    """Run it in a process of its own. Raises subprocess.CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.activating"],
        input=msgspec.json.encode(sync),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_PATIENCE_SECONDS,
    )
    return msgspec.json.decode(done.stdout, type=Synced)


class _Rows:
    def __init__(self, rows: int, day: int) -> None:
        self._rows, self._day = rows, day

    def __iter__(self) -> Iterator[dict[str, object]]:
        return rows_of(self._rows, self._day)


def _run(sync: Sync) -> Synced:
    moved = moves_clock(sync.saas)
    clock = StillClock(NOON + timedelta(days=sync.day), moved)
    moved(clock.now())
    destination = opened(sync.base_url, Path(sync.folder), clock, Patience(first_pause=0.1), {})
    with closing(Database(sync.ledger, name="benchmark", largest=2)) as database, closing(destination):
        idle = _peak_mb()
        began = time.perf_counter()
        applied = Ledger(database).sync(destination, _Rows(sync.rows, sync.day), clock)
        seconds = time.perf_counter() - began
    return Synced(applied.state, dict(applied.counts), applied.problem, seconds, _peak_mb(), idle)


def _peak_mb() -> float:
    return peak_rss_bytes(os.getpid()) / 1024**2


if __name__ == "__main__":
    sys.stdout.buffer.write(
        msgspec.json.encode(_run(msgspec.json.decode(sys.stdin.buffer.read(), type=Sync)))
    )
