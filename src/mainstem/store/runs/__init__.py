"""Runs of DAGs: what is kept of them, who may write it, and which of several runners runs tasks."""

from __future__ import annotations

from mainstem.store.runs.bell import Bell
from mainstem.store.runs.leases import Leases
from mainstem.store.runs.records import RunRecords
from mainstem.store.runs.values import (
    Alert,
    AssetEvent,
    AssetRecord,
    DagRecord,
    Lease,
    PoolUse,
    QueuedAsset,
    Runner,
    Try,
)
from mainstem.store.runs.writing import RunWriter

__all__ = [
    "Alert",
    "AssetEvent",
    "AssetRecord",
    "Bell",
    "DagRecord",
    "Lease",
    "Leases",
    "PoolUse",
    "QueuedAsset",
    "RunRecords",
    "RunWriter",
    "Runner",
    "Try",
]
