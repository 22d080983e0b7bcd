"""Whether this machine's clock can be believed.

It dates every event and every table; a clock that is wrong makes data that is wrong for good.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "clock"

APART_SECONDS = 2.0
_MEND = "switch time synchronisation on: `timedatectl set-ntp true`, chrony, or the host's own"


def installed_at() -> float:
    """When this installation was written, in seconds since 1970: no clock that is right is before it."""
    return Path(__file__).stat().st_mtime


def file_system_ahead(folder: Path) -> float:
    """Seconds that the file system under `folder` is ahead of this machine. Leaves nothing there."""
    there = next(place for place in (folder, *folder.parents) if place.is_dir())
    with tempfile.NamedTemporaryFile(dir=there) as file:
        before = time.time()
        file.write(b"x")
        file.flush()
        stamped, after = Path(file.name).stat().st_mtime, time.time()
    # The kernel stamps files with a coarse clock, up to 10 ms old.
    return stamped - after if stamped > after else min(0.0, stamped - before)


def check_clock(now: float, not_before: float, ahead: dict[str, float]) -> Iterator[Finding]:
    """`ahead` says by how many seconds each other clock is ahead of this one (behind: below zero)."""
    text = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    if now < not_before:
        yield fail(NAME, f"it is {text} here, before Mainstem was installed", _MEND)
        return
    apart = {name: seconds for name, seconds in ahead.items() if abs(seconds) > APART_SECONDS}
    for name, seconds in apart.items():
        way = "ahead of" if seconds > 0 else "behind"
        yield warn(NAME, f"{name} is {abs(seconds):.1f} s {way} this machine, where it is {text}", _MEND)
    if not apart:
        others = f", and so say {' and '.join(ahead)}" if ahead else ""
        yield ok(NAME, f"it is {text}{others}")
