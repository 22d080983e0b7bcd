"""Run child processes: start in order, wait until each is ready, watch, stop in reverse; keep what they say.

It knows argument lists and nothing of what they do. How a process of ours logs is set up here too, so that
what is kept is one kind of line with every secret struck out.
"""

from __future__ import annotations

from mainstem.supervise.child import ChildSpec, Readiness
from mainstem.supervise.leftovers import end_leftovers
from mainstem.supervise.lines import LogLine
from mainstem.supervise.logfile import LogFile
from mainstem.supervise.notify import notify_ready
from mainstem.supervise.process_log import log_as, logging_to
from mainstem.supervise.settings import LoggingSettings
from mainstem.supervise.signals import on_signals
from mainstem.supervise.state import ProcessState, UpState, is_alive, read_state, supervisor_runs
from mainstem.supervise.supervisor import Supervisor

__all__ = [
    "ChildSpec",
    "LogFile",
    "LogLine",
    "LoggingSettings",
    "ProcessState",
    "Readiness",
    "Supervisor",
    "UpState",
    "end_leftovers",
    "is_alive",
    "log_as",
    "logging_to",
    "notify_ready",
    "on_signals",
    "read_state",
    "supervisor_runs",
]
