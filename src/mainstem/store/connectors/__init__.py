"""What connectors and activations leave in the product's own records: calls of services, runs, changes.

It knows no service and no warehouse.
"""

from __future__ import annotations

from mainstem.store.connectors.calls import ACCOUNTS, CALLS, ApiCalls, KeptAccount
from mainstem.store.connectors.fence import SyncFence
from mainstem.store.connectors.runs import (
    CHANGES,
    RUNS,
    STREAMS,
    KeptChange,
    KeptRun,
    KeptStream,
    SyncRuns,
)
from mainstem.store.connectors.sightings import Brought, FailedStream, Freshness, SyncSightings

__all__ = [
    "ACCOUNTS",
    "CALLS",
    "CHANGES",
    "RUNS",
    "STREAMS",
    "ApiCalls",
    "Brought",
    "FailedStream",
    "Freshness",
    "KeptAccount",
    "KeptChange",
    "KeptRun",
    "KeptStream",
    "SyncFence",
    "SyncRuns",
    "SyncSightings",
]
