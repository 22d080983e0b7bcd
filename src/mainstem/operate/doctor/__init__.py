"""What is wrong with a project or the machine it is on, check by check, each with how to mend it.

A check looks and never changes anything: what it must write to find out, it takes away again. Most are
functions of plain facts; who gathers the facts is in the same module.
"""

from __future__ import annotations

from mainstem.operate.doctor.finding import Finding, Result, fail, ok, skipped, warn
from mainstem.operate.doctor.run import Check, run_checks

__all__ = ["Check", "Finding", "Result", "fail", "ok", "run_checks", "skipped", "warn"]
