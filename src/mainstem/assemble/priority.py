"""Who goes first where cores are few: gateway, loader, Postgres and pages before builds and upkeep.

An event is to be seen seconds after its 200 though dbt builds; a build may take longer. Without anybody else
who wants the cores, nothing is slower for it.
"""

from __future__ import annotations

import os

_NICENESS = 10
"""A tenth of the share that others get, as long as they want theirs."""


def give_way() -> None:
    """Let this process, and all it starts, run after others. Once a process: each call adds up."""
    os.nice(_NICENESS)
