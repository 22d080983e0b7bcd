from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mainstem.simulate.chance import Chance
from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.send import Sender

if TYPE_CHECKING:
    from mainstem.simulate.world.output import Event

MADE = datetime(2021, 5, 1, tzinfo=UTC)


def sent(seed: int, number: int, rates: Difficulty) -> list[Event]:
    sender = Sender("website", Chance(seed, "way"), rates)
    properties = {"path": "/"}
    events = []
    for _ in range(number):
        message = {"type": "track", "event": "x", "properties": properties}
        events += [event for _, event in sender.send(MADE, message)]
    assert properties == {"path": "/"}
    return events


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_way_to_the_gateway_is_as_bad_as_the_rates_say(seed: int) -> None:
    number = 12_000
    events = sent(seed, number, Difficulty())
    copies = Counter(event.message["messageId"] for event in events)
    assert 0.008 < sum(count == 2 for count in copies.values()) / number < 0.012
    late = sum(event.received_at - MADE > timedelta(days=1) for event in events)
    assert 0.026 < late / number < 0.034
    claimed = [datetime.fromisoformat(event.message["originalTimestamp"]) for event in events]
    future = sum(
        claim > event.received_at and claim.year < 2100 for claim, event in zip(claimed, events, strict=True)
    )
    assert 0.0004 < future / number < 0.0018
    absurd = sum(claim.year in (1970, 1980, 2001, 2106) for claim in claimed)
    assert 0.0001 < absurd / number < 0.0012
    leaks = sum(len(event.message["properties"]) > 1 for event in events)
    assert 0.001 < leaks / number < 0.0032


def test_a_retry_repeats_the_message_and_comes_later() -> None:
    first, second = sent(1, 1, Difficulty(retried=1.0))
    assert second.received_at > first.received_at
    assert second.message["sentAt"] > first.message["sentAt"]
    assert second.message["messageId"] == first.message["messageId"]
    assert second.message["originalTimestamp"] == first.message["originalTimestamp"]
