"""What the pages of connectors show: how each stream stands, what runs brought, how tables changed.

Promise: it reads through the seam of `desk`; what is asked to run is asked of the connector's DAG.
"""

from __future__ import annotations

from mainstem.web.connectors.desk import (
    ConnectorDesk,
    ConnectorsNow,
    SchemaChange,
    SeenConnector,
    StreamReading,
    SyncRun,
)
from mainstem.web.connectors.paths import CONNECTORS, connector_path

__all__ = [
    "CONNECTORS",
    "ConnectorDesk",
    "ConnectorsNow",
    "SchemaChange",
    "SeenConnector",
    "StreamReading",
    "SyncRun",
    "connector_path",
]
