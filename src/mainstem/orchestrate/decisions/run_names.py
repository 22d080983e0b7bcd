"""Ids of runs, written as Airflow writes them: `scheduled__2026-11-23T07:00:00+00:00`.

A run with no logical date has something added that tells it from another of the same moment. Airflow adds
letters by chance; here they come from what caused the run, so that two who decide alike make one run.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mainstem.manifest import RunType


def run_id(run_type: RunType, run_after: datetime) -> str:
    """Of a run with a logical date; `run_after` is the tick, or the moment somebody asked."""
    return f"{run_type}__{run_after.astimezone(UTC).isoformat()}"


def run_id_by_cause(run_type: RunType, run_after: datetime, causes: Iterable[str]) -> str:
    """Of a run without one: `asset_triggered__2026-11-23T07:00:00+00:00_9f31c2ab`."""
    digest = hashlib.sha256("\n".join(causes).encode()).hexdigest()
    return f"{run_id(run_type, run_after)}_{digest[:8]}"
