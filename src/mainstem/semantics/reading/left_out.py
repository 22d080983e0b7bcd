"""What stands for a construct that was written and cannot be kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    name: str
    reason: str
    """What is wrong, and where."""
