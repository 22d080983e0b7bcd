"""What pages may know of activations, and do: the seam to files and to the records of plans and runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True)
class GuardFound:
    guard: str
    is_kept: bool
    sentence: str


@dataclass(frozen=True)
class SeenPlan:
    id: int
    made_at: datetime
    made_by: str
    state: str
    """`making`, `planned`, `blocked`, `applying`, `applied`, `partial`, `superseded` or `failed`."""
    counts: Mapping[str, int]
    guards: Sequence[GuardFound]
    as_of: str
    """The oldest day of a value in it."""
    problem: str = ""
    approved_by: str = ""
    stale: str = ""
    """Why it may not be applied any more, guards apart; empty when it may."""

    @property
    def broken(self) -> Sequence[GuardFound]:
        return [one for one in self.guards if not one.is_kept]

    @property
    def writes(self) -> int:
        return sum(self.counts.get(name, 0) for name in ("create", "update", "delete"))


@dataclass(frozen=True)
class PlannedRow:
    number: int
    op: str
    """`create`, `update`, `delete`; `pass` of a row that is left out, `forget` of one that has left."""
    key: str
    target_id: str
    state: str
    """`due`, `sent`, `written`, `refused`, `unknown` or `passed`."""
    before: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    left_alone: Mapping[str, str] = field(default_factory=dict)
    tries: int = 0
    trouble: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class ActivationRun:
    id: int
    plan_id: int
    began_at: datetime
    ended_at: datetime | None
    began_by: str
    despite: Sequence[str]
    state: str
    """`running`, `success`, `partial`, `failed` or `broken_off`."""
    counts: Mapping[str, int]
    calls: int
    problem: str = ""


@dataclass(frozen=True)
class LogLine:
    """What came of one row once."""

    at: datetime
    run_id: int
    op: str
    state: str
    code: str
    message: str
    tries: int


@dataclass(frozen=True)
class SeenField:
    """A value that is written, and what goes beside it."""

    to: str
    column: str
    as_of: str
    """Field of its day; empty where there is none."""
    blank: str
    """Field of why it is blank."""


@dataclass(frozen=True)
class SeenActivation:
    name: str
    title: str
    description: str
    owner: str
    source: str
    destination: str
    object: str
    match: str
    mode: str
    needs_person: bool
    """A plan waits until somebody applies it."""
    fields: Sequence[SeenField]
    plan: SeenPlan | None
    runs: Sequence[ActivationRun]
    """Newest first."""
    plan_dag: str
    apply_dag: str

    @property
    def last(self) -> ActivationRun | None:
        return self.runs[0] if self.runs else None

    def in_order(self, row: PlannedRow) -> list[tuple[str, Any]]:
        """What a row writes, or held: each value with its day and its reason, in the order of the file."""
        values = row.values or row.before
        own = (name for one in self.fields for name in (one.to, one.as_of, one.blank))
        return [(name, values[name]) for name in dict.fromkeys((*own, *values)) if name in values]

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at the plan."""
        plan = self.plan
        if plan is None or plan.stale or plan.approved_by:
            return False
        return plan.state == "blocked" or (plan.state == "planned" and self.needs_person and plan.writes > 0)

    @property
    def standing(self) -> str:
        """`waits`, `running`, `failed`, `partial`, `ok` or `never`."""
        if self.last is not None and self.last.state == "running":
            return "running"
        if self.waits:
            return "waits"
        if self.plan is not None and self.plan.state == "failed":
            return "failed"
        if self.last is None:
            return "never"
        return {"success": "ok", "partial": "partial"}.get(self.last.state, "failed")


@dataclass(frozen=True)
class ActivationsNow:
    activations: Sequence[SeenActivation]
    problem: str = ""
    """What is wrong with the files as they are written; those of before go on."""


class ActivationDesk(Protocol):
    """Safe to ask from any thread. Every method raises TransientError."""

    def now(self, runs: int) -> ActivationsNow:
        """Every activation, with its newest plan and its last `runs` runs."""

    def one(self, name: str, runs: int) -> SeenActivation | None:
        """One of them, likewise; None for one there is not."""

    def names(self) -> Sequence[tuple[str, str, str]]:
        """Name, title and where to of each, without asking how it stands."""

    def plan(self, name: str, plan_id: int) -> SeenPlan | None:
        """One plan of an activation."""

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
        """Rows of a plan by number, behind `after`."""

    def history(self, name: str, key: str, limit: int) -> Sequence[LogLine]:
        """What came of one row, newest first."""

    def approve(self, name: str, plan_id: int, by: str, despite: Sequence[str]) -> None:
        """Write down that somebody wants a plan applied. Raises UsageError when it may not be."""
