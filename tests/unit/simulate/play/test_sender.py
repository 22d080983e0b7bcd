from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from mainstem.collect import CollectSettings
from mainstem.errors import TransientError, UsageError
from mainstem.events import Source, decode_received
from mainstem.simulate.play import GatewaySender, Sent
from mainstem.simulate.world import Event, simulate_company
from mainstem.testing.gateway import RecordingLog
from mainstem.testing.gateway_thread import gateway
from mainstem.testing.losing_proxy import losing_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"website": "key-website", "servers": "key-servers"}
SOURCES = tuple(Source(name, name, (key,)) for name, key in KEYS.items())


@pytest.fixture
def log() -> RecordingLog:
    return RecordingLog()


@pytest.fixture
def data_plane(log: RecordingLog) -> Iterator[str]:
    settings = CollectSettings(port=0, path_aliases={"/e/": "/v1/"})
    with gateway(lambda: (log, RecordingLog()), settings, SOURCES) as (url, _):
        yield url


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return [event for day in simulate_company(2, 1, 20) for event in day.events]


def ids(log: RecordingLog) -> Counter[str]:
    records = [decode_received(record) for record in log.records]
    return Counter(msgspec.json.decode(record.event)["messageId"] for record in records)


def no_wait(seconds: float) -> None:
    return None


def test_every_event_arrives_under_its_source_and_those_of_blocked_browsers_by_the_alias(
    log: RecordingLog, data_plane: str, events: list[Event]
) -> None:
    with closing(GatewaySender(data_plane, KEYS, blocked_path="/e/")) as sender:
        sent = sender.send(events)
    assert sent.events == len(events) > 500
    assert sent.blocked == sent.repeats == 0
    assert ids(log) == Counter(event.message["messageId"] for event in events)
    by_source = Counter(decode_received(record).source_id for record in log.records)
    assert by_source["website"] == sum(event.source == "website" for event in events)
    assert by_source.total() == len(events)


def test_without_an_alias_what_browsers_block_is_lost_and_counted(
    log: RecordingLog, data_plane: str, events: list[Event]
) -> None:
    with closing(GatewaySender(data_plane, KEYS)) as sender:
        sent = sender.send(events)
    blocked = sum(event.blocked for event in events)
    assert sent.blocked == blocked > 0
    assert sent.events == len(log.records) == len(events) - blocked


def test_a_batch_whose_answer_is_lost_is_sent_again(
    log: RecordingLog, data_plane: str, events: list[Event]
) -> None:
    with (
        losing_proxy(data_plane, answers=3) as proxy,
        closing(GatewaySender(proxy, KEYS, blocked_path="/e/", wait=no_wait)) as sender,
    ):
        sent = sender.send(events)
    assert sent.repeats == 3
    assert ids(log).keys() == {event.message["messageId"] for event in events}


def test_a_gateway_that_never_answers_ends_it_with_what_was_not_taken(events: list[Event]) -> None:
    waits: list[float] = []
    reasons: list[str] = []
    sender = GatewaySender("http://127.0.0.1:9", KEYS, patience=20, wait=waits.append, waiting=reasons.append)
    with closing(sender), pytest.raises(TransientError, match="did not take 1 events of website in 9 tries"):
        sender.send([next(event for event in events if not event.blocked)])
    assert waits == sorted(waits)
    assert 20 <= sum(waits) < 40
    assert len(reasons) == len(waits)
    assert "refused" in reasons[0]


def test_a_sender_that_is_closed_waits_for_no_gateway(events: list[Event]) -> None:
    with pytest.raises(KeyboardInterrupt), closing(GatewaySender("http://127.0.0.1:9", KEYS)) as sender:

        def interrupted() -> Iterator[Event]:
            yield from (event for event in events[:200] if not event.blocked)
            raise KeyboardInterrupt

        sender.send(interrupted())


def test_a_key_the_gateway_does_not_know_is_not_tried_again(data_plane: str, events: list[Event]) -> None:
    keys = {**KEYS, "website": "wrong"}
    with (
        closing(GatewaySender(data_plane, keys, blocked_path="/e/")) as sender,
        pytest.raises(UsageError, match="refuses these events: 401"),
    ):
        sender.send(events)


def test_keys_that_are_missing_or_of_no_source_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="servers has no write key"):
        GatewaySender("http://127.0.0.1:9", {"website": "a"})
    with pytest.raises(UsageError, match="no source 'blog'"):
        GatewaySender("http://127.0.0.1:9", {**KEYS, "blog": "a"})
    with pytest.raises(UsageError, match="'localhost' is no address"):
        GatewaySender("localhost", KEYS)


def test_counts_add_up() -> None:
    assert Sent(1, 2, 3, 4) + Sent(10, 20, 30, 40) == Sent(11, 22, 33, 44)
