"""An activation that is planned and applied in a process of its own, which dies where a test says.

It kills itself with SIGKILL: nothing of it runs any more, and it dies at that point and not a moment later.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mainstem.saas import Patience
from mainstem.store import Database
from mainstem.store.activations import ActivationRuns
from mainstem.testing.connectors import StillClock
from mainstem.testing.org_scene import Ledger, opened
from mainstem.testing.saas import moves_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from mainstem.config import PostgresAddress
    from mainstem.store.activations import Settled

_PATIENCE = 120.0
Point: TypeAlias = Literal["unnoted", "noted", "ticket", "waiting", "written", "settled"]
"""Before a batch is noted, when it is, when its ticket is, while a job is waited for, when what came of it is
known and not settled, when it is settled."""


@dataclass(frozen=True)
class ApplySpec:
    ledger: PostgresAddress
    folder: Path
    base_url: str
    """Of the simulated org."""
    saas: str
    """Address of the simulated services: their clock goes along."""
    now: datetime
    rows: Sequence[Mapping[str, object]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the destination."""
    dies: tuple[Point, int] | None = None
    """At which point, and which time it is reached."""


def applied(spec: ApplySpec) -> str:
    """Settle, plan and apply in a new process: how it ended, `killed` or the run's state."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mainstem.testing.apply_process"])
    told, tells = context.Pipe(duplex=False)
    process = context.Process(target=_apply, args=(spec, tells), daemon=True)
    process.start()
    tells.close()
    with closing(told):
        try:
            if not told.poll(_PATIENCE):
                raise AssertionError("the activation came to no end")
            state = str(told.recv())
        except EOFError:
            state = ""
        finally:
            process.join(_PATIENCE)
    if state:
        return state
    if process.exitcode != -signal.SIGKILL:
        raise AssertionError(f"it ended with {process.exitcode}")
    return "killed"


def _apply(spec: ApplySpec, tells: Any) -> None:
    deaths = _Deaths(spec.dies)

    move = moves_clock(spec.saas)

    def moved(moment: datetime) -> None:
        move(moment)
        deaths.pass_by("waiting")

    clock = StillClock(spec.now, moved)
    destination = opened(spec.base_url, spec.folder, clock, Patience(first_pause=0.1), spec.settings)
    with closing(Database(spec.ledger, name="apply", largest=2)) as database, closing(destination):
        ledger = Ledger(database)
        ledger.runs = _DyingRuns(database, deaths)
        tells.send(ledger.sync(destination, spec.rows, clock).state)


class _Deaths:
    def __init__(self, planned: tuple[Point, int] | None) -> None:
        self._point = planned[0] if planned else None
        self._turns = planned[1] if planned else 0

    def pass_by(self, point: Point) -> None:
        if point == self._point:
            self._turns -= 1
            if not self._turns:
                os.kill(os.getpid(), signal.SIGKILL)


class _DyingRuns(ActivationRuns):
    def __init__(self, database: Database, deaths: _Deaths) -> None:
        super().__init__(database)
        self._deaths = deaths

    def send(self, run_id: int, plan_id: int, op: str, numbers: Sequence[int], at: datetime) -> int:
        self._deaths.pass_by("unnoted")
        number = super().send(run_id, plan_id, op, numbers, at)
        self._deaths.pass_by("noted")
        return number

    def note_ticket(self, batch: int, ticket: str) -> None:
        super().note_ticket(batch, ticket)
        self._deaths.pass_by("ticket")

    def settle(
        self,
        run_id: int,
        plan_id: int,
        activation: str,
        batch: int | None,
        rows: Iterable[Settled],
        at: datetime,
    ) -> None:
        self._deaths.pass_by("written")
        super().settle(run_id, plan_id, activation, batch, rows, at)
        self._deaths.pass_by("settled")
