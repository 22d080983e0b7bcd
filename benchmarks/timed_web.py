"""`python -m benchmarks.timed_web FOLDER`: the web server of a project that says what the warehouse took.

It is `mainstem web` itself, put together where that is, with a clock around the warehouse: each answer
carries the seconds its queries took in `X-Warehouse-Seconds`.
"""

from __future__ import annotations

import sys
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from mainstem.assemble import web
from mainstem.query import WarehouseExplorer
from mainstem.query.connections import Connections
from mainstem.warehouse import Warehouse
from mainstem.web import build_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    import pyarrow as pa
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mainstem.query.context import Asking
    from mainstem.semantics import Project
    from mainstem.warehouse import ColumnType, Transaction
    from mainstem.web import Services, WebSettings
    from mainstem.web.assets import Assets

HEADER = b"x-warehouse-seconds"

_spent: ContextVar[list[float]] = ContextVar("spent")
"""The queries of the request at hand. The list is shared with the thread that a question runs on."""


class TimedWarehouse(Warehouse):
    """Another warehouse, each of its queries clocked."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner = inner
        self.capabilities = inner.capabilities

    def columns(self, namespace: str) -> Mapping[str, Mapping[str, ColumnType]]:
        return self._inner.columns(namespace)

    def transaction(self, message: str, *, ddl: bool = False) -> AbstractContextManager[Transaction]:
        return self._inner.transaction(message, ddl=ddl)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        began = time.perf_counter()
        try:
            return self._inner.query(sql, parameters)
        finally:
            _spent.get([]).append(time.perf_counter() - began)

    def close(self) -> None:
        self._inner.close()


def timed(app: ASGIApp) -> ASGIApp:
    """`app`, with the warehouse's seconds on every answer."""

    async def clocked(scope: Scope, receive: Receive, send: Send) -> None:
        spent: list[float] = []
        _spent.set(spent)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, f"{sum(spent):.6f}".encode())]
            await send(message)

        await app(scope, receive, tell)

    return clocked


def _timed_explorer(
    projects: Callable[[], Project],
    connections: Connections,
    clock: Callable[[], datetime],
    asking: Callable[[], Asking],
) -> WarehouseExplorer:
    timed_own = Connections(TimedWarehouse(connections.own), connections.others)
    return WarehouseExplorer(projects, timed_own, clock, asking)


def _timed_app(services: Services, settings: WebSettings, assets: Assets) -> ASGIApp:
    return timed(build_app(services, settings, assets))


def main(folder: Path) -> None:
    """Serve the project in `folder` on a free port until SIGTERM."""
    with (
        patch.object(web, "WarehouseExplorer", _timed_explorer),
        patch.object(web, "build_app", _timed_app),
    ):
        web.run_web(folder, None, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
