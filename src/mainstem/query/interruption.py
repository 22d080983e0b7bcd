"""Ending a question, for those who ask: pages know no warehouse."""

from __future__ import annotations

from mainstem.warehouse.interruption import Interruption, current_interruption

__all__ = ["Interruption", "current_interruption"]
