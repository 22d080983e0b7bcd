"""Tries as processes of this machine, each with a keeper that outlives the runner."""

from __future__ import annotations

from mainstem.orchestrate.process.runtime import ProcessRuntime

__all__ = ["ProcessRuntime"]
