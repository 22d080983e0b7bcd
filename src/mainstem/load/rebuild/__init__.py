"""Event tables made anew from the log, in the order in which they were loaded, and put in place at once."""

from __future__ import annotations

from mainstem.load.rebuild.replacement import Replacement, TableChange, TableMissing
from mainstem.load.rebuild.run import Rebuilder, RebuildReport
from mainstem.load.rebuild.scope import Scope

__all__ = ["RebuildReport", "Rebuilder", "Replacement", "Scope", "TableChange", "TableMissing"]
