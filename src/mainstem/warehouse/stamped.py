"""Telling whether a warehouse shows the same as before: an optional power of a warehouse."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Stamped(ABC):
    @abstractmethod
    def stamp(self) -> str:
        """What is shown now: while it stays the same, every question has the answer that it had.

        Cheap enough to be asked before every question. Raises as `Warehouse.query`.
        """
