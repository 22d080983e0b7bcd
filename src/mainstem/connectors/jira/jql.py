"""Moments as JQL takes them: whole minutes, in the time zone of whoever asks. Pure.

A minute that clocks show twice in autumn is read as either; written is one that is not later in any reading.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_STEP = timedelta(minutes=30)
"""By which the clocks of some zone go back at the least."""


def not_after(at: datetime, zone: ZoneInfo) -> str:
    """The minute of `at`, or an earlier one that is clear."""
    while _meanings(local := at.astimezone(zone).replace(second=0, microsecond=0)) > at:
        at -= _STEP
    return local.strftime("%Y-%m-%d %H:%M")


def not_before(at: datetime, zone: ZoneInfo) -> str:
    """The minute after `at`, or a later one that is clear."""
    local = (at + timedelta(minutes=1)).astimezone(zone).replace(second=0, microsecond=0)
    while local.replace(fold=0).astimezone(UTC) < at:
        at += _STEP
        local = (at + timedelta(minutes=1)).astimezone(zone).replace(second=0, microsecond=0)
    return local.strftime("%Y-%m-%d %H:%M")


def _meanings(local: datetime) -> datetime:
    """The latest moment at which clocks show this."""
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
