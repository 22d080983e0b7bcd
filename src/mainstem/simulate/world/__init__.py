"""A whole simulated company: what its SDKs send, what its source systems hold, and the truth about both.

Pure and deterministic by seed and size; it streams day by day. What models read and what they are judged
by leave it apart, and nothing here knows a model.
"""

from __future__ import annotations

from mainstem.simulate.world.company import simulate_company
from mainstem.simulate.world.difficulty import Difficulty
from mainstem.simulate.world.eras import SampledEra, sampled_eras
from mainstem.simulate.world.files import Written, write_days
from mainstem.simulate.world.output import Change, Day, Event, Truth
from mainstem.simulate.world.systems import SYSTEMS
from mainstem.simulate.world.timeline import Calendar

__all__ = [
    "SYSTEMS",
    "Calendar",
    "Change",
    "Day",
    "Difficulty",
    "Event",
    "SampledEra",
    "Truth",
    "Written",
    "sampled_eras",
    "simulate_company",
    "write_days",
]
