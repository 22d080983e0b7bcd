"""How far the loader is behind the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mainstem.operate.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "loader"

QUIET = timedelta(minutes=5)
FAR_BEHIND_BYTES = 256 * 1024 * 1024


def check_loading(
    ends: Mapping[str, int],
    starts: Mapping[str, int],
    offsets: Mapping[str, int],
    last_commit: datetime | None,
    now: datetime,
) -> Iterator[Finding]:
    """By partition: where the log ends and starts, and up to where it is loaded. All moments are aware."""
    behind = sum(max(0, end - offsets.get(name, starts[name])) for name, end in ends.items())
    when = f"last commit {last_commit.isoformat(timespec='seconds')}" if last_commit else "nothing loaded yet"
    text = f"{behind / 1024**2:.1f} MB behind the log, {when}"
    ago = now - last_commit if last_commit else QUIET
    if behind and ago >= QUIET:
        yield warn(NAME, f"{text}: it does not move", "see that `load` runs, and what its log says")
    elif behind > FAR_BEHIND_BYTES:
        yield warn(NAME, text, "wait; if it grows, raise load.batch_max_bytes or slow the senders")
    else:
        yield ok(NAME, text)
