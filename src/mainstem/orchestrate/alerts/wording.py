"""How alerts say how long ago something was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.manifest.durations import written

if TYPE_CHECKING:
    from datetime import datetime

_STEPS = {86_400: 3600, 3600: 60, 60: 1}
"""Seconds of a unit, and of the one that is told with it."""


def age(now: datetime, then: datetime) -> str:
    """`2d3h`, `45m12s`: in two units at most, since nobody counts the seconds of days."""
    seconds = max(round((now - then).total_seconds()), 0)
    step = next((step for unit, step in _STEPS.items() if seconds >= unit), 1)
    return written(float(seconds - seconds % step))
