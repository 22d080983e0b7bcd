"""What a check of a service found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    what: str
    """`credentials`, `scope tickets:read`, `quota` …"""
    is_good: bool
    detail: str
    """What was seen; where it is not good, what to do about it."""
