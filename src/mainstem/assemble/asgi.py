"""The gateway of the project in the current folder, for an ASGI server to run.

    uvicorn --factory mainstem.assemble.asgi:app

One process a partition of the log: give each worker a `[collect] partition` of its own, or run one. What
runs beside the gateway's own server is not here: sources are read once, there are no metrics, no facts and no
shadows, the log is not cleaned, and events are refused when the disk is full, not before.
"""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.assemble.collect import CollectOptions, Gateway, plan_gateway
from mainstem.collect.asgi import GatewayApp
from mainstem.errors import UsageError
from mainstem.log import open_writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mainstem.collect import RecordLog


def app() -> GatewayApp:
    """Raises UsageError or ConfigError where there is no project to serve, and UsageError for one that needs
    what runs beside the gateway's own server."""
    return app_of(plan_gateway(CollectOptions(), Path.cwd()))


def app_of(gateway: Gateway) -> GatewayApp:
    """The application that serves `gateway`; it takes the partitions of the log when the server starts.

    Raises UsageError where a source is shadowed: nothing would carry its requests further.
    """
    shadowed = [source.id for source in gateway.sources if source.shadow_url is not None]
    if shadowed:
        raise UsageError(
            f"source {shadowed[0]!r} has a shadow_url, which only `mainstem collect` forwards to: run that, "
            "or take the shadow_url away"
        )

    @asynccontextmanager
    async def logs() -> AsyncIterator[tuple[RecordLog, RecordLog]]:
        partition = gateway.settings.partition
        events = open_writer(gateway.data_dir, "events", partition, gateway.log)
        try:
            quarantine = open_writer(gateway.data_dir, "quarantine", partition, gateway.log)
            try:
                yield events, quarantine
            finally:
                await quarantine.close()
        finally:
            await events.close()

    return GatewayApp(
        gateway.settings,
        gateway.table,
        logs,
        files=gateway.files,
        free_disk_bytes=lambda: shutil.disk_usage(gateway.data_dir).free,
    )
