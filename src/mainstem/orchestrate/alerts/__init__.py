"""Alerts: what to tell people of runs, decided from the records, and told from a process that is not the
runner.

Promise: what did not happen is told as well as what failed, each once. No secret is in what is told.
"""

from __future__ import annotations

from mainstem.orchestrate.alerts.grouping import grouped
from mainstem.orchestrate.alerts.log_tail import log_tail
from mainstem.orchestrate.alerts.looking import Lookout
from mainstem.orchestrate.alerts.reviews import ExpectedReview
from mainstem.orchestrate.alerts.routes import targets_of
from mainstem.orchestrate.alerts.settings import KINDS, AlertRoute, AlertSettings, Kind
from mainstem.orchestrate.alerts.sight import KnownDag, Pointers, Sight
from mainstem.orchestrate.alerts.syncs import ExpectedSync
from mainstem.orchestrate.alerts.watcher import Watcher, found

__all__ = [
    "KINDS",
    "AlertRoute",
    "AlertSettings",
    "ExpectedReview",
    "ExpectedSync",
    "Kind",
    "KnownDag",
    "Lookout",
    "Pointers",
    "Sight",
    "Watcher",
    "found",
    "grouped",
    "log_tail",
    "targets_of",
]
