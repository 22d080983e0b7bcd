"""Run child processes: start in order, wait until each is ready, watch, stop in reverse.

It knows argument lists and nothing of what they do.
"""

from __future__ import annotations

from mainstem.supervise.child import ChildSpec, Readiness
from mainstem.supervise.notify import notify_ready
from mainstem.supervise.supervisor import Supervisor

__all__ = ["ChildSpec", "Readiness", "Supervisor", "notify_ready"]
