"""`/sources/{id}/live`: events as they arrive, and why those that were held back were.

The page asks for what is new once a second, with a cursor; the server remembers nothing of who looks. It
reads the log alone, so it works while the loader and the warehouse are down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from anyio import to_thread
from starlette.routing import Route

from mainstem.errors import MainstemError
from mainstem.web.auth import requires
from mainstem.web.pages.sources import WHO, desk_of, named_source, source_path, tabs_of
from mainstem.web.source_events import Wanted, event_types, shown_events
from mainstem.web.tail import Tail, pack, unpack

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mainstem.web.site import Site
    from mainstem.web.source_events import ShownEvent
    from mainstem.web.sources import Met, SourcesNow, WrittenSource

OPENING_BYTES = 256 * 1024
"""Of each partition, when the page opens."""
STEP_BYTES = 256 * 1024
"""Of each partition, each time it asks for more; what is further behind is passed over."""
MOST_ROWS = 100
"""In one answer."""


@dataclass(frozen=True)
class Look:
    """What the page, or an addition to it, is made of."""

    now: SourcesNow
    written: WrittenSource
    wanted: Wanted
    events: tuple[ShownEvent, ...]
    cursor: str
    skipped: int
    """Bytes of log that were passed over since the last look."""
    problem: str | None = None
    """Why the log cannot be read now."""

    @property
    def met(self) -> Met:
        return self.now.met[self.written.id]


def routes(site: Site) -> list[Route]:
    def look(request: Request) -> Look:
        desk = desk_of(site)
        now = desk.now()
        written, wanted = named_source(now, request), Wanted.of(request.query_params)
        after = unpack(request.query_params.get("after", ""))
        tail = Tail(desk.logs(), now.gateways)
        try:
            piece = tail.last(OPENING_BYTES) if after is None else tail.after(after, STEP_BYTES)
        except (MainstemError, OSError) as e:
            return Look(now, written, wanted, (), pack(after) if after else "", 0, str(e))
        events = shown_events(piece.found, written.id, wanted, MOST_ROWS)
        skipped = 0 if after is None else piece.skipped
        return Look(now, written, wanted, tuple(events), pack(piece.cursor), skipped)

    @requires(WHO)
    async def live(request: Request) -> Response:
        found = await to_thread.run_sync(look, request)
        path = source_path(found.written.id, "live")
        return site.render(
            "source_live.html",
            look=found,
            now=found.now,
            written=found.written,
            tabs=tabs_of(found.written, "live"),
            path=path,
            poll=f"{path}/more?{urlencode(found.wanted.parameters)}",
            types=event_types(),
            is_paused=request.query_params.get("paused") == "yes",
        )

    @requires(WHO)
    async def more(request: Request) -> Response:
        return site.render("source_live_more.html", look=await to_thread.run_sync(look, request))

    return [Route("/sources/{id}/live", live), Route("/sources/{id}/live/more", more)]
