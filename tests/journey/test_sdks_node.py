"""The unmodified Node SDKs against a real gateway: what they were told, and what the log holds."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mainstem.collect import CollectSettings
from mainstem.events import decode_received, enriched
from mainstem.testing.gateway import RecordingLog, RefusingLog
from mainstem.testing.gateway_thread import gateway
from mainstem.testing.losing_proxy import losing_proxy
from mainstem.testing.told import not_as_told

pytestmark = pytest.mark.journey

SCRIPT = Path(__file__).with_name("node_sdk.js")
SDKS = ("rudder", "segment")
CALLS: list[tuple[str, dict[str, Any]]] = [
    (
        "track",
        {"event": "Order Completed", "properties": {"revenue": 9.5, "items": [1, {"a": None}], "é☃": "x"}},
    ),
    ("identify", {"traits": {"email": "a@b.example", "name": "Zoë ☃", "address": {"city": "Bern"}}}),
    ("page", {"name": "Home", "category": "Docs", "properties": {"url": "http://shop.example/"}}),
    ("screen", {"name": "Start", "category": "App", "properties": {"n": 1}}),
    ("group", {"groupId": "g1", "traits": {"plan": "pro"}}),
    ("alias", {"previousId": "u0"}),
]


class Node:
    """Runs one SDK with one job."""

    def __init__(self, npm: Path) -> None:
        self._environment = {**os.environ, "NODE_PATH": str(npm)}

    def run(self, sdk: str, url: str, calls: list[tuple[str, dict[str, Any]]], **job: Any) -> dict[str, Any]:
        work = {"sdk": sdk, "url": url, "key": "WK", "options": {}, "calls": calls, **job}
        done = subprocess.run(
            ["node", str(SCRIPT)],
            input=json.dumps(work),
            capture_output=True,
            text=True,
            timeout=60,
            env=self._environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return report


@pytest.fixture(scope="module")
def node(npm: Path) -> Node:
    return Node(npm)


def events_of(log: RecordingLog) -> list[dict[str, Any]]:
    return [enriched(decode_received(record)) for record in log.records]


@pytest.mark.parametrize("sdk", SDKS)
def test_every_kind_of_call_reaches_the_log_as_it_was_made(sdk: str, node: Node) -> None:
    told = [
        (kind, {"userId": "u1", "anonymousId": "a1", "context": {"ip": "192.0.2.7"}, **message})
        for kind, message in CALLS
    ]
    log, held = RecordingLog(), RecordingLog()
    with gateway(lambda: (log, held)) as (url, _):
        report = node.run(sdk, url, told)
    assert report["errors"] == []
    assert held.records == []
    kept = {event["type"]: event for event in events_of(log)}
    assert len(kept) == len(log.records) == len(CALLS)
    for kind, message in told:
        event = kept[kind]
        expected = dict(message)
        if sdk == "segment" and kind == "alias":
            del expected["anonymousId"]  # its alias knows no anonymous person
        assert not_as_told(event, expected) == []
        assert event["context"]["library"]["name"], kind
        assert event["messageId"], kind


@pytest.mark.parametrize(
    ("sdk", "options"),
    [("rudder", {"gzip": False, "flushAt": 7}), ("rudder", {"flushAt": 7}), ("segment", {"flushAt": 7})],
)
def test_many_batches_arrive_whole_and_once(sdk: str, options: dict[str, Any], node: Node) -> None:
    told = [("track", {"event": "Counted", "userId": "u1", "properties": {"n": n}}) for n in range(60)]
    log = RecordingLog()
    with gateway(lambda: (log, RecordingLog())) as (url, _):
        assert node.run(sdk, url, told, options=options)["errors"] == []
    assert sorted(event["properties"]["n"] for event in events_of(log)) == list(range(60))


@pytest.mark.parametrize("sdk", SDKS)
def test_events_refused_with_503_are_sent_again_until_they_are_kept(sdk: str, node: Node) -> None:
    log = RefusingLog(1)
    settings = CollectSettings(port=0, retry_after=1)
    with gateway(lambda: (log, RecordingLog()), settings) as (url, _):
        report = node.run(sdk, url, [("track", {"event": "Persistent", "userId": "u1"})])
    assert report["errors"] == []
    assert log.refused == 1
    assert [event["event"] for event in events_of(log)] == ["Persistent"]


@pytest.mark.parametrize("sdk", SDKS)
def test_events_whose_answer_was_lost_come_again_with_the_same_message_id(sdk: str, node: Node) -> None:
    log = RecordingLog()
    with gateway(lambda: (log, RecordingLog())) as (url, _), losing_proxy(url) as through:
        report = node.run(sdk, through, [("track", {"event": "Twice", "userId": "u1"})])
    assert report["errors"] == []
    first, second = events_of(log)
    assert (first["messageId"], first["event"]) == (second["messageId"], second["event"])


@pytest.mark.parametrize("sdk", SDKS)
def test_an_unknown_key_is_told_and_not_tried_again(sdk: str, node: Node) -> None:
    log = RecordingLog()
    with gateway(lambda: (log, RecordingLog())) as (url, _):
        report = node.run(sdk, url, [("track", {"event": "Lost", "userId": "u1"})], key="nobody")
    (error,) = report["errors"]
    assert "401" in error or "Unauthorized" in error
    assert log.records == []
