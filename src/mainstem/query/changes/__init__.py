"""Why did this number change: the difference between two moments, by cause."""

from __future__ import annotations

from mainstem.query.changes.explaining import Leg, explain
from mainstem.query.changes.frontier import Version
from mainstem.query.changes.parts import Cause, ChangedRow, Explanation, NumberChange, minus
from mainstem.query.changes.state import State

__all__ = [
    "Cause",
    "ChangedRow",
    "Explanation",
    "Leg",
    "NumberChange",
    "State",
    "Version",
    "explain",
    "minus",
]
