"""The unmodified Python SDKs against a real gateway: what they were told, and what the log holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mainstem.collect import CollectSettings
from mainstem.events import decode_received, enriched
from mainstem.log import LogSettings, open_reader, open_writer
from mainstem.testing.gateway import RecordingLog, RefusingLog
from mainstem.testing.gateway_thread import gateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mainstem.collect import RecordLog

rudder = pytest.importorskip("rudderstack.analytics.client")
segment = pytest.importorskip("segment.analytics.client")

CALLS: dict[str, Callable[[Any], Any]] = {
    "track": lambda sdk: sdk.track("u1", "Order Completed", {"revenue": 9.5, "items": [1, {"a": None}]}),
    "identify": lambda sdk: sdk.identify("u1", {"email": "a@b.example", "name": "Zoë ☃"}),
    "page": lambda sdk: sdk.page("u1", "Docs", "Home", {"url": "http://shop.example/"}),
    "screen": lambda sdk: sdk.screen("u1", "App", "Start", {}),
    "group": lambda sdk: sdk.group("u1", "g1", {"plan": "pro"}),
    "alias": lambda sdk: sdk.alias("u1", "u2"),
}


@dataclass
class Told:
    """What the SDK's error callback heard."""

    errors: list[Any] = field(default_factory=list)

    def __call__(self, error: Any, _batch: Any) -> None:
        self.errors.append(error)


@pytest.fixture(params=["rudder", "rudder without gzip", "segment", "segment with gzip"])
def sdk(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """A maker of clients: `sdk(url, told, write_key="WK", retries=0)`."""

    def make(url: str, told: Told, write_key: str = "WK", retries: int = 0) -> Any:
        module = rudder if request.param.startswith("rudder") else segment
        options = {"gzip": "without" not in request.param} if module is rudder else {}
        if request.param == "segment with gzip":
            options = {"gzip": True}
        return module.Client(
            write_key,
            host=url,
            on_error=told,
            max_retries=retries,
            upload_interval=0.05,
            timeout=10,
            **options,
        )

    return make


def finish(client: Any) -> None:
    client.flush()
    client.join()
    requests_session(client).close()


def requests_session(client: Any) -> Any:
    """Both SDKs keep one session for the process; its pooled sockets must not outlive the test."""
    module = rudder if isinstance(client, rudder.Client) else segment
    return __import__(module.__name__.replace(".client", ".request"), fromlist=["_session"])._session


@pytest.mark.parametrize("kind", CALLS)
def test_every_kind_of_call_reaches_the_log_as_the_sdk_queued_it(
    kind: str, sdk: Callable[..., Any], tmp_path: Path
) -> None:
    def logs() -> tuple[RecordLog, RecordLog]:
        return (
            open_writer(tmp_path, "events", "gateway-0", LogSettings()),
            open_writer(tmp_path, "quarantine", "gateway-0", LogSettings()),
        )

    told = Told()
    with gateway(logs) as (url, _):
        client = sdk(url, told)
        queued, message = CALLS[kind](client)
        finish(client)
    assert told.errors == []
    reader = open_reader(tmp_path, "events")
    records = [decode_received(data) for _, data in reader.read("gateway-0", 0, 10**6).records]
    (event,) = [enriched(record) for record in records]
    assert (event["type"], event["userId"]) == (kind, "u2" if kind == "alias" else "u1")
    assert queued
    assert json.loads(bytes(records[0].event)) == message
    assert open_reader(tmp_path, "quarantine").read("gateway-0", 0, 10**6).records == []


def test_hundreds_of_events_arrive_once_each(sdk: Callable[..., Any]) -> None:
    log, told = _recording(), Told()
    with gateway(lambda: (log, _recording())) as (url, _):
        client = sdk(url, told)
        for number in range(300):
            client.track("u", "Counted", {"n": number})
        finish(client)
    assert told.errors == []
    numbers = [json.loads(bytes(decode_received(r).event))["properties"]["n"] for r in log.records]
    assert sorted(numbers) == list(range(300))


@pytest.mark.parametrize(
    ("write_key", "status", "text"),
    [("nobody", 401, "invalid write key\n"), ("OFF", 404, "source is disabled\n")],
)
def test_a_refusal_is_told_once_with_its_text_and_not_tried_again(
    sdk: Callable[..., Any], write_key: str, status: int, text: str
) -> None:
    log, told = _recording(), Told()
    with gateway(lambda: (log, _recording())) as (url, _):
        client = sdk(url, told, write_key, retries=3)
        client.track("u", "Refused")
        finish(client)
    ((error,),) = [told.errors]
    assert (error.status, error.message) == (status, text)
    assert log.records == []


def test_strict_refuses_what_is_not_identifiable_and_the_sdk_gives_up() -> None:
    """Rudder's SDK sends an event whose only id is blank text."""
    log, told = _recording(), Told()
    with gateway(lambda: (log, _recording()), CollectSettings(port=0, strict=True)) as (url, _):
        client = rudder.Client("WK", host=url, on_error=told, max_retries=3, upload_interval=0.05)
        client.track(" ", "Refused")
        finish(client)
    ((error,),) = [told.errors]
    assert (error.status, error.message) == (400, "request neither has anonymousId nor userId\n")


def test_an_event_is_sent_again_by_the_sdk_until_the_log_takes_it() -> None:
    """Rudder's SDK waits up to a second, then two; Retry-After is nothing to it."""
    log, told = RefusingLog(2), Told()
    with gateway(lambda: (log, _recording())) as (url, _):
        client = rudder.Client("WK", host=url, on_error=told, max_retries=5, upload_interval=0.05)
        client.track("u", "Persistent")
        finish(client)
    assert told.errors == []
    assert log.refused == 2
    assert [json.loads(bytes(decode_received(r).event))["event"] for r in log.records] == ["Persistent"]


def _recording() -> RecordingLog:
    return RecordingLog()
