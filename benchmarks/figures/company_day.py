"""One more day of the simulated company in its models, with all of history behind it and with a tenth.

Both warehouses hold the same rows of the CRM and the other systems, and the same days at the end; one holds
every event of sixty months, the other only those of the last six. Then day after day is loaded into both and
`dbt run` brings the models up to date. The figure is the seconds that the models' own statements take, over
all models, in the first; the limit is the same in the second: what a build costs with the history, not with
the day, shows as a ratio above one. dbt's own time, which is the same for both, is left out, and so are
tests, which look at all rows. Plain DuckDB, one thread; what it writes back to its file it writes when that
is closed, and so in no model. Lower is better.
"""

from __future__ import annotations

import shutil
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from benchmarks.figure import Figure, Outcome, Round
from mainstem.simulate.world import simulate_company
from mainstem.testing.company import CompanyLake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from benchmarks.effort import Effort
    from mainstem.simulate.world import Day

_SEED = 5
_SLOWEST = 3
"""Models named in the note."""


class BuildFailed(Exception):
    """A model could not be built."""


def measure(effort: Effort, scratch: Path) -> Outcome:
    months = effort.company_months
    days = list(simulate_company(_SEED, months, effort.company_accounts))
    last = len(days) - effort.rounds
    recent = days[last - last // 10].day
    whole, tenth = CompanyLake(scratch / "whole"), CompanyLake(scratch / "tenth")
    whole.load(islice(days, last))
    tenth.load(_without_events_before(days[:last], recent))
    for lake in (whole, tenth):
        _run(lake)
    rounds, slowest = [], ""
    for day in days[last:]:
        spent = []
        for lake in (whole, tenth):
            lake.load([day])
            spent.append(_run(lake))
        ours, limit = (sum(seconds.values()) for seconds in spent)
        rounds.append(Round(ours, limit))
        slowest = _grown(*spent)
    events = sum(len(day.events) for day in days[:last])
    few = sum(len(day.events) for day in days[:last] if day.day >= recent)
    shutil.rmtree(scratch / "whole")
    shutil.rmtree(scratch / "tenth")
    figure = Figure(
        benchmark="company-day",
        name="one more day, all of history",
        unit="s",
        limit="a tenth of history",
        better="lower",
        rounds=tuple(rounds),
        notes=(f"{events:,} events against {few:,}, then a day of some {len(days[-1].events):,}; {slowest}",),
    )
    return Outcome(benchmark="company-day", figures=(figure,))


def _without_events_before(days: list[Day], first: date) -> Iterator[Day]:
    for day in days:
        yield day if day.day >= first else msgspec.structs.replace(day, events=[])


def _run(lake: CompanyLake) -> Mapping[str, float]:
    built = lake.build("run")
    if built.failures:
        raise BuildFailed("; ".join(built.failures))
    return built.seconds


def _grown(whole: Mapping[str, float], tenth: Mapping[str, float]) -> str:
    """The models that take most more time with the whole of history, on the last day."""
    more = sorted(whole, key=lambda name: tenth.get(name, 0.0) - whole[name])[:_SLOWEST]
    named = ", ".join(f"{name} {tenth.get(name, 0.0):.2f} → {whole[name]:.2f} s" for name in more)
    return f"grew most: {named}"
