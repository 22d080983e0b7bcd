"""Six experiments on the marketing site, with true effects on trials and others on product usage.

Each runs for 120 days, one after another. Who sees what is decided here and nowhere else; the result is
never shown to a model.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import date

    from mainstem.simulate.chance import Chance
    from mainstem.simulate.world.timeline import Calendar

DAYS = 120
_PAUSE = 150
_BASIS = 0x811C9DC5
_PRIME = 0x01000193


class Experiment(msgspec.Struct, frozen=True):
    key: str
    begins: int
    """Days after the first day of history."""
    trial_lift: float
    """Relative effect of variation 1 on starting a trial."""
    usage_lift: float
    """Relative effect of variation 1 on how much a server is used."""
    unshown: float = 0.0
    """Share of variation 1 whose exposure is never sent: the sample-ratio fault."""

    def first_day(self, calendar: Calendar) -> date:
        return calendar.first_day + timedelta(days=self.begins)

    def runs(self, day: date, calendar: Calendar) -> bool:
        return self.begins <= (day - calendar.first_day).days < self.begins + DAYS


EXPERIMENTS = tuple(
    Experiment(key, 30 + number * _PAUSE, trial, usage, unshown)
    for number, (key, trial, usage, unshown) in enumerate(
        (
            ("pricing-table", -0.05, 0.10, 0.0),
            ("hero-image", 0.0, 0.0, 0.0),
            ("docs-banner", 0.0, -0.05, 0.12),
            ("shorter-form", 0.03, -0.10, 0.0),
            ("customer-stories", 0.08, 0.05, 0.0),
            ("guided-trial", 0.20, 0.0, 0.0),
        )
    )
)


class Arm(msgspec.Struct, frozen=True):
    """The experiment of a person's first day and what they see of it."""

    experiment: Experiment
    variation: int
    sent: bool
    sees_both: bool

    def lift(self, of_usage: bool = False) -> float:
        effect = self.experiment.usage_lift if of_usage else self.experiment.trial_lift
        return 1.0 + effect * self.variation


def arm_of(chance: Chance, day: date, calendar: Calendar, unit: str, both: float) -> Arm | None:
    """The variation by hash of the unit (FNV-1a over FNV-1a, ten thousand buckets), as SDKs assign it."""
    for experiment in EXPERIMENTS:
        if experiment.runs(day, calendar):
            bucket = _fnv1a(str(_fnv1a(experiment.key + unit))) % 10_000
            variation = int(bucket >= 5_000)
            sent = not (variation and chance.happens(experiment.unshown))
            return Arm(experiment, variation, sent, chance.happens(both))
    return None


def _fnv1a(value: str) -> int:
    number = _BASIS
    for byte in value.encode():
        number = ((number ^ byte) * _PRIME) & 0xFFFFFFFF
    return number
