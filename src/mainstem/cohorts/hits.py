"""Answers of requests → one list of events a unit, in order: what funnels and paths are worked out from.

A request of a condition gives rows of (unit, moment, order of equals); rows of one explore that agree in all
three are one event, whichever requests found it. NULLs name nobody and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mainstem.query.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mainstem.cohorts.definition import Condition
    from mainstem.cohorts.sources import Source
    from mainstem.query.dialects import Dialect


@dataclass(frozen=True)
class Hit:
    """One request among others: what its rows are marked with."""

    part: str
    source: Source
    place: int
    """Of its explore among those that are read: so events of one moment in two explores are ordered."""
    marks: frozenset[str]
    text: str = ""
    """A `view.field` whose value is kept."""


@dataclass
class Hits:
    """Collects the requests of a question while it is put together."""

    unit: str
    sources: Mapping[str, Source]
    """By explore."""
    requests: dict[str, Request] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)

    def add(self, condition: Condition, marks: Sequence[str], *, within: str = "", text: str = "") -> None:
        """Rows that fulfil the condition bear the marks."""
        source = self.sources[condition.explore]
        filters = dict(condition.filters)
        if source.counts:
            filters.setdefault(source.counts, "yes")
        if within:
            filters = with_time(filters, source, within)
        names = (source.units[self.unit], source.moment, source.order, text)
        part = f"part_{len(self.requests) + 1}"
        self.requests[part] = every_row(source, names, filters)
        place = list(self.sources).index(condition.explore)
        self.hits.append(Hit(part, source, place, frozenset(marks), text))

    def events(self, texts: Mapping[str, str], marks: Sequence[str], dialect: Dialect) -> str:
        """SELECT u, at, place, tie, said and a column of 0 or 1 a mark."""
        quoted, lines = dialect.quoted, []
        for hit in self.hits:
            source = hit.source
            tie = dialect.as_text(quoted(source.order)) if source.order else "''"
            said = dialect.as_text(quoted(hit.text)) if hit.text else f"CAST(NULL AS {dialect.text_type})"
            shown = ", ".join(f"{int(mark in hit.marks)} AS {mark}" for mark in marks)
            lines.append(
                f"SELECT {dialect.as_text(quoted(source.units[self.unit]))} AS u, "
                f"{dialect.time_of(quoted(source.moment))} AS moment, {hit.place} AS place, {tie} AS tie, "
                f"{said} AS said, {shown}\nFROM (\n{texts[hit.part].rstrip()}\n) AS {hit.part}"
            )
        most = ", ".join(f"MAX({mark}) AS {mark}" for mark in marks)
        return (
            f"SELECT u, moment, place, tie, MIN(said) AS said, {most}\nFROM (\n"
            + "\nUNION ALL\n".join(lines)
            + "\n) AS found\nWHERE u IS NOT NULL AND moment IS NOT NULL\nGROUP BY u, moment, place, tie"
        )


def with_time(filters: Mapping[str, str], source: Source, within: str) -> dict[str, str]:
    """With a filter on when, which is another field than one that is filtered by already where it can be."""
    name = source.day if source.moment in filters and source.day != source.moment else source.moment
    return {**filters, name: within}


def every_row(
    source: Source, names: Sequence[str], filters: Mapping[str, str], zone: str | None = None
) -> Request:
    """Every different row of those fields."""
    fields = tuple(dict.fromkeys(name for name in names if name))
    return Request(
        model=source.model,
        explore=source.explore,
        fields=fields,
        filters=dict(filters),
        limit=-1,
        timezone=zone,
    )
