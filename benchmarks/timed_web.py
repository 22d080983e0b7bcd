"""`python -m benchmarks.timed_web FOLDER`: the web server of a project that says what the warehouse took.

Put together as `mainstem web` is, with a clock around the warehouse: each answer carries the seconds its
queries took in `X-Warehouse-Seconds`.
"""

from __future__ import annotations

import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem import __version__
from mainstem.assemble.project import open_project
from mainstem.assemble.query import lookml_folder
from mainstem.assemble.warehouse import open_warehouse
from mainstem.load.bookkeeping import last_commit
from mainstem.query import WarehouseExplorer
from mainstem.semantics import load_project
from mainstem.supervise import notify_ready
from mainstem.warehouse import Warehouse
from mainstem.web import Services, WebSettings, build_app, load_assets, serve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    import pyarrow as pa
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mainstem.warehouse import ColumnType, Transaction

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


def main(folder: Path) -> None:
    """Serve the project in `folder` on a free port until SIGTERM."""
    project = open_project(folder)
    settings = WebSettings(port=0)
    warehouse = TimedWarehouse(open_warehouse(project, read_only=True))
    services = Services(
        WarehouseExplorer(load_project(lookml_folder(project)), warehouse, lambda: datetime.now(UTC)),
        __version__,
        events_loaded_at=lambda: last_commit(warehouse),
    )
    app = build_app(services, settings, load_assets(project.data_dir / "assets"))
    try:
        serve(timed(app), settings, notify_ready)
    finally:
        warehouse.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
