"""What pages are told of activations: out of the project's files and the records of plans and runs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from mainstem.activate.files import activations_of
from mainstem.activate.settings import place_of
from mainstem.activate.staleness import refusal_of
from mainstem.activate.tasks import applied_by, planned_by
from mainstem.errors import MainstemError, UsageError
from mainstem.store.activations import ActivationRuns, Plans
from mainstem.web.activations import (
    ActivationRun,
    ActivationsNow,
    GuardFound,
    LogLine,
    PlannedRow,
    SeenActivation,
    SeenField,
    SeenPlan,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.activate.definition import Activation
    from mainstem.assemble.watch import LiveProject
    from mainstem.store import Database
    from mainstem.store.activations import KeptActivationRun, KeptPlan, KeptPlanRow


class _Written(NamedTuple):
    activation: Activation
    place: bytes
    """Of its destination, as `place_of` has it."""


class ProjectActivations:
    """Of a project that may be edited meanwhile. Safe to ask from any thread."""

    def __init__(self, live: LiveProject, database: Database) -> None:
        self._live = live
        self._plans = Plans(database)
        self._runs = ActivationRuns(database)
        self._lock = threading.Lock()
        self._written: Mapping[str, _Written] = {}

    def now(self, runs: int) -> ActivationsNow:
        written, problem = self._files()
        return ActivationsNow([self._seen(one, runs) for one in written.values()], problem)

    def one(self, name: str, runs: int) -> SeenActivation | None:
        written, _ = self._files()
        return self._seen(written[name], runs) if name in written else None

    def names(self) -> Sequence[tuple[str, str, str]]:
        written, _ = self._files()
        return [
            (one.name, one.title or one.name, f"{one.destination} {one.object}")
            for one, _ in written.values()
        ]

    def plan(self, name: str, plan_id: int) -> SeenPlan | None:
        written, _ = self._files()
        kept = self._plans.find(plan_id)
        if kept is None or kept.activation != name or name not in written:
            return None
        newest = next(iter(self._plans.newest(name)), kept)
        return _planned(kept, newest.id, written[name])

    def rows(
        self,
        plan_id: int,
        *,
        ops: Sequence[str] = (),
        states: Sequence[str] = (),
        key: str = "",
        after: int = -1,
        limit: int = 50,
    ) -> Sequence[PlannedRow]:
        found = self._plans.rows(plan_id, ops=ops, states=states, key=key, after=after, limit=limit)
        return [_row(one) for one in found]

    def history(self, name: str, key: str, limit: int) -> Sequence[LogLine]:
        return [
            LogLine(one.at, one.run_id, one.op, one.state, one.code, one.message, one.tries)
            for one in self._runs.of_key(name, key, limit)
        ]

    def approve(self, name: str, plan_id: int, by: str, despite: Sequence[str]) -> None:
        plan = self.plan(name, plan_id)
        if plan is None:
            raise UsageError(f"{name} has no plan {plan_id}")
        if plan.stale:
            raise UsageError(plan.stale)
        held = [one.guard for one in plan.broken if one.guard not in despite]
        if held:
            raise UsageError(f"plan {plan_id} is held back by {', '.join(held)}")
        if not self._plans.approve(plan_id, by, despite):
            raise UsageError(f"plan {plan_id} is not there to be applied any more")

    def _files(self) -> tuple[Mapping[str, _Written], str]:
        """As they are written; while they do not check, as they last did, and why."""
        with self._lock:
            self._live.look_again()
            config = self._live.project.config
            try:
                self._written = {
                    name: _Written(one, place_of(config, one.destination))
                    for name, one in activations_of(config).items()
                }
            except MainstemError as e:
                return self._written, str(e)
            return self._written, self._live.problem or ""

    def _seen(self, written: _Written, runs: int) -> SeenActivation:
        one = written.activation
        kept = next(iter(self._plans.newest(one.name)), None)
        return SeenActivation(
            one.name,
            one.title or one.name,
            one.description,
            one.owner,
            one.source.named,
            one.destination,
            one.object,
            one.match.to,
            one.mode,
            one.approval == "person",
            [
                SeenField(
                    mapped.to,
                    mapped.column or repr(mapped.value),
                    day.to if (day := one.as_of_of(mapped)) and mapped.column else "",
                    blank.to if (blank := one.blank_of(mapped)) and mapped.column else "",
                )
                for mapped in one.fields
            ],
            _planned(kept, kept.id, written) if kept else None,
            [_run(run) for run in self._runs.newest(one.name, runs)],
            planned_by(one.name),
            applied_by(one.name),
        )


def _planned(kept: KeptPlan, newest: int, written: _Written) -> SeenPlan:
    guards = [GuardFound(one["guard"], one["is_kept"], one["sentence"]) for one in kept.guards]
    broken = [one.guard for one in guards if not one.is_kept]
    return SeenPlan(
        kept.id,
        kept.made_at,
        kept.made_by,
        kept.state,
        kept.counts,
        guards,
        kept.as_of,
        kept.problem,
        kept.approved_by,
        refusal_of(kept, newest, written.activation, datetime.now(UTC), broken, written.place),
    )


def _row(kept: KeptPlanRow) -> PlannedRow:
    body = kept.body
    return PlannedRow(
        kept.number,
        kept.op,
        kept.key,
        kept.target_id,
        kept.state,
        body.get("before", {}),
        {
            **body.get("values", {}),
            **{field: one["value"] for field, one in body.get("parents", {}).items()},
        },
        body.get("left_alone", {}),
        kept.tries,
        kept.trouble,
        kept.code,
        kept.message,
    )


def _run(kept: KeptActivationRun) -> ActivationRun:
    return ActivationRun(
        kept.id,
        kept.plan_id,
        kept.began_at,
        kept.ended_at,
        kept.began_by,
        kept.despite,
        kept.state,
        kept.counts,
        kept.calls,
        kept.problem,
    )
