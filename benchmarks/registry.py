"""The benchmarks by the names the command line knows, in the order of the data's way.

A module is imported only in the process that measures it, so that none weighs on another's memory.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.effort import Effort
    from benchmarks.figure import Outcome

BENCHMARKS: Mapping[str, str] = {
    "durable-event": "benchmarks.figures.durable_event",
    "batch": "benchmarks.figures.batch",
    "collect-rules": "benchmarks.figures.collect_rules",
    "gateway-memory": "benchmarks.figures.gateway_memory",
    "log": "benchmarks.figures.log",
    "load": "benchmarks.figures.load",
    "freshness": "benchmarks.figures.freshness",
    "connectors": "benchmarks.figures.connectors",
    "activate": "benchmarks.figures.activate",
    "company-day": "benchmarks.figures.company_day",
    "compile": "benchmarks.figures.compile",
    "lookml": "benchmarks.figures.lookml",
    "server-time": "benchmarks.figures.server_time",
    "dashboard-page": "benchmarks.figures.dashboard_page",
    "export-memory": "benchmarks.figures.export_memory",
    "task-overhead": "benchmarks.figures.task_overhead",
    "stack-memory": "benchmarks.figures.stack_memory",
}

LONGEST_SECONDS = 2400.0
"""What one benchmark may take before it is ended and the table says so."""


def measure(name: str, effort: Effort, scratch: Path) -> Outcome:
    """Run one benchmark in this process. Raises what it raises."""
    module = importlib.import_module(BENCHMARKS[name])
    found = cast("Callable[[Effort, Path], Outcome]", module.measure)
    return found(effort, scratch)


def explanation(name: str) -> str:
    """What the benchmark measures, what its limit is and how to read it: its module's own words."""
    return inspect.cleandoc(importlib.import_module(BENCHMARKS[name]).__doc__ or "")
