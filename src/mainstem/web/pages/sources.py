"""`/sources` and `/sources/{id}`: where events come from, how to send them, and what has arrived.

For analysts and above, since events are shown as they are kept. Nothing here changes anything: sources are
written in `mainstem.toml`, and the gateway follows the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
from mainstem.web.source_seen import open_now, seen_events, seen_reasons, with_catalogue
from mainstem.web.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site
    from mainstem.web.source_events import ShownEvent
    from mainstem.web.source_seen import SeenEvent, SeenReason
    from mainstem.web.sources import SourceDesk, SourcesNow, WrittenSource

    Endpoint = Callable[[Request], Awaitable[Response]]

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

    def looking_back(view: str, look: Callable[[SourceDesk, SourcesNow, str], Recent]) -> Endpoint:
        @requires(WHO)
        async def page(request: Request) -> Response:
            now, written = await opened(request)
            recent = await to_thread.run_sync(look, desk_of(site), now, written.id)
            tabs = tabs_of(written, view)
            return site.render(f"source_{view}.html", now=now, written=written, tabs=tabs, recent=recent)

        return page

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
        Route(PATH + "/{id}/events", looking_back("events", _events_seen)),
        Route(PATH + "/{id}/quarantine", looking_back("quarantine", _still_held)),
        Route(PATH + "/{id}/settings", settings),
    ]


@dataclass(frozen=True)
class Recent:
    """The newest events of a source that are at hand, and what is made of them."""

    events: list[ShownEvent] = field(default_factory=list)
    is_all: bool = False
    seen: Sequence[SeenEvent | SeenReason] = ()
    noted_since: str | None = None
    """Since when gateways watch the source, so that `seen` is of all its events."""
    closed: int = 0
    """Of those in quarantine, how many more there were about which something was done."""
    problem: str | None = None
    """Why the log cannot be read."""

    @property
    def since(self) -> str | None:
        return self.events[-1].received_at if self.events else None


def _events_seen(desk: SourceDesk, now: SourcesNow, source_id: str) -> Recent:
    def made(recent: Recent) -> Recent:
        lately, noted = seen_events(recent.events), desk.catalogue(source_id)
        if noted is None or not noted.events:
            return replace(recent, seen=lately)
        since = min(event.first_seen for event in noted.events.values())
        return replace(recent, seen=with_catalogue(lately, noted), noted_since=since)

    return _recent(desk, now, source_id, ("events", "quarantine"), made)


def _still_held(desk: SourceDesk, now: SourcesNow, source_id: str) -> Recent:
    def made(recent: Recent) -> Recent:
        waiting, closed = open_now(recent.events, desk.resolved())
        return replace(recent, events=waiting, seen=seen_reasons(waiting), closed=closed)

    return _recent(desk, now, source_id, ("quarantine",), made)


def _recent(
    desk: SourceDesk,
    now: SourcesNow,
    source_id: str,
    streams: tuple[str, ...],
    made: Callable[[Recent], Recent],
) -> Recent:
    logs = {stream: log for stream, log in desk.logs().items() if stream in streams}
    try:
        piece = Tail(logs, now.gateways).last(RECENT_BYTES)
        events = shown_events(piece.found, source_id, Wanted(), RECENT_EVENTS)
        return made(Recent(events, piece.reaches_back and len(events) < RECENT_EVENTS))
    except (MainstemError, OSError) as e:
        return Recent(problem=str(e))


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
