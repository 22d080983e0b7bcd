"""One process at a time plans or applies an activation."""

from __future__ import annotations

from mainstem.store.fence import Fence


class ActivationFence(Fence):
    group = int.from_bytes(b"ACTI")
    taken = "another process plans or applies {}; only one may"
