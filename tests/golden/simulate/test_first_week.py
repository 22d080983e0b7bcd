from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

import msgspec

from mainstem.simulate.world import simulate_company

STORED = Path(__file__).with_name("first_week.ndjson")


def test_the_first_week_of_a_seed_is_what_it_was() -> None:
    """To store another: write `encoded_week()` over the file, and say why in the change."""
    assert encoded_week() == STORED.read_bytes()


def encoded_week() -> bytes:
    encoder = msgspec.json.Encoder()
    lines = []
    for day in islice(simulate_company(20, 1, 3), 7):
        lines += [encoder.encode(item) for items in (day.events, day.changes, day.truth) for item in items]
    assert day.day == date(2020, 1, 7)
    return b"\n".join(lines) + b"\n"
