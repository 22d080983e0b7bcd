"""`/catalogue` and `/catalogue/{schema}/{table}`: which events there are, and what is in them.

For analysts and above. Nothing here changes anything: descriptions and owners are written in tracking plans.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.web.auth import Role, requires
from mainstem.web.catalogue import (
    FLAGS,
    Asked,
    bars_of,
    event_rows,
    last_days,
    matched_properties,
)
from mainstem.web.explore_fields import explore_path
from mainstem.web.listing import Column, asked_listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.query.explorer import Explorer
    from mainstem.web.catalogue import CatalogueDesk, CatalogueNow, EventRow
    from mainstem.web.site import Site

WHO = Role.EXPLORER
PATH = "/catalogue"
_SPARK = (112, 24)
_CHART = (700, 120)
_ORDER = ("track", "page", "screen", "identify", "group", "alias", "users", "tracks", "other")

COLUMNS = (
    Column("event", "Event", sortable=True),
    Column("type", "Type", sortable=True),
    Column("recent", "28 days", numeric=True, sortable=True),
    Column("trend", "Per day"),
    Column("rows", "All time", numeric=True, sortable=True),
    Column("properties", "Properties", numeric=True, sortable=True),
    Column("last", "Last seen", sortable=True),
    Column("first", "First seen", sortable=True),
    Column("notice", "Worth noticing"),
)
_SORTS: dict[str, Callable[[EventRow], object]] = {
    "event": lambda row: row.event.event.casefold(),
    "type": lambda row: (_ORDER.index(row.event.type), row.event.event.casefold()),
    "recent": lambda row: row.recent_rows,
    "rows": lambda row: row.event.rows,
    "properties": lambda row: len(row.own),
    "last": lambda row: row.event.last_seen or datetime.min.replace(tzinfo=UTC),
    "first": lambda row: row.event.first_seen or datetime.min.replace(tzinfo=UTC),
}


def desk_of(site: Site) -> CatalogueDesk:
    """Raises HTTPException 404 where the server was put together without a catalogue."""
    if site.services.catalogue is None:
        raise HTTPException(404, "This server has no event catalogue.")
    return site.services.catalogue


def routes(site: Site) -> list[Route]:
    async def found() -> tuple[CatalogueNow, list[EventRow]]:
        now = await to_thread.run_sync(desk_of(site).now)
        return now, event_rows(now, datetime.now(UTC))

    @requires(WHO)
    async def event_list(request: Request) -> Response:
        now, every = await found()
        query = request.query_params
        asked = Asked(*(query.get(name, "").strip() for name in ("q", "source", "type", "flag")))
        rows = [row for row in every if not row.event.repeats_others or asked.type == row.event.type]
        listing = asked_listing(request, COLUMNS, "-recent")
        shown = sorted(filter(asked.matches, rows), key=lambda row: row.event.key)
        shown.sort(key=_SORTS[listing.sort], reverse=listing.descending)  # type: ignore[arg-type] # each key gives values of one kind
        page = listing.page_of(shown)
        return site.render(
            "catalogue.html",
            columns=COLUMNS,
            listing=page,
            now=now,
            asked=asked,
            total=len(rows),
            counts={flag: sum(flag in row.flags for row in rows) for flag in FLAGS},
            flags=FLAGS,
            sources=sorted({source for row in rows for source in row.event.sources}),
            types=sorted({row.event.type for row in every}, key=_ORDER.index),
            bars={row.event.key: bars_of(row.days, *_SPARK) for row in page.rows},
            matched={row.event.key: matched_properties(row, asked.words) for row in page.rows},
            flag_href=lambda flag: f"{PATH}?flag={quote(flag)}",
        )

    @requires(WHO)
    async def one_event(request: Request) -> Response:
        now, rows = await found()
        named = request.path_params["namespace"], request.path_params["table"]
        row = next((one for one in rows if (one.event.namespace, one.event.table_name) == named), None)
        if row is None:
            raise HTTPException(404, f"The catalogue knows no event in the table “{'.'.join(named)}”.")
        days = (
            last_days(now.catalogue.volumes.get(row.event.key, ()), datetime.now(UTC))
            if now.catalogue
            else ()
        )
        return site.render(
            "catalogue_event.html",
            now=now,
            row=row,
            event=row.event,
            days=days,
            chart=bars_of(days, *_CHART),
            groups=_groups(row),
            sql=desk_of(site).sql_for(row.event, row.own),
            explores=_explores(site.explorer_for(request.state.viewer), row),
            models=[
                name.removeprefix("model ") for name in row.event.used_by or () if name.startswith("model ")
            ],
            plan_files=[now.plans[source] for source in row.event.sources if source in now.plans],
            source_href=lambda source: _live(site, source, row),
        )

    return [Route(PATH, event_list), Route(PATH + "/{namespace}/{table}", one_event)]


def _groups(row: EventRow) -> list[tuple[str, str, list[object]]]:
    """(id, heading, properties): the event's own, then what every event has."""
    own = [one for one in row.properties if not one.is_common]
    context = [one for one in row.properties if one.column_name.startswith("context_")]
    others = [one for one in row.properties if one.is_common and not one.column_name.startswith("context_")]
    groups: list[tuple[str, str, list[object]]] = [
        ("own", "Properties", list(own)),
        ("identity", "Identity and times", list(others)),
        ("context", "Context", list(context)),
    ]
    return [group for group in groups if group[2] or group[0] == "own"]


def _explores(explorer: Explorer, row: EventRow) -> list[tuple[str, str]]:
    """(label, href) of the explores that use it, as far as they are there."""
    seen = {
        f"explore {model.name}.{explore.name}": (model, explore) for model, explore in explorer.explores()
    }
    used = [seen[who] for who in row.event.used_by or () if who in seen]
    return [
        (explore.label, explore_path(model.name, explore.name))
        for model, explore in used
        if not explore.hidden
    ]


def _live(site: Site, source: str, row: EventRow) -> str | None:
    """The page on which events of it are seen as they arrive; None where there is no such source now."""
    if site.services.sources is None or site.services.sources.now().named(source) is None:
        return None
    names = (
        {"type": row.event.type, "name": row.event.event}
        if row.event.type == "track"
        else {"type": row.event.type}
    )
    asked = "&".join(f"{key}={quote(value, safe='')}" for key, value in names.items())
    return f"/sources/{quote(source, safe='')}/live?{asked}"
