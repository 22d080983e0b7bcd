"""What the page of the warehouse may ask: the seam, and how sizes and reasons read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mainstem.operate.upkeep import Reason

if TYPE_CHECKING:
    from mainstem.operate.upkeep.standing import LakeStanding

WHY = {
    Reason.NEWEST: "the present",
    Reason.PUBLISHED: "published: shown, or can be gone back to",
    Reason.BUILDING: "a build that runs may compare with it",
    Reason.RECENT: "of the last hours",
    Reason.DAILY: "the last of its day",
}


class LakeDesk(Protocol):
    def standing(self) -> LakeStanding:
        """May wait for Postgres, and raises TransientError when it is away."""


def size_of(count: int) -> str:
    """Bytes as people write them: 812 B, 4.1 kB, 3.2 GB."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
