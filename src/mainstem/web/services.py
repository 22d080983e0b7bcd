"""What the pages need from the rest of Mainstem, handed in by whoever builds the server.

The web server holds no SQL and reaches no warehouse: a question goes through the explorer, and runs on
a thread while the event loop serves others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio import to_thread

from mainstem.errors import InputError, QueryStopped, TransientError
from mainstem.query.interruption import Interruption

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from mainstem.cohorts.keeping import Keeper
    from mainstem.query.explorer import Explorers
    from mainstem.web.activations import ActivationDesk
    from mainstem.web.auth import Accounts
    from mainstem.web.catalogue import CatalogueDesk
    from mainstem.web.connectors import ConnectorDesk
    from mainstem.web.explore.kept import QuestionDesk
    from mainstem.web.lake import LakeDesk
    from mainstem.web.lookml import LookmlDesk
    from mainstem.web.orchestration import OrchestrationDesk
    from mainstem.web.publishing import PublicationDesk
    from mainstem.web.queries import QueryDesk
    from mainstem.web.sources import SourceDesk
    from mainstem.web.truth import TruthDesk
    from mainstem.web.truth.changes import ChangesDesk

Answer = TypeVar("Answer")

_LOOK_SECONDS = 0.2
_LEFT = "its viewer has left"


@dataclass(frozen=True)
class Services:
    """The live parts behind the pages."""

    explorers: Explorers
    """Questions go through `Site.explorer_for`, in the name of who asks."""
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
    orchestration: OrchestrationDesk | None = None
    """What is run, and what became of it; None where a server shows warehouses alone."""
    questions: QuestionDesk | None = None
    """What people keep of their questions; None where nothing is kept."""
    changes: ChangesDesk | None = None
    """Why numbers changed; None where no earlier states are kept."""
    truth: TruthDesk | None = None
    """What stands behind tables; None where it is not known."""
    cohorts: Keeper | None = None
    """Cohorts that are kept; None where a server shows warehouses alone."""
    connectors: ConnectorDesk | None = None
    """What is brought in from elsewhere; None where a server shows warehouses alone."""
    activations: ActivationDesk | None = None
    """What is written elsewhere; None where a server shows warehouses alone."""
    accounts: Accounts = field(kw_only=True)
    """Who may come in."""


def status_of(error: Exception) -> int:
    """The HTTP status of a question that failed: 400 where asking otherwise helps, 503 where asking later
    does, 500 where neither is known to."""
    if isinstance(error, InputError):
        return 400
    return 503 if isinstance(error, TransientError) else 500


class ViewerLeft(Exception):
    """The browser closed the request while its question waited for a turn."""


class QueryTurns:
    """Runs blocking questions on threads, a bounded number at once.

    A question whose viewer has gone before its turn came is never asked; one that already runs is ended,
    unless others wait for the same.
    """

    def __init__(self, at_once: int, seconds: float = 600.0) -> None:
        """A question may take `seconds`, from its turn on."""
        self._limiter = anyio.CapacityLimiter(at_once)
        self._threads = anyio.CapacityLimiter(at_once)
        self._seconds = seconds

    async def run(self, question: Callable[[], Answer], has_left: Callable[[], Awaitable[bool]]) -> Answer:
        """Raises ViewerLeft, QueryStopped for a question that took too long, or what `question` raises."""
        async with self._limiter:
            if await has_left():
                raise ViewerLeft
            interruption = Interruption()

            def asked() -> Answer | Exception:
                with interruption.over():
                    try:
                        return question()
                    except Exception as e:  # noqa: BLE001 # handed over the group of tasks as it is, and raised below
                        return e

            async with anyio.create_task_group() as group:
                group.start_soon(self._watch, interruption, has_left)
                answer = await to_thread.run_sync(asked, limiter=self._threads)
                group.cancel_scope.cancel()
            if isinstance(answer, QueryStopped) and answer.reason == _LEFT:
                raise ViewerLeft from answer
            if isinstance(answer, Exception):
                raise answer
            return answer

    async def _watch(self, interruption: Interruption, has_left: Callable[[], Awaitable[bool]]) -> None:
        """Stop the question when its viewer has left, or its time is over; until it has ended."""
        reason = f"it took longer than {self._seconds:g} s, which is what [web] query_seconds allows"
        with anyio.move_on_after(self._seconds):
            while not await has_left():
                await anyio.sleep(_LOOK_SECONDS)
            reason = _LEFT
        while True:
            interruption.stop(reason)
            await anyio.sleep(_LOOK_SECONDS)
