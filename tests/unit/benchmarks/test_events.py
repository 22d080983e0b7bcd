from __future__ import annotations

import gzip

import msgspec

from benchmarks.events import NAMES, batch_request, generated, records, single_request
from mainstem.events import decode_received, enriched
from mainstem.load.schema import PROVIDERS, transform

DUCKLAKE = PROVIDERS["ducklake"]


def test_a_seed_gives_the_same_events_and_other_seeds_give_other_ids() -> None:
    first, again, other = (list(generated(seed, 50)) for seed in (1, 1, 2))
    assert first == again
    assert {event["event"] for event in generated(1, 500)} == set(NAMES)
    assert not {event["messageId"] for event in first} & {event["messageId"] for event in other}


def test_an_event_becomes_a_row_of_about_45_columns() -> None:
    [payload] = records(1, 1, "shop")
    rows = transform(enriched(decode_received(payload)), provider=DUCKLAKE)
    assert rows[0].table == "tracks"
    assert 42 <= len(rows[1].columns) <= 50


def test_about_one_event_in_a_hundred_has_a_value_its_column_cannot_take() -> None:
    events = list(generated(3, 20_000))
    conflicts = sum(isinstance(event["properties"]["quantity"], str) for event in events)
    assert 130 <= conflicts <= 270  # 200 expected, a deviation of 14
    added = [key for event in events for key in event["properties"] if key.startswith("added_")]
    assert len(added) == len(set(added)) == 3


def test_requests_are_what_they_are_named_for() -> None:
    single, batch = single_request("key"), batch_request("key", 100)
    assert len(single.body) == 1024
    assert len(msgspec.json.decode(batch.body)["batch"]) == 100
    assert gzip.decompress(gzip.compress(batch.body)) == batch.body
    assert single.headers["Authorization"] == "Basic a2V5Og=="
