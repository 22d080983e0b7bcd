"""Paths → SQL: a row a different path, with how many units took it. Rules stand at `definition.Paths`.

Names beside the most frequent of a step are one, `Other`, so that there are never more paths than a drawing
holds. Who did nothing further has NULL from there on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.cohorts.funnel import EMPTY, MEMBERS, OTHER, column
from mainstem.cohorts.hits import Hits
from mainstem.errors import QueryError
from mainstem.query.composed import Composed
from mainstem.query.result import OutputType
from mainstem.semantics.model import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.cohorts.definition import PathPick, Paths
    from mainstem.cohorts.sources import Source
    from mainstem.query.dialects import Dialect

_MARKS = ("is_anchor", "is_read")


def counted(paths: Paths, sources: Mapping[str, Source]) -> Composed:
    """Columns: p0 … pn (p0 is the anchor; backwards, each lies before the last), units. Most taken first."""
    written = _Paths(paths, sources)
    names = tuple(column(f"p{k}", OutputType.STRING, measure=False) for k in range(paths.steps + 1))
    return written.composed(written.counts, (*names, column("units", OutputType.NUMBER)))


def members(paths: Paths, sources: Mapping[str, Source], pick: PathPick) -> Composed:
    """Columns: id, since (the anchor's moment)."""
    written = _Paths(paths, sources)
    return written.composed(lambda dialect: written.members(pick, dialect), MEMBERS)


class _Paths:
    def __init__(self, paths: Paths, sources: Mapping[str, Source]) -> None:
        self.paths = paths
        self.hits = Hits(paths.unit, sources)
        for condition in (paths.anchor, *paths.read):
            if not sources[condition.explore].event:
                raise QueryError(
                    f"explore {condition.explore} does not say what its rows are called: tag a dimension "
                    "with cohort:event"
                )
        self.hits.add(
            paths.anchor, ["is_anchor"], within=paths.within, text=sources[paths.anchor.explore].event
        )
        for condition in paths.read:
            self.hits.add(condition, ["is_read"], text=sources[condition.explore].event)

    def composed(self, select: object, columns: tuple[object, ...]) -> Composed:
        def write(texts: Mapping[str, str], dialect: Dialect) -> str:
            tail: str = select(dialect)  # type: ignore[operator] # a method of this class
            return f"{self.walked(texts, dialect)}\n{tail}\n"

        paths = self.paths
        return Composed(paths.model, paths.anchor.explore, self.hits.requests, write, columns)  # type: ignore[arg-type] # columns, as given above

    def walked(self, texts: Mapping[str, str], dialect: Dialect) -> str:
        """WITH … walked: a row a unit: u, since, p0 … pn."""
        paths = self.paths
        turn = " DESC" if paths.backwards else ""
        beyond = "<=" if paths.backwards else ">="
        apart = (
            ("events.moment", "anchors.moment") if paths.backwards else ("anchors.moment", "events.moment")
        )
        window = (
            f"\n  AND {dialect.elapsed(Interval.SECOND, *apart)} <= {paths.window}" if paths.window else ""
        )
        repeats = "WHERE name_before IS NULL OR name_before <> name" if paths.collapse else "WHERE 1 = 1"
        return "\n".join(
            (
                f"WITH hits AS (\n{self.hits.events(texts, _MARKS, dialect)}\n),",
                "events AS (",
                f"SELECT u, moment, COALESCE(said, {dialect.text(EMPTY)}) AS name, is_anchor, is_read,",
                "  ROW_NUMBER() OVER (PARTITION BY u ORDER BY moment, place, tie) AS seq",
                "FROM hits",
                "),",
                "first_anchors AS (SELECT u, MIN(seq) AS seq FROM events WHERE is_anchor = 1 GROUP BY u),",
                "anchors AS (",
                "SELECT events.u, events.seq, events.moment FROM events INNER JOIN first_anchors "
                "ON first_anchors.u = events.u AND first_anchors.seq = events.seq",
                "),",
                "along AS (",
                "SELECT events.u, events.seq, events.name, anchors.moment AS since,",
                f"  LAG(events.name) OVER (PARTITION BY events.u ORDER BY events.seq{turn}) AS name_before",
                f"FROM events INNER JOIN anchors ON anchors.u = events.u AND events.seq {beyond} anchors.seq",
                f"WHERE (events.is_read = 1 OR events.seq = anchors.seq){window}",
                "),",
                "placed AS (",
                f"SELECT u, since, name, ROW_NUMBER() OVER (PARTITION BY u ORDER BY seq{turn}) - 1 AS step",
                f"FROM along {repeats}",
                "),",
                "frequent AS (",
                "SELECT step, name,",
                "  ROW_NUMBER() OVER (PARTITION BY step ORDER BY COUNT(*) DESC, name) AS place",
                f"FROM placed WHERE step <= {paths.steps} GROUP BY step, name",
                "),",
                "named AS (",
                "SELECT placed.u, placed.since, placed.step,",
                f"  CASE WHEN place <= {paths.names} THEN placed.name ELSE {dialect.text(OTHER)} END AS name",
                "FROM placed",
                "INNER JOIN frequent ON frequent.step = placed.step AND frequent.name = placed.name",
                "),",
                "walked AS (",
                "SELECT u, MIN(since) AS since,",
                "  "
                + ", ".join(
                    f"MAX(CASE WHEN step = {k} THEN name END) AS p{k}" for k in range(paths.steps + 1)
                ),
                "FROM named GROUP BY u",
                ")",
            )
        )

    def counts(self, dialect: Dialect) -> str:
        names = ", ".join(f"p{k}" for k in range(self.paths.steps + 1))
        order = ", ".join(f"p{k} NULLS LAST" for k in range(self.paths.steps + 1))
        return f"SELECT {names}, COUNT(*) AS units FROM walked GROUP BY {names}\nORDER BY units DESC, {order}"

    def members(self, pick: PathPick, dialect: Dialect) -> str:
        terms = [
            f"p{k} IS NULL" if name is None else f"p{k} = {dialect.text(name)}"
            for k, name in enumerate(pick.names[: self.paths.steps + 1])
        ]
        return f"SELECT u AS id, since FROM walked WHERE {' AND '.join(terms) or '1 = 1'}\nORDER BY u"
