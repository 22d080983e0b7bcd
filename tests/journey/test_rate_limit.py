"""Real SDKs against a rate limit: they are told to wait, they do, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import uvloop

from mainstem.assemble.limits import rate_limits
from mainstem.collect import CollectSettings, CompiledSource, SourceTable, compile_plainly, serve
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import RecordingLog

if TYPE_CHECKING:
    from collections.abc import Iterator

rudder = pytest.importorskip("rudderstack.analytics.client")
segment = pytest.importorskip("segment.analytics.client")
pytestmark = pytest.mark.long

EVENTS = 180


class Limited:
    """A gateway that lets in 60 events a second."""

    def __init__(self) -> None:
        limits = rate_limits(workers=1)

        def compiler(source: Source) -> CompiledSource:
            return msgspec.structs.replace(compile_plainly(source), gates=limits(source).gates)

        self.log = RecordingLog()
        self.table = SourceTable([Source("app", "App", ("WK",), rate_limit=60)], compiler)

    @property
    def refused(self) -> dict[str, int]:
        return self.table.compiled[0].counts.refused

    @contextmanager
    def serving(self) -> Iterator[str]:
        ready, stop, urls = threading.Event(), asyncio.Event(), list[str]()
        loop = uvloop.new_event_loop()

        def tell(url: str) -> None:
            urls.append(url)
            ready.set()

        def run() -> None:
            asyncio.set_event_loop(loop)
            loop.run_until_complete(
                serve(CollectSettings(port=0), self.table, self.log, RecordingLog(), ready=tell, stop=stop)
            )

        thread = threading.Thread(target=run)
        thread.start()
        try:
            assert ready.wait(20)
            yield urls[0]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()


@pytest.mark.parametrize("module", [rudder, segment], ids=["rudder", "segment"])
def test_nothing_is_lost_under_a_limit(module: Any) -> None:
    limited, told = Limited(), list[Any]()
    with limited.serving() as url:
        client = module.Client(
            "WK",
            host=url,
            on_error=lambda error, _: told.append(error),
            upload_size=45,
            upload_interval=0.05,
            max_retries=10,
        )
        for n in range(EVENTS):
            client.track(f"u{n}", "Order Completed", {"n": n})
        client.flush()
        client.join()
        request = __import__(module.__name__.replace(".client", ".request"), fromlist=["_session"])
        request._session.close()
    assert told == []
    kept = [json.loads(bytes(decode_received(record).event)) for record in limited.log.records]
    assert sorted(event["properties"]["n"] for event in kept) == list(range(EVENTS))
    assert limited.refused["max requests limit reached"] >= 1
