"""From the log of accepted events to warehouse tables, each event exactly once.

`schema` decides what rows an event becomes; the rest brings them into tables that already stand.
"""

from __future__ import annotations

from mainstem.load.batch import Log, LogBatch
from mainstem.load.report import LoadReport
from mainstem.load.run import Loader
from mainstem.load.settings import LoadSettings

__all__ = ["LoadReport", "LoadSettings", "Loader", "Log", "LogBatch"]
