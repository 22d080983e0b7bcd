"""Activations kept in memory, for pages: one whose plan a guard holds back, one that was applied in part, one
that was never planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.manifest import Dag, Task
from mainstem.testing.memory_runs import NOW
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
    from collections.abc import Sequence

    from mainstem.testing.memory_runs import MemoryRuns

USAGE_ROWS = (
    PlannedRow(
        0, "update", "acme", "001A", "due",
        {"Active_Users__c": 12, "As_Of__c": "2026-11-22"},
        {"Active_Users__c": 57, "As_Of__c": "2026-11-23"},
    ),
    PlannedRow(
        1, "update", "globex", "001B", "due",
        {"Active_Users__c": 3, "Blank_Because__c": None},
        {"Active_Users__c": None, "Blank_Because__c": "server opted out of telemetry"},
        {"Health__c": "newer_wins"},
    ),
    PlannedRow(2, "create", "initech", "", "due", {}, {"Active_Users__c": 9, "Name": "<b>Initech</b>"}),
    PlannedRow(3, "pass", "hooli", "", "passed", trouble="", code="no_record"),
    PlannedRow(4, "pass", "umbrella", "", "passed", trouble="fault", code="users", message="is blank"),
)  # fmt: skip
LEAD_ROWS = (
    PlannedRow(0, "update", "ada", "00Q1", "written", {"Score__c": 1}, {"Score__c": 2}, tries=1),
    PlannedRow(
        1, "update", "bob", "00Q2", "refused", {"Score__c": 1}, {"Score__c": 2}, tries=5, trouble="locked",
        code="UNABLE_TO_LOCK_ROW", message="unable to obtain exclusive access",
    ),
)  # fmt: skip


@dataclass
class MemoryActivations:
    """What pages are told; a test changes it. `approved` are plan, who, and guards set aside."""

    found: ActivationsNow
    kept: dict[int, Sequence[PlannedRow]] = field(default_factory=dict)
    approved: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)

    def now(self, runs: int) -> ActivationsNow:
        return self.found

    def one(self, name: str, runs: int) -> SeenActivation | None:
        return next((one for one in self.found.activations if one.name == name), None)

    def names(self) -> Sequence[tuple[str, str, str]]:
        return [(one.name, one.title, f"{one.destination} {one.object}") for one in self.found.activations]

    def plan(self, name: str, plan_id: int) -> SeenPlan | None:
        plans = [one.plan for one in self.found.activations if one.name == name and one.plan]
        return next((one for one in plans if one.id == plan_id), None)

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
        return [
            one
            for one in self.kept.get(plan_id, ())
            if one.number > after
            and (not ops or one.op in ops)
            and (not states or one.state in states)
            and key in one.key
        ][:limit]

    def history(self, name: str, key: str, limit: int) -> Sequence[LogLine]:
        return [LogLine(NOW, 3, "update", "refused", "UNABLE_TO_LOCK_ROW", "unable to obtain", 5)]

    def approve(self, name: str, plan_id: int, by: str, despite: Sequence[str]) -> None:
        plan = self.plan(name, plan_id)
        if plan is None or {one.guard for one in plan.broken} - set(despite):
            raise UsageError(f"plan {plan_id} is held back")
        self.approved.append((plan_id, by, tuple(despite)))


def activations() -> MemoryActivations:
    usage = SeenActivation(
        "usage", "What accounts use", "For sales.", "ada@acme.example", "account_360", "salesforce",
        "Account",
        "Key__c", "upsert", True,
        [SeenField("Active_Users__c", "users", "As_Of__c", "Blank_Because__c")],
        SeenPlan(
            7, NOW - timedelta(minutes=5), "grace", "blocked",
            {"source": 12000, "update": 2, "create": 1, "passed": 1, "faults": 1, "unchanged": 11995},
            [
                GuardFound("least_rows", True, "the source has 12,000 rows; at least 1"),
                GuardFound("most_changed", False, "80% of 3 records would change; at most 50%"),
            ],
            "2026-11-23T00:00:00.000Z",
        ),
        [], "activate_usage", "apply_usage",
    )  # fmt: skip
    leads = SeenActivation(
        "leads", "Scores of leads", "", "", "lead_scores", "salesforce", "Lead", "Email", "update", False,
        [SeenField("Score__c", "score", "Score_As_Of__c", "")],
        SeenPlan(5, NOW - timedelta(hours=2), "runner", "partial", {"source": 2, "update": 2}, [], ""),
        [
            ActivationRun(
                3, 5, NOW - timedelta(hours=2), NOW - timedelta(hours=1, minutes=59), "runner", (), "partial",
                {"written": 1, "refused": 1}, 14,
            )
        ],
        "activate_leads", "apply_leads",
    )  # fmt: skip
    board = SeenActivation(
        "board", "Board figures", "", "", "its SQL", "postgres", "board.figures", "id", "update", False, [],
        None, [], "activate_board", "apply_board",
    )  # fmt: skip
    return MemoryActivations(ActivationsNow([leads, board, usage]), {7: USAGE_ROWS, 5: LEAD_ROWS})


def add_dags(runs: MemoryRuns) -> None:
    """Of the first two; no runner has read that of `board`."""
    for name in ("usage", "leads"):
        for stem in ("activate", "apply"):
            task = Task("apply", ("mainstem", "activate", "apply", name))
            runs.add_dag(Dag(f"{stem}_{name}", (task,)))
