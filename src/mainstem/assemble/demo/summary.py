"""What the demo counted at each stage, and whether the counts agree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Summary:
    """Counts of one run. Messages are counted by message id; a repeat is not another message."""

    calls: int
    """Events sent by this run, repeats among them. 0 when the company had been sent before."""
    planned: frozenset[str]
    """Message ids the simulated company was to send."""
    is_played_whole: bool
    """Whether the company was played through its last day."""
    accepted_events: int
    """Events in the log."""
    accepted: frozenset[str]
    """Message ids in the log."""
    loaded_rows: int
    """Events in the warehouse: rows of the tables that hold each event once."""
    loaded: frozenset[str]
    """Message ids in the warehouse."""
    quarantined_events: int
    """Events the loader held back, whoever sent them."""
    quarantined: frozenset[str]
    """Message ids among them that could be read."""
    synced: Mapping[str, int]
    """Rows that each connector brought in this run."""
    activated: int
    """Records of the CRM that were written."""
    unwritten: str
    """Why some were not; empty when all were."""
    models: int
    tests: int
    failures: tuple[str, ...]
    """dbt models and tests that failed."""
    build: int | None
    """The number the build is recorded under."""
    is_published: bool
    """Whether the dashboards show this build."""
    consequence: str
    """What came of the build for the dashboards, as a sentence."""
    tiles: Mapping[str, str | None]
    """Each tile of the dashboard: what is wrong with it, or None."""
    seconds: float

    def inequalities(self) -> list[str]:
        """One line for each thing that does not agree; empty when all is well."""
        found = [
            *_difference("sent", self.planned, "accepted", self.accepted),
            *_difference("accepted", self.accepted - self.quarantined, "loaded", self.loaded),
            *_difference("sent", self.planned, "loaded", self.loaded),
        ]
        if not self.is_played_whole:
            found.append("the company was not played through its last day")
        if self.loaded_rows != len(self.loaded):
            found.append(f"{self.loaded_rows} events are loaded for {len(self.loaded)} messages")
        if not self.models or not self.tests:
            found.append(f"dbt built {self.models} models and ran {self.tests} tests")
        found += [f"dbt: {failure}" for failure in self.failures]
        if not self.failures and not self.is_published:
            found.append(f"build {self.build} passed, but was {self.consequence}")
        if self.unwritten:
            found.append(f"activation: {self.unwritten}")
        found += [f"tile {name}: {problem}" for name, problem in self.tiles.items() if problem]
        if not self.tiles:
            found.append("the dashboard has no tile")
        return found

    def lines(self) -> list[str]:
        """The table a person reads."""
        repeats = self.accepted_events - self.loaded_rows - self.quarantined_events
        good_tiles = sum(problem is None for problem in self.tiles.values())
        sent = f"{self.calls:,} events" if self.calls else "on an earlier run"
        held = [f"quarantine  {self.quarantined_events:,} events"] if self.quarantined_events else []
        return [
            f"sent        {len(self.planned):,} messages ({sent})",
            f"accepted    {len(self.accepted):,} messages ({self.accepted_events:,} events in the log)",
            f"loaded      {len(self.loaded):,} messages ({repeats:,} repeats dropped)",
            *held,
            f"synced      {', '.join(f'{name} {rows:,} rows' for name, rows in self.synced.items())}",
            f"models      {self.models}",
            f"tests       {self.tests} ({len(self.failures)} failed)",
            f"published   build {self.build}"
            if self.is_published
            else f"published   nothing: {self.consequence}",
            f"activated   {self.activated:,} records of the CRM",
            f"tiles       {good_tiles} of {len(self.tiles)}",
            f"seconds     {self.seconds:.1f}",
        ]


def _difference(one: str, first: frozenset[str], other: str, second: frozenset[str]) -> list[str]:
    """Messages on one side only. Events that others sent to the running demo are on neither's account."""
    missing = first - second
    if not missing:
        return []
    return [f"{len(missing)} messages were {one} and not {other}, such as {min(missing)}"]
