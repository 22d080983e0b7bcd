"""What the pages of orchestration show: DAGs, runs, tries, logs and assets, made ready to be drawn.

Promise: it reads and asks through the seams of `desk`, and decides nothing about runs.
"""

from __future__ import annotations

from mainstem.web.orchestration.desk import (
    Backfilling,
    BackfillTick,
    Clearing,
    KnownDag,
    LogReading,
    MarkState,
    OrchestrationDesk,
    PoolUse,
    Reprocess,
    RunAsking,
    RunReading,
    SeenAsset,
    SeenRunner,
    Try,
    TryLog,
    Use,
)

__all__ = [
    "BackfillTick",
    "Backfilling",
    "Clearing",
    "KnownDag",
    "LogReading",
    "MarkState",
    "OrchestrationDesk",
    "PoolUse",
    "Reprocess",
    "RunAsking",
    "RunReading",
    "SeenAsset",
    "SeenRunner",
    "Try",
    "TryLog",
    "Use",
]
