"""A whole gateway on a thread of its own, for clients that block: SDKs, browsers, other programs.

It listens on a free port of the loopback and keeps what it accepts in whatever logs it is given.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvloop

from mainstem.collect import CollectSettings, CompiledSource, RecordLog, SourceTable, compile_plainly, serve
from mainstem.events import Source
from mainstem.testing.gateway import RecordingLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCES = (Source("app", "App", ("WK",)), Source("off", "Off", ("OFF",), enabled=False))
"""What a gateway serves that is given no sources."""


@contextmanager
def gateway(
    open_logs: Callable[[], tuple[RecordLog, RecordLog]],
    settings: CollectSettings | None = None,
    sources: tuple[Source, ...] = SOURCES,
    compiler: Callable[[Source], CompiledSource] = compile_plainly,
    **more: Any,
) -> Iterator[tuple[str, asyncio.AbstractEventLoop]]:
    """Gives its URL and its event loop. `open_logs` is called on that loop; `more` goes to `serve`."""
    ready = threading.Event()
    found: list[str] = []
    loop = uvloop.new_event_loop()  # what the gateway runs on
    stop = asyncio.Event()

    async def main() -> None:
        events, quarantine = open_logs()

        def tell(url: str) -> None:
            found.append(url)
            ready.set()

        await serve(
            settings or CollectSettings(port=0),
            SourceTable(sources, compiler),
            events,
            quarantine,
            ready=tell,
            stop=stop,
            **more,
        )
        for log in (events, quarantine):
            if not isinstance(log, RecordingLog):
                await log.close()  # type: ignore[attr-defined]  # the real writer, which the caller opened

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        if not ready.wait(20):
            raise TimeoutError("the gateway did not begin to listen")
        yield found[0], loop
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
