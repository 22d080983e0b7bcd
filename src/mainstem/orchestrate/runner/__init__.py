"""The loop that runs a manifest on this machine: one runner at a time, of as many as there are."""

from __future__ import annotations

from mainstem.orchestrate.runner.identity import Identity
from mainstem.orchestrate.runner.jobs import JobMaker
from mainstem.orchestrate.runner.known import Known
from mainstem.orchestrate.runner.loop import Records, Runner
from mainstem.orchestrate.runner.settings import RunnerSettings
from mainstem.orchestrate.runner.upkeep import OldRuns

__all__ = ["Identity", "JobMaker", "Known", "OldRuns", "Records", "Runner", "RunnerSettings"]
