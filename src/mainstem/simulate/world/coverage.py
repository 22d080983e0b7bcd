"""The true number of servers and users of every day, and how many could and did tell of each metric.

Counted from what truly happened, whether it was sent or not. It estimates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.simulate.world.features import METRICS
from mainstem.simulate.world.output import Truth
from mainstem.simulate.world.timeline import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


class Tally:
    """Server days of the days not closed yet; servers that are internal, tests or fakes are not counted."""

    def __init__(self) -> None:
        self._days: dict[date, dict[str, int]] = {}

    def add(self, day: date, users: int, release: int, reports: bool, values: dict[str, int]) -> None:
        """`values`: the true count of each metric on this server and day."""
        counts = self._days.setdefault(day, {"servers": 0, "users": 0})
        counts["servers"] += 1
        counts["users"] += users
        for metric, since in METRICS.items():
            capable = release >= since
            counts[f"{metric}_capable"] = counts.get(f"{metric}_capable", 0) + capable
            told = capable and reports
            counts[f"{metric}_reporting"] = counts.get(f"{metric}_reporting", 0) + told
            counts[f"{metric}_total"] = counts.get(f"{metric}_total", 0) + values[metric]

    def close(self, day: date) -> Iterator[Truth]:
        counts = self._days.pop(day, {"servers": 0, "users": 0})
        at = moment(day, 86_399)
        active = {"day": day, "active_servers": counts["servers"], "active_users": counts["users"]}
        yield Truth(at, "active_days", active)
        for metric in METRICS:
            row = {
                "day": day,
                "metric": metric,
                "n_active": counts["servers"],
                "n_capable": counts.get(f"{metric}_capable", 0),
                "n_reporting": counts.get(f"{metric}_reporting", 0),
                "total": counts.get(f"{metric}_total", 0),
            }
            yield Truth(at, "coverage", row)
