"""Where the reading of a report is: what its position holds, and which days a run reads.

A run that came to its end is followed by one that begins some days before the newest day with rows, whatever
the clock says. One that did not is gone on with where it stopped; then come the days that were still counted
when they were read before. It asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.connectors.ga4.answers import Day

_DAY = timedelta(days=1)
_MOST_EMPTY = timedelta(days=60)
"""Of days without rows behind the newest that has some: so many are known to be as they were."""
_DATES = ("newest", "following", "on", "again")
Span = tuple[date, date]
"""The first and the last day; none where the first is the later one."""


@dataclass
class Place:
    definition: str
    """Of the report that was read."""
    newest: date | None = None
    """The newest day that had rows."""
    following: date | None = None
    """The day behind the last one that was read, while a run has not come to its end."""
    on: date | None = None
    """The day on which that was read."""
    again: date | None = None
    """The first of the days that were still counted when an unfinished run read them."""
    marks: dict[str, str] = field(default_factory=dict)
    """What the days were like that will be read again."""

    def spans(self, bounds: Span, today: date, restated: timedelta) -> list[Span]:
        """What this run reads of the days within `bounds`."""
        lowest, last = bounds
        first = lowest if self.newest is None else max(lowest, self.newest - restated)
        if self.following is None or self.on is None:
            self.on = today
            return [(first, last)]
        unsettled = self.on - restated
        if unsettled < self.following:
            self.again = min(self.again or unsettled, unsettled)
        self.on = today
        found = [(max(lowest, self.following), last)]
        if self.again is not None:
            found.append((max(lowest, self.again), min(last, self.following - _DAY)))
        return found

    def knows(self, day: Day, mark: str) -> bool:
        return self.marks.get(day.day.isoformat()) == mark

    def keep(self, day: Day, mark: str, kept: timedelta) -> None:
        """It was read; marks of so many days before the newest are kept."""
        self.marks[day.day.isoformat()] = mark
        if day.rows:
            self.newest = max(self.newest or day.day, day.day)
        self.following = max(self.following or day.day, day.day + _DAY)
        oldest = max((self.newest or day.day) - kept, day.day - kept - _MOST_EMPTY)
        self.marks = {at: one for at, one in self.marks.items() if at >= oldest.isoformat()}

    def going(self) -> dict[str, Any]:
        """The position of a run that goes on behind what was read."""
        dates = {name: getattr(self, name) for name in _DATES}
        written = {name: at.isoformat() for name, at in dates.items() if at is not None}
        return {"definition": self.definition, **written, "marks": dict(self.marks)}

    def ended(self) -> dict[str, Any]:
        """The position of the run after one that came to its end."""
        return {name: one for name, one in self.going().items() if name not in _DATES[1:]}


def place_at(definition: str, position: Mapping[str, Any]) -> Place:
    """As it was committed last; the beginning where another report was read then."""
    if position.get("definition") != definition:
        return Place(definition)
    dates = {name: date.fromisoformat(position[name]) for name in _DATES if name in position}
    return Place(definition, **dates, marks=dict(position["marks"]))
