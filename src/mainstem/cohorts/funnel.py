"""A funnel → SQL: one row a unit with its best attempt, and what is counted from it.

Each event knows the next event of every step after it (a window function), so an attempt is a chain of
equalities on a number: nothing is compared with everything. Rules stand at `definition.Funnel`; the company's
dbt macro `funnel` follows the same, and a test holds both to the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.cohorts.definition import Condition, Mode
from mainstem.cohorts.hits import Hits, every_row
from mainstem.query.composed import Composed
from mainstem.query.result import ColumnKind, OutputColumn, OutputType
from mainstem.semantics.model import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.cohorts.definition import Funnel, FunnelPick
    from mainstem.cohorts.sources import Source
    from mainstem.query.dialects import Dialect
    from mainstem.query.request import Request

SEGMENTS = 6
"""Values of a breakdown that are told apart, those that most began with; the rest are `OTHER`."""
OTHER = "Other"
EMPTY = "∅"


def counted(funnel: Funnel, sources: Mapping[str, Source]) -> Composed:
    """Columns: part (`all` or `segment`), segment, step, units, dropped, in_time, seconds (median from the
    step before), from_start (median from the first step)."""
    return _Funnel(funnel, sources).composed(_Funnel.counts, _COUNTS)


def members(funnel: Funnel, sources: Mapping[str, Source], pick: FunnelPick) -> Composed:
    """Columns: id, since (when they reached the step)."""
    written = _Funnel(funnel, sources)
    return written.composed(lambda self, dialect: self.members(pick, dialect), MEMBERS)


def column(name: str, kind: OutputType, *, measure: bool = True) -> OutputColumn:
    role = ColumnKind.MEASURE if measure else ColumnKind.DIMENSION
    return OutputColumn(name=name, label=name, field_label=name, kind=role, type=kind)


_COUNTS = (
    column("part", OutputType.STRING, measure=False),
    column("segment", OutputType.STRING, measure=False),
    column("step", OutputType.NUMBER, measure=False),
    *(column(name, OutputType.NUMBER) for name in ("units", "dropped", "in_time", "seconds", "from_start")),
)
MEMBERS = (
    column("id", OutputType.STRING, measure=False),
    column("since", OutputType.TIME, measure=False),
)


class _Funnel:
    def __init__(self, funnel: Funnel, sources: Mapping[str, Source]) -> None:
        self.funnel = funnel
        self.count = len(funnel.steps)
        self.hits = Hits(funnel.unit, sources)
        self.marks = [f"s{n}" for n in range(1, self.count + 1)] + ["begins"]
        begins = funnel.steps if funnel.mode is Mode.ANY else funnel.steps[:1]
        for n, step in enumerate(funnel.steps, 1):
            self.hits.add(step, [f"s{n}"])
        for n, step in enumerate(begins, 1):
            text = funnel.breakdown if step.explore == funnel.steps[0].explore else ""
            self.hits.add(step, [f"s{n}", "begins"], within=funnel.within, text=text)
        if funnel.mode is Mode.STRICT:
            for explore in dict.fromkeys(step.explore for step in funnel.steps):
                self.hits.add(Condition(explore), [])
        if funnel.excluded:
            self.marks.append("ends")
            for each in funnel.excluded:
                self.hits.add(each, ["ends"])
        self.newest: dict[str, Request] = {}
        for explore in dict.fromkeys(step.explore for step in funnel.steps):
            source = sources[explore]
            self.newest[f"newest_{len(self.newest) + 1}"] = every_row(source, (source.moment,), {})
        self.sources = sources

    def composed(self, select: object, columns: tuple[OutputColumn, ...]) -> Composed:
        def write(texts: Mapping[str, str], dialect: Dialect) -> str:
            tail: str = select(self, dialect)  # type: ignore[operator] # a function of this class
            return f"{self.attempts(texts, dialect)}\n{tail}\n"

        first = self.funnel.steps[0].explore
        return Composed(self.funnel.model, first, {**self.hits.requests, **self.newest}, write, columns)

    def attempts(self, texts: Mapping[str, str], dialect: Dialect) -> str:
        """WITH … best: a row a unit with u, began, said, steps, is_over, t1 … tn."""
        n = self.count
        newest = "\nUNION ALL\n".join(
            f"SELECT MAX({dialect.time_of(dialect.quoted(request.fields[0]))}) AS moment FROM (\n"
            f"{texts[name].rstrip()}\n) AS {name}"
            for name, request in self.newest.items()
        )
        times = ", ".join(f"t{k}" for k in range(1, n + 1))
        known = " + ".join(f"CASE WHEN t{k} IS NULL THEN 0 ELSE 1 END" for k in range(1, n + 1))
        over = dialect.shifted("MAX(began)", self.funnel.window, "second")
        return "\n".join(
            (
                f"WITH hits AS (\n{self.hits.events(texts, self.marks, dialect)}\n),",
                f"as_of AS (\nSELECT CASE WHEN MAX(moment) > {dialect.now()} THEN {dialect.now()} "
                f"ELSE MAX(moment) END AS moment FROM (\n{newest}\n) AS newest\n),",
                "numbered AS (",
                "SELECT hits.*, ROW_NUMBER() OVER (PARTITION BY u ORDER BY moment, place, tie) AS seq",
                "FROM hits",
                "),",
                f"events AS (\n{self._with_next()}\n),",
                f"attempts AS (\n{self._chain(dialect)}\n),",
                "ranked AS (",
                f"SELECT u, attempt, began, said, {times}, {known} AS steps,",
                f"  ROW_NUMBER() OVER (PARTITION BY u ORDER BY {known} DESC, attempt) AS rank_of_attempt",
                "FROM attempts",
                "),",
                f"latest AS (\nSELECT u, {over} AS over_at FROM attempts GROUP BY u\n),",
                "best AS (",
                f"SELECT ranked.u, began, said, {times}, steps,",
                f"  CASE WHEN steps = {n} OR over_at <= as_of.moment THEN 1 ELSE 0 END AS is_over",
                "FROM ranked",
                "INNER JOIN latest ON latest.u = ranked.u",
                "CROSS JOIN as_of",
                "WHERE rank_of_attempt = 1",
                ")",
            )
        )

    def _with_next(self) -> str:
        """Each event with the number of the next one of each step, and of the next that ends attempts."""
        mode = self.funnel.mode
        frame = "CURRENT ROW" if mode is Mode.ANY else "1 FOLLOWING"
        columns = ["numbered.*"]
        wanted = range(1, self.count + 1) if mode is Mode.ANY else range(2, self.count + 1)
        if mode is not Mode.STRICT:
            columns += [_next(f"s{k}", f"n{k}", frame) for k in wanted]
        if self.funnel.excluded:
            columns.append(_next("ends", "ends_at", "1 FOLLOWING"))
        return "SELECT " + ",\n  ".join(columns) + "\nFROM numbered"

    def _chain(self, dialect: Dialect) -> str:
        mode = self.funnel.mode
        ends = dialect.shifted("first_event.moment", self.funnel.window, "second")
        until = (
            " AND (first_event.ends_at IS NULL OR {0}.seq < first_event.ends_at)"
            if self.funnel.excluded
            else ""
        )
        names = ["first_event", *(f"event_{k}" for k in range(2, self.count + 1))]
        joins = []
        for k, name in enumerate(names, 1):
            if k == 1 and mode is not Mode.ANY:
                continue
            name = f"event_{k}"
            before = names[k - 2]
            match mode:
                case Mode.ANY:
                    same = f"{name}.u = first_event.u AND {name}.seq = first_event.n{k}"
                case Mode.ORDERED:
                    same = f"{name}.u = {before}.u AND {name}.seq = {before}.n{k}"
                case Mode.STRICT:
                    same = f"{name}.u = {before}.u AND {name}.seq = {before}.seq + 1 AND {name}.s{k} = 1"
            joins.append(
                f"LEFT JOIN events AS {name} ON {same} AND {name}.moment <= {ends}{until.format(name)}"
            )
        first = "event_1" if mode is Mode.ANY else "first_event"
        times = ", ".join(
            [f"{first}.moment AS t1", *(f"{name}.moment AS t{k}" for k, name in enumerate(names[1:], 2))]
        )
        return "\n".join(
            (
                "SELECT first_event.u, first_event.seq AS attempt, first_event.moment AS began,",
                f"  first_event.said, {times}",
                "FROM events AS first_event",
                *joins,
                "WHERE first_event.begins = 1",
            )
        )

    def reached(self) -> str:
        """A row a unit and step: u, said, step, reached_at, before_at, began, steps, is_over."""
        count, head = self.count, "u, said, began, steps, is_over"
        if self.funnel.mode is not Mode.ANY:
            return "\nUNION ALL\n".join(
                f"SELECT {head}, {k} AS step, t{k} AS reached_at, t{max(k - 1, 1)} AS before_at FROM best "
                f"WHERE t{k} IS NOT NULL"
                for k in range(1, count + 1)
            )
        each = "\nUNION ALL\n".join(
            f"SELECT {head}, {k} AS place, t{k} AS reached_at FROM best WHERE t{k} IS NOT NULL"
            for k in range(1, count + 1)
        )
        over = "OVER (PARTITION BY u ORDER BY reached_at, place)"
        return (
            f"SELECT {head}, step, reached_at, COALESCE(before_at, reached_at) AS before_at FROM (\n"
            f"SELECT {head}, ROW_NUMBER() {over} AS step, reached_at, LAG(reached_at) {over} AS before_at\n"
            f"FROM (\n{each}\n) AS each_step\n) AS in_order"
        )

    def counts(self, dialect: Dialect) -> str:
        text, n = dialect.text_type, self.count
        measured = (
            "COUNT(*) AS units, "
            "SUM(CASE WHEN steps = step AND is_over = 1 AND step < {n} THEN 1 ELSE 0 END) AS dropped, "
            "SUM(CASE WHEN steps = step AND is_over = 0 THEN 1 ELSE 0 END) AS in_time, "
            "{before} AS seconds, {start} AS from_start"
        ).format(
            n=n,
            before=dialect.percentile(dialect.elapsed(Interval.SECOND, "before_at", "reached_at"), "0.5"),
            start=dialect.percentile(dialect.elapsed(Interval.SECOND, "began", "reached_at"), "0.5"),
        )
        begun = f", reached AS (\n{self.reached()}\n)"
        whole = (
            f"SELECT 'all' AS part, CAST(NULL AS {text}) AS segment, step, {measured}\n"
            "FROM reached GROUP BY step"
        )
        if not self.funnel.breakdown:
            return f"{begun}\n{whole}\nORDER BY step"
        return (
            f"{begun},\n{self.segments(dialect)}\n{whole}\nUNION ALL\n"
            f"SELECT 'segment' AS part, segments.segment, step, {measured}\nFROM reached "
            f"INNER JOIN segments ON segments.said = {_said(dialect, 'reached.')}\n"
            "GROUP BY segments.segment, step\nORDER BY 1, 2, 3"
        )

    def segments(self, dialect: Dialect) -> str:
        """CTE segments: said → segment."""
        return (
            "segments AS (\n"
            "SELECT said,\n"
            f"  CASE WHEN place <= {SEGMENTS} THEN said ELSE {dialect.text(OTHER)} END AS segment\n"
            "FROM (\n"
            "SELECT said, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, said) AS place FROM (\n"
            f"SELECT {_said(dialect)} AS said FROM best\n"
            ") AS began_with GROUP BY said\n) AS by_size\n)"
        )

    def members(self, pick: FunnelPick, dialect: Dialect) -> str:
        here = f"reached.step = {pick.step}"
        where = {
            "reached": here,
            "dropped": f"{here} AND steps = {pick.step} AND is_over = 1 AND steps < {self.count}",
            "in_time": f"{here} AND steps = {pick.step} AND is_over = 0",
        }[pick.outcome]
        head = f", reached AS (\n{self.reached()}\n)"
        if pick.segment is None or not self.funnel.breakdown:
            return f"{head}\nSELECT u AS id, reached_at AS since FROM reached WHERE {where}\nORDER BY u"
        return (
            f"{head},\n{self.segments(dialect)}\nSELECT u AS id, reached_at AS since FROM reached "
            f"INNER JOIN segments ON segments.said = {_said(dialect, 'reached.')}\n"
            f"WHERE {where} AND segments.segment = {dialect.text(pick.segment)}\nORDER BY u"
        )


def _next(mark: str, name: str, frame: str) -> str:
    return (
        f"MIN(CASE WHEN {mark} = 1 THEN seq END) OVER (PARTITION BY u ORDER BY seq "
        f"ROWS BETWEEN {frame} AND UNBOUNDED FOLLOWING) AS {name}"
    )


def _said(dialect: Dialect, of: str = "") -> str:
    return f"COALESCE({of}said, {dialect.text(EMPTY)})"
