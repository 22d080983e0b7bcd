from __future__ import annotations

import base64
import gzip
import json
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.errors import EnvironmentFailure, UsageError
from mainstem.simulate import WriteKeys, plan_company, send

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime(2026, 3, 20, 15, 30, tzinfo=UTC)
KEYS = WriteKeys(website="web-key", servers="server-key")


class DataPlane(ThreadingHTTPServer):
    """Takes batches as a gateway does and keeps them by write key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.refused_keys: set[str] = set()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: DataPlane

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        key = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().rstrip(":")
        refused = key in self.server.refused_keys
        if not refused:
            with self.server.lock:
                self.server.events.setdefault(key, []).extend(json.loads(body)["batch"])
        answer = b"invalid write key\n" if refused else b"ok"
        self.send_response(401 if refused else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@pytest.fixture
def data_plane() -> Iterator[DataPlane]:
    with DataPlane() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_every_planned_call_reaches_the_data_plane_through_the_sdk_of_its_source(
    data_plane: DataPlane,
) -> None:
    calls = list(plan_company(3, 20, visitors=80, servers=5, end=END))
    told: list[int] = []
    report = send(calls, data_plane.url, KEYS, told.append)

    assert Counter(e["messageId"] for e in data_plane.events["web-key"]) == Counter(
        c.message_id for c in calls if c.sdk == "website"
    )
    assert Counter(e["messageId"] for e in data_plane.events["server-key"]) == Counter(
        c.message_id for c in calls if c.sdk == "servers"
    )
    assert report.calls == len(calls) == told[-1]
    assert report.distinct_message_ids == len({c.message_id for c in calls}) == sum(report.per_type.values())


def test_an_event_arrives_with_the_time_and_ids_it_was_planned_with(data_plane: DataPlane) -> None:
    calls = {c.message_id: c for c in plan_company(3, 20, visitors=80, servers=5, end=END)}
    send(calls.values(), data_plane.url, KEYS)
    events = [event for source in data_plane.events.values() for event in source]
    assert len(events) == len(calls)
    for event in events:
        call = calls[event["messageId"]]
        moment = datetime.fromisoformat(event["timestamp"])
        assert abs((moment - call.timestamp).total_seconds()) < 0.001
        assert (event["type"], event["userId"], event["anonymousId"]) == (
            call.type.value,
            call.user_id,
            call.anonymous_id,
        )


def test_a_refused_write_key_ends_the_run_with_the_data_planes_words(data_plane: DataPlane) -> None:
    data_plane.refused_keys.add("server-key")
    with pytest.raises(EnvironmentFailure, match=r"events given up.*invalid write key"):
        send(plan_company(3, 2, visitors=5, servers=2, end=END), data_plane.url, KEYS)


def test_missing_sdks_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rudderstack.analytics.client", None)
    with pytest.raises(UsageError, match=r"pip install 'mainstem\[demo\]'"):
        send([], "http://127.0.0.1:1", KEYS)
