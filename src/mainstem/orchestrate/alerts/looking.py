"""One look at the records: all that is decided from, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from mainstem.manifest.reading import read_manifest
from mainstem.orchestrate.alerts.sight import KnownDag, Sight
from mainstem.orchestrate.decisions import RUN_TIMED_OUT, SET_ASIDE, STOPPED_FOR_CLEARING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.manifest import Dag
    from mainstem.orchestrate.alerts.reviews import ExpectedReview
    from mainstem.orchestrate.alerts.settings import AlertSettings
    from mainstem.orchestrate.alerts.syncs import ExpectedSync
    from mainstem.store.activations import PlanSightings
    from mainstem.store.alerts import Outbox, Sightings
    from mainstem.store.connectors import SyncSightings
    from mainstem.store.runs import Runner, RunRecords

BACK = timedelta(days=3)
"""How far back who was away looks."""
STANDING = ("runner", "overdue", "manifest", "freshness", "review")
"""Kinds of alerts that are told to be over, too."""
OVERLAP = timedelta(minutes=10)
"""What is written while one looks has an earlier moment."""


@dataclass
class Lookout:
    """Every look raises StoreUnavailable."""

    records: RunRecords
    sightings: Sightings
    outbox: Outbox
    settings: AlertSettings
    broken_targets: Mapping[str, str] = field(default_factory=dict)
    expects_runner: bool = True
    """False where Airflow runs the DAGs: they are watched only while a runner is heard of all the same."""
    syncs: SyncSightings | None = None
    """Asked only where there are connectors."""
    connectors: Sequence[ExpectedSync] = ()
    plans: PlanSightings | None = None
    """Asked only where plans of some activation wait for a person."""
    reviews: Callable[[datetime], Sequence[ExpectedReview]] = lambda _: ()
    """Asked at every look: files of activations come and go."""
    _last: datetime | None = None

    def look(self, now: datetime, manifest_problem: str = "") -> Sight:
        reviews = self.reviews(now)
        with self.records.together():
            watching_since = self.outbox.watching_since(now)
            since = max(watching_since, (self._last or now) - (OVERLAP if self._last else BACK))
            syncs = self.syncs if self.connectors else None
            sight = Sight(
                now=now,
                since=since,
                watching_since=watching_since,
                dags=self._dags(),
                active=self.records.active_runs(),
                waiting=self.sightings.waiting(now - timedelta(seconds=self.settings.stuck_after_s)),
                tries=self.sightings.ended_tries(since, STOPPED_FOR_CLEARING),
                runs=self.sightings.ended_runs(since),
                timed_out=frozenset(self.sightings.failed_for(since, RUN_TIMED_OUT)),
                set_aside=frozenset(self.sightings.failed_for(since, SET_ASIDE)),
                runners=(runners := self.records.runners()),
                assets={one.asset: one.last.at for one in self.records.assets()},
                standing=self.outbox.standing(STANDING),
                connectors=self.connectors,
                fresh=() if syncs is None else syncs.freshness(),
                partial=() if syncs is None else syncs.partial(since),
                brought=() if syncs is None else syncs.brought(since),
                reviews=reviews,
                plans=() if self.plans is None or not reviews else self.plans.newest(),
                manifest_problem=manifest_problem,
                broken_targets=self.broken_targets,
                is_run_here=self.expects_runner or self._one_works(runners, now),
            )
        self._last = now
        return sight

    def _one_works(self, runners: Sequence[Runner], now: datetime) -> bool:
        patience = timedelta(seconds=self.settings.runner_silent_after_s)
        return any(one.ended_at is None and now - one.heartbeat_at <= patience for one in runners)

    def _dags(self) -> dict[str, KnownDag]:
        ticks, newest = self.records.last_ticks(), self.sightings.newest_runs()
        found: dict[str, KnownDag] = {}
        for one in self.records.dags():
            dag = None if one.is_stale else self._dag(one.manifest, one.dag_id)
            if dag is not None:
                found[one.dag_id] = KnownDag(
                    dag, one.is_paused, one.unpaused_at, ticks.get(one.dag_id), newest.get(one.dag_id)
                )
        return found

    def _dag(self, digest: str, dag_id: str) -> Dag | None:
        return _dags_of(digest, self.records).get(dag_id)


@lru_cache(maxsize=4)
def _dags_of(digest: str, records: RunRecords) -> dict[str, Dag]:
    """A manifest never changes under its digest."""
    body = records.manifest(digest)
    return {} if body is None else {dag.dag_id: dag for dag in read_manifest(body).dags}
