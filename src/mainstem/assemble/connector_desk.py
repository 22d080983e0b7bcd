"""What pages are told of connectors: out of the project's settings and the records of their runs."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.connectors import find_kind, kind_names
from mainstem.connectors.settings import read_connectors, schema_of
from mainstem.errors import MainstemError
from mainstem.store.connectors import SyncRuns, SyncSightings
from mainstem.web.connectors import ConnectorsNow, SchemaChange, SeenConnector, StreamReading, SyncRun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.assemble.watch import LiveProject
    from mainstem.connectors import ConnectorSettings
    from mainstem.store import Database
    from mainstem.store.connectors import KeptRun, KeptStream


class ProjectConnectors:
    """Of a project that may be edited meanwhile. Safe to ask from any thread."""

    def __init__(self, live: LiveProject, database: Database) -> None:
        self._live = live
        self._runs = SyncRuns(database)
        self._sightings = SyncSightings(database)
        self._lock = threading.Lock()
        self._written: Mapping[str, ConnectorSettings] = {}
        self._problem = ""
        self._is_read = False

    def now(self, runs: int) -> ConnectorsNow:
        written, problem = self._settings()
        found = tuple(self._seen(name, settings, runs) for name, settings in written.items())
        return ConnectorsNow(found, kind_names(), problem)

    def changes(self, name: str, limit: int) -> Sequence[SchemaChange]:
        return [
            SchemaChange(one.at, one.stream, one.change, one.column_name, one.column_type)
            for one in self._runs.changes(limit, name)
        ]

    def names(self) -> Sequence[tuple[str, str]]:
        written, _ = self._settings()
        return [(name, find_kind(settings.type).title) for name, settings in written.items()]

    def _settings(self) -> tuple[Mapping[str, ConnectorSettings], str]:
        """As they are written; while those do not check, as they last did, and why."""
        with self._lock:
            if self._live.look_again() or not self._is_read:
                try:
                    self._written = read_connectors(self._live.project.config, secrets=False)
                    self._problem = ""
                except MainstemError as e:
                    self._problem = str(e)
                self._is_read = True
            return self._written, self._problem or self._live.problem or ""

    def _seen(self, name: str, settings: ConnectorSettings, runs: int) -> SeenConnector:
        fresh = self._sightings.freshness(name)
        return SeenConnector(
            name,
            settings.type,
            find_kind(settings.type).title,
            schema_of(name, settings),
            f"sync_{name}",
            timedelta(hours=settings.fresh_within) if settings.fresh_within else None,
            settings.streams,
            settings.without,
            tuple(_run(one) for one in self._runs.newest(runs, name)),
            tuple(_reading(one) for one in self._runs.streams_of_last(name, runs)),
            tuple(_reading(one) for one in self._runs.last_of_each(name)),
            {one.stream: one.complete_through for one in fresh},
            {one.stream: one.first_began for one in fresh},
        )


def _run(kept: KeptRun) -> SyncRun:
    return SyncRun(kept.id, kept.asked, kept.began_at, kept.ended_at, kept.state, kept.problem)


def _reading(kept: KeptStream) -> StreamReading:
    return StreamReading(
        kept.run_id,
        kept.stream,
        kept.state,
        kept.began_at,
        kept.ended_at,
        kept.rows,
        kept.deleted,
        kept.bytes,
        kept.calls,
        kept.repeats,
        kept.waited_seconds,
        kept.quota_remaining,
        kept.problem,
    )
