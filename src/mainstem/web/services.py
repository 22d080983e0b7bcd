"""What the pages need from the rest of Mainstem, handed in by whoever builds the server.

The web server holds no SQL and reaches no warehouse: a question goes through the explorer, and runs on
a thread while the event loop serves others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio import to_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from mainstem.query.explorer import Explorer
    from mainstem.web.auth import Accounts
    from mainstem.web.catalogue import CatalogueDesk
    from mainstem.web.lake import LakeDesk
    from mainstem.web.lookml import LookmlDesk
    from mainstem.web.publishing import PublicationDesk
    from mainstem.web.queries import QueryDesk
    from mainstem.web.sources import SourceDesk

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Services:
    """The live parts behind the pages."""

    explorer: Explorer
    version: str
    """Of Mainstem, for the footer and `/health`."""
    events_loaded_at: Callable[[], datetime | None] | None = None
    """When events were last loaded (aware, UTC), None before the first. It may run a query."""
    publications: PublicationDesk | None = None
    """What is published; None where readers are shown the lake as it is."""
    sources: SourceDesk | None = None
    """Where events come from; None where a server shows warehouses alone."""
    catalogue: CatalogueDesk | None = None
    """Which events there are; None where a server shows dashboards alone."""
    queries: QueryDesk | None = None
    """Which queries were run, for administrators; None where none are noted."""
    lake: LakeDesk | None = None
    """How the lake stands; None where a server shows warehouses alone."""
    lookml: LookmlDesk | None = None
    """The LookML behind the explorer as it was read, with its problems; None where a server has it whole."""
    accounts: Accounts = field(kw_only=True)
    """Who may come in."""


class ViewerLeft(Exception):
    """The browser closed the request while its question waited for a turn."""


class QueryTurns:
    """Runs blocking questions on threads, a bounded number at once.

    A question whose viewer has gone before its turn came is never asked; one that already runs is
    finished and its answer dropped.
    """

    def __init__(self, at_once: int) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)

    async def run(self, question: Callable[[], Answer], has_left: Callable[[], Awaitable[bool]]) -> Answer:
        """Raises ViewerLeft, or whatever `question` raises."""
        async with self._limiter:
            if await has_left():
                raise ViewerLeft
            return await to_thread.run_sync(question)
