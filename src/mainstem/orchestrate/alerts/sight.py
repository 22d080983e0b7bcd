"""All that one look sees: plain values, from which is decided what to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mainstem.manifest import Dag, DagRun, TaskInstance
    from mainstem.orchestrate.alerts.reviews import ExpectedReview
    from mainstem.orchestrate.alerts.syncs import ExpectedSync
    from mainstem.store.activations import NewestPlan
    from mainstem.store.alerts import EndedRun, EndedTry
    from mainstem.store.connectors import Brought, FailedStream, Freshness
    from mainstem.store.runs import Alert, Runner


@dataclass(frozen=True)
class KnownDag:
    """A DAG of the newest manifest, and what is known of it."""

    dag: Dag
    is_paused: bool
    since: datetime
    """When it was first seen, or last unpaused."""
    last_tick: datetime | None = None
    """The newest logical date of its scheduled and backfill runs."""
    newest: DagRun | None = None
    """The run that was queued last."""


@dataclass(frozen=True)
class Sight:
    now: datetime
    since: datetime
    """What ended before is not told of."""
    watching_since: datetime
    dags: Mapping[str, KnownDag]
    """Those that are still in the manifest, by id."""
    active: Sequence[DagRun] = ()
    waiting: Sequence[TaskInstance] = ()
    """Tasks that have a place and have not begun for too long."""
    tries: Sequence[EndedTry] = ()
    runs: Sequence[EndedRun] = ()
    timed_out: frozenset[tuple[str, str]] = frozenset()
    """DAG and id of runs that `dagrun_timeout` ended."""
    set_aside: frozenset[tuple[str, str]] = frozenset()
    """DAG and id of runs that the runner failed, for their records contradict themselves."""
    runners: Sequence[Runner] = ()
    assets: Mapping[str, datetime] = field(default_factory=dict)
    """When each was last new."""
    connectors: Sequence[ExpectedSync] = ()
    """What settings say of each."""
    fresh: Sequence[Freshness] = ()
    partial: Sequence[FailedStream] = ()
    brought: Sequence[Brought] = ()
    reviews: Sequence[ExpectedReview] = ()
    """Of activations whose plans wait for a person."""
    plans: Sequence[NewestPlan] = ()
    manifest_problem: str = ""
    """Why the manifest cannot be read."""
    broken_targets: Mapping[str, str] = field(default_factory=dict)
    """Why nobody can be told there, by place."""
    standing: Sequence[Alert] = ()
    """Told of what did not happen, and not yet that it is over: the newest of each kind and DAG."""
    is_run_here: bool = True
    """Whether a runner of this project is to run its DAGs; False where Airflow does."""


@dataclass(frozen=True)
class Pointers:
    """Where people find more."""

    link: str
    """Of the pages, without a slash at its end."""
    log_tail: Callable[[EndedTry], Sequence[str]] = lambda _: ()
    """The last lines of a try's log, fit to leave."""

    def dag(self, dag_id: str) -> str:
        return f"{self.link}/dags/{quote(dag_id, safe='')}"

    def connector(self, name: str) -> str:
        return f"{self.link}/connectors/{quote(name, safe='')}"

    def activation(self, name: str) -> str:
        return f"{self.link}/activations/{quote(name, safe='')}"

    def run(self, dag_id: str, run_id: str) -> str:
        return f"{self.dag(dag_id)}/runs/{quote(run_id, safe='')}"

    def task(self, dag_id: str, run_id: str, task_id: str) -> str:
        return f"{self.run(dag_id, run_id)}/tasks/{quote(task_id, safe='')}"
