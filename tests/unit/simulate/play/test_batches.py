from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from mainstem.simulate.play import Batch, batches
from mainstem.simulate.play.batches import MOST_BYTES, MOST_EVENTS
from mainstem.simulate.world import Event

AT = datetime(2021, 5, 1, tzinfo=UTC)


def event(number: int, source: str = "website", *, blocked: bool = False, padding: int = 0) -> Event:
    message = {
        "type": "track",
        "event": "x",
        "messageId": str(number),
        "properties": {"padding": "x" * padding},
        "originalTimestamp": "1970-01-01T00:00:01.000Z",
        "sentAt": f"2021-05-01T00:00:00.{number % 1000:03d}Z",
    }
    return Event(AT, source, message, blocked)


def messages(batch: Batch) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(batch.body)["batch"])


def test_no_batch_is_larger_than_sdks_make_them_and_none_is_empty() -> None:
    many = list(batches([event(n) for n in range(250)]))
    assert [batch.events for batch in many] == [MOST_EVENTS, MOST_EVENTS, 50]
    large = list(batches([event(n, padding=MOST_BYTES // 3) for n in range(5)]))
    assert [batch.events for batch in large] == [2, 2, 1]
    assert all(len(batch.body) < 500_000 for batch in large)
    assert list(batches([])) == []


def test_every_event_is_in_one_batch_of_its_own_source_and_way_in_order() -> None:
    sent = [event(n, ("website", "webapp")[n % 2], blocked=n % 3 == 0) for n in range(500)]
    got = list(batches(sent))
    for source in ("website", "webapp"):
        for blocked in (False, True):
            expected = [e.message["messageId"] for e in sent if (e.source, e.blocked) == (source, blocked)]
            found = [
                m["messageId"] for b in got if (b.source, b.blocked) == (source, blocked) for m in messages(b)
            ]
            assert found == expected


def test_what_the_device_claims_stays_and_is_the_timestamp_too() -> None:
    one = event(7)
    (batch,) = batches([one])
    (message,) = messages(batch)
    assert message == {**one.message, "timestamp": "1970-01-01T00:00:01.000Z"}
    assert msgspec.json.decode(batch.body)["sentAt"] == one.message["sentAt"]
    assert "timestamp" not in one.message
