"""`/sources` and `/sources/{id}`: where events come from, how to send them, and what has arrived.

For analysts and above, since events are shown as they are kept. Nothing here changes anything: sources are
written in `mainstem.toml`, and the gateway follows the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.routing import Route

from mainstem.collect.webhook import accepts_webhooks
from mainstem.errors import MainstemError
from mainstem.web.auth import Role, requires
from mainstem.web.install_code import platforms_for, webhook
from mainstem.web.listing import Column, asked_listing
from mainstem.web.source_events import Wanted, shown_events
from mainstem.web.source_seen import seen_events, seen_reasons
from mainstem.web.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site
    from mainstem.web.source_events import ShownEvent
    from mainstem.web.sources import SourceDesk, SourcesNow, WrittenSource
    from mainstem.web.tail import Piece

WHO = Role.EXPLORER
PATH = "/sources"
RECENT_BYTES = 1024 * 1024
"""Of each partition of the log, for the pages that look back."""
RECENT_EVENTS = 5000

COLUMNS = (
    Column("name", "Source", sortable=True),
    Column("events", "Accepted", numeric=True, sortable=True),
    Column("quarantined", "Quarantined", numeric=True, sortable=True),
    Column("dropped", "Dropped", numeric=True, sortable=True),
    Column("last", "Last event", sortable=True),
    Column("type", "Type", sortable=True),
    Column("environment", "Environment", sortable=True),
    Column("namespace", "Schema", sortable=True),
    Column("keys", "Keys", numeric=True, sortable=True),
    Column("plan", "Tracking plan", sortable=True),
    Column("privacy", "Privacy", sortable=True),
)


def source_path(source_id: str, view: str = "") -> str:
    return f"{PATH}/{quote(source_id, safe='')}{f'/{view}' if view else ''}"


def desk_of(site: Site) -> SourceDesk:
    """Raises HTTPException 404 where the server was put together without sources."""
    if site.services.sources is None:
        raise HTTPException(404, "This server knows no sources.")
    return site.services.sources


def named_source(now: SourcesNow, request: Request) -> WrittenSource:
    """Raises HTTPException 404."""
    written = now.named(request.path_params["id"])
    if written is None:
        raise HTTPException(404, f"There is no source with the id “{request.path_params['id']}”.")
    return written


def tabs_of(written: WrittenSource, current: str) -> list[tuple[str, str, bool]]:
    views = (
        ("Install", ""),
        ("Live", "live"),
        ("Events", "events"),
        ("Quarantine", "quarantine"),
        ("Settings", "settings"),
    )
    return [(label, source_path(written.id, view), view == current) for label, view in views]


def routes(site: Site) -> list[Route]:
    async def opened(request: Request) -> tuple[SourcesNow, WrittenSource]:
        now = await to_thread.run_sync(desk_of(site).now)
        return now, named_source(now, request)

    @requires(WHO)
    async def source_list(request: Request) -> Response:
        now = await to_thread.run_sync(desk_of(site).now)
        asked = asked_listing(request, COLUMNS, "name")
        words = request.query_params.get("q", "").strip()
        rows = [row for row in map(_row_of(now), now.sources) if _matches(row, words)]
        rows.sort(key=lambda row: (_sortable(row[asked.sort]), row["href"]), reverse=asked.descending)
        return site.render("sources.html", columns=COLUMNS, listing=asked.page_of(rows), now=now, words=words)

    @requires(WHO)
    async def install(request: Request) -> Response:
        now, written = await opened(request)
        address = await to_thread.run_sync(desk_of(site).address)
        keys = written.source.write_keys
        key = request.query_params.get("key", "")
        chosen = keys[int(key) - 1] if key.isdecimal() and 0 < int(key) <= len(keys) else keys[0]
        return site.render(
            "source_install.html",
            now=now,
            written=written,
            tabs=tabs_of(written, ""),
            address=address,
            chosen=chosen,
            platforms=[
                *([webhook(chosen, address)] if accepts_webhooks(written.source) else []),
                *platforms_for(written.source.type, chosen, address),
            ],
        )

    @requires(WHO)
    async def first_event(request: Request) -> Response:
        now, written = await opened(request)
        return site.render("source_first_event.html", now=now, written=written)

    @requires(WHO)
    async def events(request: Request) -> Response:
        now, written = await opened(request)
        recent = await to_thread.run_sync(lambda: _recent(site, now, written, ("events", "quarantine")))
        return site.render(
            "source_events.html",
            now=now,
            written=written,
            tabs=tabs_of(written, "events"),
            seen=seen_events(recent.events),
            recent=recent,
        )

    @requires(WHO)
    async def quarantine(request: Request) -> Response:
        now, written = await opened(request)
        recent = await to_thread.run_sync(lambda: _recent(site, now, written, ("quarantine",)))
        return site.render(
            "source_quarantine.html",
            now=now,
            written=written,
            tabs=tabs_of(written, "quarantine"),
            seen=seen_reasons(recent.events),
            recent=recent,
        )

    @requires(WHO)
    async def settings(request: Request) -> Response:
        now, written = await opened(request)
        return site.render(
            "source_settings.html", now=now, written=written, tabs=tabs_of(written, "settings")
        )

    return [
        Route(PATH, source_list),
        Route(PATH + "/{id}", install),
        Route(PATH + "/{id}/first-event", first_event),
        Route(PATH + "/{id}/events", events),
        Route(PATH + "/{id}/quarantine", quarantine),
        Route(PATH + "/{id}/settings", settings),
    ]


class Recent:
    """The newest events of a source that are at hand."""

    def __init__(self, piece: Piece | None, events: list[ShownEvent], problem: str | None = None) -> None:
        self.events = events
        self.is_all = piece is not None and piece.reaches_back and len(events) < RECENT_EVENTS
        self.since = events[-1].received_at if events else None
        self.problem = problem
        """Why the log cannot be read."""


def _recent(site: Site, now: SourcesNow, written: WrittenSource, streams: tuple[str, ...]) -> Recent:
    logs = {stream: log for stream, log in desk_of(site).logs().items() if stream in streams}
    try:
        piece = Tail(logs, now.gateways).last(RECENT_BYTES)
    except (MainstemError, OSError) as e:
        return Recent(None, [], str(e))
    return Recent(piece, shown_events(piece.found, written.id, Wanted(), RECENT_EVENTS))


def _row_of(now: SourcesNow) -> Callable[[WrittenSource], dict[str, object]]:
    def row(written: WrittenSource) -> dict[str, object]:
        source, met = written.source, now.met[written.id]
        return {
            "name": source.name,
            "id": source.id,
            "href": source_path(source.id),
            "enabled": source.enabled,
            "type": source.type,
            "environment": source.environment,
            "namespace": written.namespace,
            "events": met.hour.events,
            "quarantined": met.hour.quarantined,
            "dropped": met.hour.dropped,
            "last": met.last_event_at or "",
            "keys": len(source.write_keys),
            "plan": source.tracking_plan or "",
            "privacy": source.privacy,
        }

    return row


def _matches(row: dict[str, object], words: str) -> bool:
    searched = " ".join(
        str(row[key]) for key in ("name", "id", "type", "environment", "namespace")
    ).casefold()
    return all(word in searched for word in words.casefold().split())


def _sortable(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
