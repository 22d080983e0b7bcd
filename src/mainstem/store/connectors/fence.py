"""One sync of a connector at a time."""

from __future__ import annotations

from mainstem.store.fence import Fence


class SyncFence(Fence):
    group = int.from_bytes(b"SYNC")
    taken = "another sync of {} is at work; only one may be"
