"""Shadow mode's second half: what the gateway copied goes on, unchanged, to another data plane.

It runs in a process of its own, so that nothing the other side does can reach a sender. It knows the shadow
log and URLs; what the requests mean, and which tables they become, it does not.
"""

from __future__ import annotations

from mainstem.shadow.forwarder import Forwarder
from mainstem.shadow.position import Place, PositionFile, Progress
from mainstem.shadow.settings import ShadowSettings
from mainstem.shadow.status import SourceStatus, status_of
from mainstem.shadow.upstream import Upstream

__all__ = [
    "Forwarder",
    "Place",
    "PositionFile",
    "Progress",
    "ShadowSettings",
    "SourceStatus",
    "Upstream",
    "status_of",
]
