"""Rows of other systems in the warehouse: services, databases and files, each by a connector.

Promise: what a run has landed is in the warehouse once, whatever dies and when; a stream that failed makes
its run partial, and the next goes on where it stopped. dlt reads; the warehouse's own contract writes.

What is named here is cheap to import; `landing` and `run`, which bring Arrow, are imported where they work.
"""

from __future__ import annotations

from mainstem.connectors.contract import Asked, Connector, Finding, Page
from mainstem.connectors.kind import ConnectorKind, Opening
from mainstem.connectors.registry import find_kind, kind_names
from mainstem.connectors.settings import ConnectorSettings
from mainstem.connectors.streams import DELETED, KEY, SYNCED, Deletes, Stream, Table

__all__ = [
    "DELETED",
    "KEY",
    "SYNCED",
    "Asked",
    "Connector",
    "ConnectorKind",
    "ConnectorSettings",
    "Deletes",
    "Finding",
    "Opening",
    "Page",
    "Stream",
    "Table",
    "find_kind",
    "kind_names",
]
