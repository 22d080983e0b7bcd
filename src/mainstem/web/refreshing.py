"""How often a dashboard or a tile asks anew by itself, as LookML says it in `refresh`: `10 minutes`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstem.semantics.dashboard import Dashboard

_WRITTEN = re.compile(r"(\d+)\s*(second|minute|hour|day)s?", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
LEAST = 15
"""Seconds. An answer is kept while the same build is published, so that oftener shows nothing new."""


def refresh_seconds(written: str | None) -> int | None:
    """None where nothing is written, or nothing that can be read."""
    found = _WRITTEN.fullmatch((written or "").strip())
    if found is None:
        return None
    return max(LEAST, int(found[1]) * _SECONDS[found[2].lower()])


def refresh_of(dashboard: Dashboard) -> int | None:
    """The dashboard's own, else the shortest of its tiles'."""
    own = refresh_seconds(dashboard.refresh)
    tiles = [seconds for one in dashboard.elements if (seconds := refresh_seconds(one.refresh)) is not None]
    return own if own is not None else min(tiles, default=None)
