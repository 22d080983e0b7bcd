"""What the company knows of its own clients: on which days they sent which share of their events.

It is no truth about anybody, so models may be told it.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.timeline import Calendar


class SampledEra(msgspec.Struct, frozen=True):
    first_day: date
    last_day: date
    rate: float
    """Of events, 0 … 1."""


def sampled_eras(calendar: Calendar | None = None, rates: Difficulty | None = None) -> list[SampledEra]:
    """Of product clients; outside of these they send everything."""
    calendar, rates = calendar or Calendar(), rates or Difficulty()
    first, last = rates.sampled_months
    end = calendar.day_after(last) - timedelta(days=1)
    return [SampledEra(calendar.day_after(first - 1), end, rates.sampled_rate)]
