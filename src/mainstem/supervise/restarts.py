"""When to start a process that ended again: at once the first time, later each time. Pure.

A process that lived a minute is taken for a sound one, and the count begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
SOUND_SECONDS = 60.0
KEEPS_ENDING = 3
"""Ends in a row from which a process is said to keep ending, with its last lines."""


@dataclass(frozen=True)
class Ends:
    """How often in a row a process has ended without having lived long."""

    in_a_row: int = 0

    def after(self, lived: float) -> Ends:
        """One more end, `lived` seconds after the start."""
        return Ends(1 if lived >= SOUND_SECONDS else self.in_a_row + 1)

    @property
    def wait(self) -> float:
        """Seconds until the next start."""
        if self.in_a_row == 0:
            return 0.0
        return float(min(FIRST_WAIT_SECONDS * 2 ** min(self.in_a_row - 1, 16), LONGEST_WAIT_SECONDS))

    @property
    def keeps_ending(self) -> bool:
        return self.in_a_row >= KEEPS_ENDING
