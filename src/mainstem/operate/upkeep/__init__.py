"""Looking after the lake while it is used: small files put together, old history let go, leftovers removed.

`plan` decides from plain facts, `run` acts, a small step at a time; what each step came to is kept.
"""

from __future__ import annotations

from mainstem.operate.upkeep.plan import Kept, Reason, kept_snapshots, plan_files
from mainstem.operate.upkeep.run import Caretaker, Chores
from mainstem.operate.upkeep.settings import UpkeepSettings

__all__ = ["Caretaker", "Chores", "Kept", "Reason", "UpkeepSettings", "kept_snapshots", "plan_files"]
