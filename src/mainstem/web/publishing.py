"""What pages may ask and do about publications: the seam, and its way onto a thread.

Pages show what is published and let a developer go back; what may be published is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from anyio import to_thread

if TYPE_CHECKING:
    from mainstem.transform.publishing import History, Publication, Standing
    from mainstem.web.services import Services


class PublicationDesk(Protocol):
    """Every method may wait for Postgres, and raises TransientError when it is away."""

    def standing(self) -> Standing:
        """What is shown now. Remembered for a second, and while Postgres is away."""

    def history(self) -> History: ...

    def roll_back(self, to: int | None, by: str, *, hold: bool) -> Publication:
        """Raises UsageError when there is no such build to go back to."""

    def release(self, by: str) -> Publication:
        """End a hold. Raises UsageError when nothing is held."""


async def standing_of(services: Services) -> Standing | None:
    """What is published now; None where readers are shown the live lake."""
    desk = services.publications
    return None if desk is None else await to_thread.run_sync(desk.standing)
