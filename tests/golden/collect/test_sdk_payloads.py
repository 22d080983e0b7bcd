"""Every request that real SDKs were recorded sending, through the handler and through a socket."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest

from mainstem.collect import Accepted, Answers, CollectSettings, Handler, Reply, Request, SourceTable, serve
from mainstem.collect.replies import OK
from mainstem.events import Source, decode_received
from mainstem.testing.gateway import Answer, RecordingLog, read_answers

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Source("src", "Recorded", ("WRITEKEY1", "WK"))
COOKIES = "/rsaRequest"
"""Takes no events: what it answers is another test's."""


@dataclass(frozen=True)
class Recorded:
    """One recorded request. `events` are what must come out of it, in order."""

    name: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    events: list[Any]

    @property
    def forced_type(self) -> str | None:
        short = self.path.rpartition("/")[2]
        kinds = ("track", "identify", "page", "screen", "group", "alias")
        return None if short in ("b", "batch") else next(kind for kind in kinds if kind.startswith(short))


@pytest.fixture(scope="module")
def recorded(conformance: Path) -> list[Recorded]:
    found = []
    for file in sorted((conformance / "sdk_payloads").glob("*.json")):
        if file.name.startswith("RESPONSE_"):
            continue
        for number, entry in enumerate(json.loads(file.read_text())):
            if entry["request"]["path"] != COOKIES:
                found.append(_recorded(f"{file.stem}[{number}]", entry))
    assert len(found) >= 20
    return found


def _recorded(name: str, entry: dict[str, Any]) -> Recorded:
    asked, content = entry["request"], entry["body"]
    body = b"" if content is None else json.dumps(content).encode()
    if asked["content_encoding_decoded"]:
        body = gzip.compress(body)
    events = [] if content is None else content.get("batch", [content])
    return Recorded(
        name, asked["method"], asked["path"], urlencode(asked["query"]), asked["headers"], body, events
    )


def check_records(case: Recorded, records: list[bytes]) -> None:
    kept = [decode_received(record) for record in records]
    assert [json.loads(bytes(record.event)) for record in kept] == case.events, case.name
    assert {record.type for record in kept} == {case.forced_type}, case.name
    assert {record.message_id for record in kept} == {None}, case.name
    assert {record.source_id for record in kept} == {"src"}, case.name


def test_every_recorded_request_is_handled(recorded: list[Recorded]) -> None:
    handler = Handler(
        SourceTable([SOURCE]),
        max_body_bytes=4_096_000,
        max_batch_events=5000,
        strict=True,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    for case in recorded:
        outcome = handler.handle(
            Request(
                case.method.encode(),
                case.path.encode(),
                case.query.encode(),
                {name.lower().encode(): value.encode() for name, value in case.headers.items()},
                case.body,
                "127.0.0.1",
                "2026-01-02T03:04:05.678Z",
            )
        )
        if case.method == "GET":
            assert isinstance(outcome, Reply), case.name
            assert outcome.status == 200, case.name
        else:
            assert isinstance(outcome, Accepted), (case.name, outcome)
            check_records(case, outcome.records)
            assert outcome.quarantined == [], case.name


def wire_form(case: Recorded) -> bytes:
    target = case.path + (f"?{case.query}" if case.query else "")
    headers = {**case.headers, "Host": "gateway", "Content-Length": str(len(case.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{case.method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + case.body


def test_every_recorded_request_is_answered_over_one_socket(recorded: list[Recorded]) -> None:
    async def run() -> tuple[list[tuple[Answer, list[bytes]]], list[bytes]]:
        log, held, stop = RecordingLog(), RecordingLog(), asyncio.Event()
        url = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            serve(CollectSettings(port=0), SourceTable([SOURCE]), log, held, ready=url.set_result, stop=stop)
        )
        host, _, port = (await url).removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        results = []
        for case in recorded:
            before = len(log.records)
            writer.write(wire_form(case))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            (answer,) = read_answers(head + await reader.readexactly(length))
            results.append((answer, log.records[before:]))
        writer.close()
        await writer.wait_closed()
        stop.set()
        await server
        return results, held.records

    results, held = asyncio.run(run())
    assert held == []
    for case, (answer, records) in zip(recorded, results, strict=True):
        assert answer.status == 200, case.name
        assert answer.headers.get("access-control-allow-origin") == case.headers.get("Origin"), case.name
        if case.method == "POST":
            assert answer.body == b"ok", case.name
            check_records(case, records)


def test_recorded_requests_for_cookies_get_one_for_each_entry(conformance: Path) -> None:
    file = conformance / "sdk_payloads" / "rudder-analytics-js_ssc_rsaRequest.json"
    for number, entry in enumerate(json.loads(file.read_text())):
        case = _recorded(f"{file.stem}[{number}]", entry)
        assert case.path == COOKIES
        asked = entry["body"]["data"]["cookies"]
        reply = _answered(case)
        assert (reply.status, reply.body) == (200, b"ok")
        assert len(asked) > 0
        for cookie in asked:
            line = f"Set-Cookie: {cookie['name']}={quote(cookie['value'], safe='')}; Path=/; "
            assert line.encode() in reply.head


def _answered(case: Recorded) -> Reply:
    handler = Handler(
        SourceTable([SOURCE]),
        max_body_bytes=4_096_000,
        max_batch_events=5000,
        strict=True,
        new_message_id=lambda: "made",
        other_routes=Answers(None, "", lambda: OK).routes,
    )
    headers = {name.lower().encode(): value.encode() for name, value in case.headers.items()}
    outcome = handler.handle(Request(b"POST", case.path.encode(), b"", headers, case.body, "127.0.0.1", ""))
    assert isinstance(outcome, Reply)
    return outcome


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("/sourceConfig/", "RESPONSE_sourceConfig.json"),
        ("/v1/projects/WRITEKEY1/settings", "RESPONSE_segment_settings_min.json"),
    ],
)
def test_what_browsers_fetch_has_every_key_that_their_sdks_proceeded_with(
    conformance: Path, path: str, response: str
) -> None:
    expected = json.loads((conformance / "sdk_payloads" / response).read_text())
    handler = Handler(
        SourceTable([SOURCE]),
        max_body_bytes=1,
        max_batch_events=1,
        strict=False,
        new_message_id=lambda: "",
        other_routes=Answers(None, "2026-01-01T00:00:00.000Z", lambda: OK).routes,
    )
    headers = {b"host": b"gateway", b"authorization": b"Basic V1JJVEVLRVkxOg=="}
    outcome = handler.handle(Request(b"GET", path.encode(), b"", headers, b"", "", ""))
    assert isinstance(outcome, Reply)
    assert shape(json.loads(outcome.body)) == shape(expected)


def shape(value: object) -> object:
    """Keys and kinds of values, without the values."""
    return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else type(value)
