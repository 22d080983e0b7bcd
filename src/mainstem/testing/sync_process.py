"""A sync in a process of its own that says how far it is, so that it can be killed there."""

from __future__ import annotations

import multiprocessing
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.config import parse_config
from mainstem.connectors import Opening, find_kind
from mainstem.connectors.landing import Landing
from mainstem.connectors.run import Sync, Wanted
from mainstem.connectors.settings import read_connectors
from mainstem.saas import MemoryBudget, Patience
from mainstem.testing.connectors import RecordingLedger, StillClock
from mainstem.testing.saas import moves_clock
from mainstem.warehouse.ducklake import DuckLake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from multiprocessing.connection import Connection
    from pathlib import Path

    from mainstem.connectors.batch import Batch
    from mainstem.connectors.landing import Landed, StreamState
    from mainstem.warehouse.ducklake import LakeLocation

_PATIENCE = 60.0


@dataclass(frozen=True)
class SyncSpec:
    settings: str
    """`mainstem.toml` with the one connector."""
    name: str
    lake: LakeLocation
    folder: Path
    saas: str
    """Address of the simulated services: their clock goes along."""
    now: datetime
    rows_a_commit: int


class Child:
    def __init__(self, process: Any, told: Connection) -> None:
        self._process = process
        self._told = told

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def reached(self, point: str, times: int) -> bool:
        """Wait until it has been there so often; False when it ended before."""
        while times:
            if not self._told.poll(_PATIENCE):
                raise AssertionError(f"the sync neither ended nor reached {point}")
            try:
                times -= self._told.recv() == point
            except EOFError:
                return False
        return True


@contextmanager
def syncing(spec: SyncSpec) -> Iterator[Child]:
    """A sync in a process of its own, which is waited for at the end of the block.

    It tells `stream` when one begins, `commit` before one is done, `merged` when only COMMIT is left, and
    `committed`.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mainstem.testing.sync_process", "dlt.sources.helpers.rest_client"])
    told, tells = context.Pipe(duplex=False)
    process = context.Process(target=_sync, args=(spec, tells), daemon=True)
    process.start()
    tells.close()
    try:
        yield Child(process, told)
    finally:
        process.join(_PATIENCE)
        told.close()


def _sync(spec: SyncSpec, tells: Connection) -> None:
    clock = StillClock(spec.now, moves_clock(spec.saas))
    settings = read_connectors(parse_config(spec.folder / "mainstem.toml", spec.settings, {}))[spec.name]
    kind = find_kind(settings.type)
    opening = Opening(
        spec.name, settings, MemoryBudget(clock), clock, spec.folder, Patience(first_pause=0.1), spec.folder
    )
    with closing(DuckLake(spec.lake)) as lake, closing(kind.open(opening)) as connector:
        landing = _TellingLanding(lake, spec.name, clock, tells)
        Sync(
            spec.name,
            connector,
            landing,
            RecordingLedger(),
            clock,
            rows_a_commit=spec.rows_a_commit,
            committed=lambda stream: tells.send("committed"),
        ).run(Wanted())


class _TellingLanding(Landing):
    def __init__(self, lake: DuckLake, name: str, clock: StillClock, tells: Connection) -> None:
        super().__init__(lake, name, clock, pseudonym=lambda text: f"k1:{text}")
        self._tells = tells

    def state(self, stream: str) -> StreamState:
        self._tells.send("stream")
        return super().state(stream)

    def commit(self, batch: Batch, before: StreamState, after: StreamState, synced: datetime) -> Landed:
        self._tells.send("commit")
        return super().commit(batch, before, after, synced)

    def _merge(self, *arguments: Any) -> int:
        merged = super()._merge(*arguments)
        self._tells.send("merged")
        return merged
