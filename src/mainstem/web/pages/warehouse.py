"""`/warehouse`: what the lake consists of, which snapshots are kept and why, and what upkeep did.

For administrators. Nothing here changes anything.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.errors import WarehouseBusy
from mainstem.web.auth import Role, requires
from mainstem.web.lake import WHY, size_of
from mainstem.web.listing import Column, asked_listing

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.operate.upkeep.standing import TableStanding
    from mainstem.web.site import Site

PATH = "/warehouse"
_log = logging.getLogger(__name__)

COLUMNS = (
    Column("name", "Table", sortable=True),
    Column("rows", "Rows", numeric=True, sortable=True),
    Column("bytes", "Size", numeric=True, sortable=True),
    Column("files", "Files", numeric=True, sortable=True),
    Column("rows_a_file", "Rows a file", numeric=True, sortable=True),
    Column("written_at", "Last rows", sortable=True),
    Column("merged_at", "Last merged", sortable=True),
)


def routes(site: Site) -> list[Route]:
    @requires(Role.ADMIN)
    async def page(request: Request) -> Response:
        if site.services.lake is None:
            raise HTTPException(404, "This server knows of no lake.")
        try:
            lake = await to_thread.run_sync(site.services.lake.standing)
        except WarehouseBusy as e:
            _log.warning("%s", e)
            raise HTTPException(503, "The lake's catalog does not answer. Try again in a moment.") from e
        asked = asked_listing(request, COLUMNS, "name")
        rows = sorted(lake.tables, key=lambda table: _sortable(table, asked.sort), reverse=asked.descending)
        return site.render(
            "warehouse.html",
            lake=lake,
            columns=COLUMNS,
            listing=asked.page_of(rows),
            kept=[(WHY[reason], count) for reason, count in sorted(lake.kept.items())],
            going=lake.snapshots - sum(lake.kept.values()),
            size=size_of,
        )

    return [Route(PATH, page)]


def _sortable(table: TableStanding, column: str) -> tuple[bool, object]:
    """What is not there comes first."""
    value = getattr(table, column)
    return value is not None, value if value is not None else 0
