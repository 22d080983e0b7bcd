"""What pages ask about the truth of a number: the seam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mainstem.artifacts import LineageNode
    from mainstem.artifacts.truth import Known


class TruthDesk(Protocol):
    """Every method may wait for Postgres or the warehouse, and raises TransientError when it is away."""

    def known(self) -> Known | None:
        """What the build that is shown was made by; None where that was not kept."""

    def elsewhere(self, connection: str | None) -> str:
        """Why nothing is known of the tables of a connection; empty for the project's own warehouse."""

    def newest_rows(self, sources: Iterable[LineageNode]) -> Mapping[str, datetime | None]:
        """When the newest row of each was loaded, as far as readers are shown, by unique id; None of one that
        has no row. One that cannot be read is left out."""
