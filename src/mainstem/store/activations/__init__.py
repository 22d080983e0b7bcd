"""What activations leave in the product's own records: plans, runs, what was acknowledged, every row tried.

It knows no service and decides nothing.
"""

from __future__ import annotations

from mainstem.store.activations.acknowledged import ROWS, AcknowledgedRows, KeptRow
from mainstem.store.activations.fence import ActivationFence
from mainstem.store.activations.plans import PLAN_ROWS, PLANS, KeptPlan, KeptPlanRow, Plans
from mainstem.store.activations.runs import (
    BATCHES,
    LOG,
    RUNS,
    ActivationRuns,
    KeptActivationRun,
    KeptBatch,
    KeptLogRow,
    Settled,
    portions,
)
from mainstem.store.activations.sightings import NewestPlan, PlanSightings

__all__ = [
    "BATCHES",
    "LOG",
    "PLANS",
    "PLAN_ROWS",
    "ROWS",
    "RUNS",
    "AcknowledgedRows",
    "ActivationFence",
    "ActivationRuns",
    "KeptActivationRun",
    "KeptBatch",
    "KeptLogRow",
    "KeptPlan",
    "KeptPlanRow",
    "KeptRow",
    "NewestPlan",
    "PlanSightings",
    "Plans",
    "Settled",
    "portions",
]
