"""What the pages of activations show: what would change in other services, what was written, what was not.

Promise: it reads through the seam of `desk`, and writes down who wants a plan applied; planning and applying
are asked of the activation's DAGs.
"""

from __future__ import annotations

from mainstem.web.activations.desk import (
    ActivationDesk,
    ActivationRun,
    ActivationsNow,
    GuardFound,
    LogLine,
    PlannedRow,
    SeenActivation,
    SeenField,
    SeenPlan,
)
from mainstem.web.activations.paths import ACTIVATIONS, activation_path, plan_path

__all__ = [
    "ACTIVATIONS",
    "ActivationDesk",
    "ActivationRun",
    "ActivationsNow",
    "GuardFound",
    "LogLine",
    "PlannedRow",
    "SeenActivation",
    "SeenField",
    "SeenPlan",
    "activation_path",
    "plan_path",
]
